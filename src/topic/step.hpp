#pragma once
// What a call changed, what is to be published, and what the caller should know.

#include <variant>

#include "introduction/introduction.hpp"
#include "mls/hooks.hpp"
#include "topic/settings.hpp"

namespace taut::topic {

using mls::Time;

// ---- Records ----

/// One record; keys are unique within a topic, and at most kRecordKeyBytesMax long.
struct Record {
  Bytes key;
  SecretBytes value;
};
inline constexpr std::size_t kRecordKeyBytesMax = 48;

/// What to write in one transaction, before anything is published or shown: first `erase`, then `put`.
struct Changes {
  std::vector<Record> put;
  std::vector<Bytes> erase;
  bool empty() const { return put.empty() && erase.empty(); }
};

// ---- Entries ----

enum class EntryKind : std::uint8_t {
  message = 1,
  commit = 2,
  checkpoint = 3,
  introduction = 4,  ///< with a dispatcher: into the topic's introduction box
  welcome = 5,       ///< with a dispatcher: as an envelope to `to`
  acknowledgement = 6,
};

/// The public key that a dispatcher checks access with (Ed25519, RFC 8032).
using AccessPublic = Opaque<struct AccessPublicTag, 32>;

/// To be published, and published again as it is whenever the topic says so: `id` stays the same, so that
/// a log takes it once.
struct Entry {
  EntryKind kind{};
  SubmissionId id;
  Bytes bytes;  ///< sealed under the wrap key already
  /// The epoch whose access key it is filed under.
  std::uint64_t epoch = 0;
  /// With a commit: the access key of the epoch that it would begin.
  std::optional<AccessPublic> successor{};
  /// With a welcome: who it is for.
  std::optional<identity::SignedCard> to{};
};

// ---- Events ----

enum class ContentType : std::uint16_t { text = 1, bytes = 2 };  ///< others are delivered like bytes

/// In the order of its sender, or after a Gap that it was part of.
enum class Delivery : std::uint8_t { in_order, late };

struct MessageReceived {
  NodeId from;
  MessageId message_id;
  std::uint64_t counter = 0;
  std::uint64_t epoch = 0;
  ContentType type{};
  Bytes body;
  std::optional<WallTime> said_at;  ///< by the sender's clock
  std::chrono::seconds expires{0};  ///< 0: it stays
  /// When it has to go: now + expires, for a clock that does not go back. The caller erases it.
  std::optional<WallTime> erase_at;
  Delivery delivery = Delivery::in_order;
};
/// Messages of this sender did not come.
struct Gap {
  NodeId from;
  std::uint64_t first = 0, count = 0;
};
/// Its place in the log is certain, or, without a log, every member has it.
struct Acknowledged {
  MessageId message_id;
};
/// It will not be delivered, unless somebody says it again.
struct Unsent {
  MessageId message_id;
  ContentType type{};
  Bytes body;
  Reason reason;
};
/// Somebody asks to be let in: `welcome` or `decline`.
struct Introduced {
  introduction::Introduction introduction;
};
enum class Admission : std::uint8_t { asked, invited, pairing, returned };
struct Joined {
  NodeId node_id;
  NodeId by;
  std::uint64_t epoch = 0;
};
struct Removed {
  NodeId node_id;
  NodeId by;
  std::uint64_t epoch = 0;
};
/// An epoch began: log access follows.
struct EpochBegan {
  std::uint64_t epoch = 0;
  NodeId by;
};
struct SettingsChanged {
  NodeId by;
};
/// What a call wanted will not happen.
struct Undone {
  enum class What : std::uint8_t { welcome, remove, leave, update, settings } what{};
  std::optional<NodeId> node_id;
  Reason reason;
};
/// This participant is out: nothing more can be sent.
struct Closed {
  enum class Why : std::uint8_t { left, removed } why{};
  NodeId by;
};
/// The others' history is not ours: sending stopped, and a new introduction asks to be let in again.
struct Diverged {
  enum class Why : std::uint8_t { outvoted, left_behind, restored } why{};
};
/// Some participants see another history than this one and most others.
struct Disagreement {
  NodeId with;
  std::uint64_t epoch = 0;
};
/// In again.
struct Returned {
  std::uint64_t epoch = 0;
};
/// An entry that members would not send, or a commit that does not hold; dropped.
struct Refused {
  EntryKind kind{};
  std::optional<std::uint64_t> position;
  Reason reason;
};

using Event =
    std::variant<MessageReceived, Gap, Acknowledged, Unsent, Introduced, Joined, Removed, EpochBegan,
                 SettingsChanged, Undone, Closed, Diverged, Disagreement, Returned, Refused>;

struct Step {
  Changes changes;             ///< commit these first, in one transaction with whatever is the caller's own
  std::vector<Entry> publish;  ///< then publish these
  std::vector<Event> events;   ///< stored with the changes, or shown after them
};

}  // namespace taut::topic
