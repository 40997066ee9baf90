#pragma once
// How a topic is stored: small records under keys, so that a message writes few of them. Internal.
//
//   struct { RecordKind kind; select (kind) { case mls: mls::RecordKey; … } } key;

#include <map>

#include "mls/group.hpp"
#include "topic/step.hpp"

namespace taut::topic {

/// The numbers are part of the stored form.
enum class RecordKind : std::uint8_t {
  mls = 0,           ///< the group's own, by mls::RecordKey
  header = 1,        ///< what there is one of
  settings = 2,      ///< as in the GroupContext, for when there is none
  outbox = 3,        ///< by counter
  sender = 4,        ///< by node: how far its messages came
  held = 5,          ///< by node and counter: messages that wait for earlier ones
  recent = 6,        ///< by node and slot: message IDs
  epoch = 7,         ///< by epoch: how it began
  introduction = 8,  ///< by number: waits for a decision
  invitation = 9,    ///< by number: made here
  wish = 10,         ///< by number: what this participant wants committed
  pending = 11,      ///< own commit under way
  welcome = 12,      ///< by number: until the joiner is heard
  returning = 13,    ///< the introduction that asks to be let in again, and its keys
  joining = 14,      ///< there is no topic yet: a Joining
  claim = 15,        ///< by node: its latest word on the history
  pairing = 16,      ///< the window in which whoever asks is let in
  declined = 17,     ///< by number: an introduction that somebody said no to
};

Bytes record_key(RecordKind kind);
Bytes record_key(RecordKind kind, std::uint64_t number);
Bytes record_key(RecordKind kind, const NodeId& node_id);
Bytes record_key(RecordKind kind, const NodeId& node_id, std::uint64_t number);
Bytes record_key(const mls::RecordKey& key);

struct ParsedKey {
  RecordKind kind{};
  ByteView rest;

  Result<std::uint64_t> number() const;
  Result<NodeId> node_id() const;
  /// @errors malformed
  Result<std::pair<NodeId, std::uint64_t>> node_and_number() const;
};
/// @errors malformed (bad_records)
Result<ParsedKey> parse_key(ByteView key);

/// What a call changes: the last word on each key counts.
class Journal {
 public:
  void put(Bytes key, SecretBytes value) { changes_[std::move(key)] = std::move(value); }
  void erase(Bytes key) { changes_[std::move(key)] = std::nullopt; }
  void take_from(mls::Group& group);
  Changes take();

 private:
  std::map<Bytes, std::optional<SecretBytes>> changes_;
};

inline std::unexpected<Error> bad_records() { return fail(Errc::malformed, reasons::kBadRecords); }

}  // namespace taut::topic
