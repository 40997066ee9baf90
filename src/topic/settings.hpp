#pragma once
// What all participants agree on: an extension of the GroupContext, type 0xf7a7
// (docs/protocol/topic.md, "Settings").
//
//   struct { opaque ref<V>; uint64 not_after_s; } UsedKeyPackage;
//   struct { opaque invitation_id[16]; uint64 not_after_s; } RevokedInvitation;
//
//   enum : uint8 { log = 1, committer = 2 } OrderKind;
//   struct {
//     OrderKind kind;
//     select (kind) {
//       case log:       Place homes<V>;              the home, then the fallbacks
//       case committer: opaque committers<V>;        node IDs, 32 bytes each, in the order of takeover
//                       uint32 takeover_s;
//                       Place places<V>;             where the carrier is; none: a pipe
//     };
//   } Order;
//
//   struct {
//     uint8 format = 1;
//     opaque log_id[16];
//     opaque wrap_key[32];
//     Order order;
//     uint32 moves;                        how often the topic moved from one home to another
//     uint64 log_epoch;                    the epoch that its log began in
//     uint32 expires_s;                    default life of messages; 0: they stay
//     opaque name<V>;
//     UsedKeyPackage used<V>;
//     RevokedInvitation revoked<V>;
//     opaque barred<V>;                    node IDs, ascending
//     Extension extensions<V>;
//   } TopicSettings;

#include "introduction/locator.hpp"
#include "topic/limits.hpp"
#include "topic/reasons.hpp"

namespace taut::topic {

using introduction::InvitationId;
using introduction::LogId;
using introduction::Place;
using introduction::TopicId;
using introduction::WrapKey;

/// Commits take effect in the order of a dispatcher's log.
struct LogOrder {
  std::vector<identity::Dispatcher> homes;  ///< the home, then the fallbacks; at least one
  friend bool operator==(const LogOrder&, const LogOrder&) = default;
};
/// No log: the first of these who is there puts commits into order, by its checkpoints.
struct CommitterOrder {
  std::vector<NodeId> committers;  ///< at least one
  std::chrono::seconds takeover{30};
  std::vector<Place> places;
  friend bool operator==(const CommitterOrder&, const CommitterOrder&) = default;
};
using Order = std::variant<LogOrder, CommitterOrder>;

struct UsedKeyPackage {
  mls::KeyPackageRef ref;
  std::uint64_t not_after_s = 0;  ///< afterwards nobody accepts it anyway
  friend bool operator==(const UsedKeyPackage&, const UsedKeyPackage&) = default;
};
struct RevokedInvitation {
  InvitationId id;
  std::uint64_t not_after_s = 0;  ///< 0: for good
  friend bool operator==(const RevokedInvitation&, const RevokedInvitation&) = default;
};

using WrapKeyBytes = Opaque<struct WrapKeyBytesTag, WrapKey::size_bytes>;

struct Settings {
  LogId log_id;
  WrapKeyBytes wrap_key;
  Order order;
  std::uint32_t moves = 0;
  std::uint64_t log_epoch = 0;
  std::chrono::seconds expires{0};  ///< default life of a message; 0: it stays
  std::string name;
  std::vector<UsedKeyPackage> used;
  std::vector<RevokedInvitation> revoked;
  std::vector<NodeId> barred;
  wire::Extensions extensions;  ///< what newer members put there

  bool has_log() const { return std::holds_alternative<LogOrder>(order); }
  /// The position before the first entry of the log: positions grow over all the logs that a topic has had.
  std::uint64_t log_base() const { return std::uint64_t{moves} << kLogPositionBits; }
  bool is_used(const mls::KeyPackageRef& ref) const;
  bool is_revoked(const InvitationId& id) const;
  bool is_barred(const NodeId& node_id) const;
  /// Where the topic is, in the form of links.
  std::vector<Place> places() const;
  /// Forgets what has expired by `now`.
  void prune(std::optional<WallTime> now);

  friend bool operator==(const Settings&, const Settings&) = default;
};

/// What one's own change must be.
/// @errors malformed (bad_settings): a name that is no line of at most 64 bytes, a time that does not fit
Status check(const Settings& settings);
Bytes encode(const Settings& settings);
/// @errors malformed (bad_settings); incompatible
Result<Settings> decode_settings(ByteView bytes);
/// Of a GroupContext.
Result<Settings> settings_of(const mls::Extensions& extensions);
/// Whether `next` has another home, and so another log.
bool is_move(const Settings& before, const Settings& next);
/// Gives `next` the log of its new home.
void move_log(Settings& next, std::uint64_t next_epoch, Random& random);
/// Whether a commit that begins `next_epoch` may change the one into the other.
bool may_follow(const Settings& before, const Settings& next, std::uint64_t next_epoch);

/// What a participant may change. The rest of Settings follows from what happens.
struct SettingsChange {
  std::optional<Order> order{};
  std::optional<std::chrono::seconds> expires{};
  std::optional<std::string> name{};
};
/// @errors malformed (bad_settings): `settings` may have changed
Status apply(const SettingsChange& change, Settings& settings);

}  // namespace taut::topic
