#pragma once
// What a group writes down (docs/mls.md, "Saving"): small records under keys, so that a message or a
// commit writes the few that changed and not the whole group.

#include <compare>
#include <set>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "wire/writer.hpp"

namespace taut::mls {

/// The numbers are part of the saved form.
enum class RecordKind : std::uint8_t {
  header = 0,          ///< version, suite, settings, status
  epoch = 1,           ///< GroupContext, transcript hashes, epoch secrets
  node = 2,            ///< of the ratchet tree, by node index
  own = 3,             ///< own leaf index, signature key, private keys of the tree
  tree_secret = 4,     ///< a node of an epoch's secret tree, by epoch and node index
  ratchet = 5,         ///< by epoch, leaf and ratchet type
  kept_key = 6,        ///< a skipped generation's key, by epoch, leaf, ratchet type and generation
  past_epoch = 7,      ///< what opens late messages, by epoch
  past_leaf = 8,       ///< who sat at a leaf, by epoch and leaf index
  resumption_psk = 9,  ///< by epoch
  proposal = 10,       ///< received or sent in this epoch, by order of arrival
  pending_commit = 11  ///< own commit that has not come back yet
};
inline constexpr RecordKind kLastRecordKind = RecordKind::pending_commit;

/// Ordered as its encoding: kind, epoch, index, then the rest.
struct RecordKey {
  RecordKind kind{};
  std::uint64_t epoch = 0;
  std::uint32_t index = 0;
  std::uint8_t part = 0;
  std::uint32_t generation = 0;

  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;

  static constexpr std::size_t size_bytes = 18;
  Bytes encode() const;
  /// @errors malformed
  static Result<RecordKey> decode(ByteView bytes);
};

struct Record {
  RecordKey key;
  SecretBytes value;
};

/// The bytes that a function writes, in memory that is wiped.
/// @param room  at least as many bytes as will come: the buffer must not move while it fills
template <class Body>
SecretBytes secret_written(std::size_t room, Body body) {
  Bytes bytes;
  bytes.reserve(room);
  wire::Writer out(bytes);
  body(out);
  SecretBytes secret{ByteView(bytes)};
  wipe(bytes);
  return secret;
}

/// What to write in one transaction: first `erase`, then `put`.
struct Changes {
  std::vector<Record> put;
  std::vector<RecordKey> erase;
  bool empty() const { return put.empty() && erase.empty(); }
};

/// The keys whose records changed since they were last taken. Off until somebody saves the group, so
/// that a group which nobody saves remembers nothing.
class Journal {
 public:
  void start() { is_on_ = true; }
  void touch(const RecordKey& key) {
    if (is_on_) touched_.insert(key);
  }
  std::set<RecordKey> take() { return std::exchange(touched_, {}); }

 private:
  bool is_on_ = false;
  std::set<RecordKey> touched_;
};

}  // namespace taut::mls
