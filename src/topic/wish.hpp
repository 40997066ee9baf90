#pragma once
// What this participant wants committed: kept until a commit did it, or it has become void. Internal.

#include "topic/records.hpp"
#include "topic/topic.hpp"

namespace taut::topic {

struct LetIn {
  introduction::Introduction introduction;
  Bytes bytes;  ///< the introduction as it came
  Admission admission{};
};
enum class Cause : std::uint8_t { wanted_here, leaving };
struct PutOut {
  NodeId node_id;
  AfterRemoval after{};
  Cause cause{};
};
struct Unbar {
  NodeId node_id;
};
struct Renew {};
struct Change {
  SettingsChange change;
};
struct Revoke {
  RevokedInvitation invitation;
};

struct Wish {
  std::variant<LetIn, PutOut, Unbar, Renew, Change, Revoke> what;
  Instant due;  ///< not before; others may have the same wish

  /// Nobody asked this participant: everyone would do it.
  bool is_duty() const;
  SecretBytes save() const;
};
/// @errors malformed
Result<Wish> load_wish(ByteView saved, const LogId& log_id, crypto::SuiteId suite);
Undone undone(const Wish& wish, Reason reason);

}  // namespace taut::topic
