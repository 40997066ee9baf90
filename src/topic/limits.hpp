#pragma once
// Bounds of a topic at one participant, and the times it waits (docs/protocol/topic.md, "Limits").

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace taut::topic {

inline constexpr std::size_t kContentBytesMax = 64 * 1024;  ///< of one message
inline constexpr std::size_t kEntryBytesMax = std::size_t{4} << 20;
inline constexpr std::size_t kMessageEntryBytesMax = 128 * 1024;

inline constexpr std::size_t kOutboxCountMax = 1'024;  ///< messages that are not acknowledged yet
inline constexpr std::size_t kOutboxBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kWishCountMax = 64;
inline constexpr std::size_t kIntroductionCountMax = 64;  ///< that wait for a decision
inline constexpr std::size_t kDeclinedCountMax = 256;     ///< introductions that are not shown again
inline constexpr std::size_t kInvitationCountMax = 64;    ///< made here, and not over

inline constexpr std::size_t kRecentCountMax =
    kOutboxCountMax;                                 ///< message IDs of one node that are remembered
inline constexpr std::size_t kMissingCountMax = 16;  ///< ranges of one sender that were given up
inline constexpr std::size_t kEarlyCountMax = 64;    ///< entries of epochs that have not begun here
inline constexpr std::size_t kEarlyBytesMax = std::size_t{2} << 20;
inline constexpr std::size_t kOfferCountMax = 8;     ///< commits that wait to be put into order
inline constexpr std::size_t kHistoryCountMax = 16;  ///< epochs whose beginning is remembered

inline constexpr std::size_t kUsedCountMax = 256;     ///< KeyPackageRefs in the GroupContext
inline constexpr std::size_t kRevokedCountMax = 256;  ///< invitations in the GroupContext
inline constexpr std::size_t kBarredCountMax = 256;   ///< nodes in the GroupContext
inline constexpr std::size_t kCommitterCountMax = 8;
inline constexpr unsigned kLogPositionBits = 40;  ///< so many entries in one log
/// About so many members say by a checkpoint how an epoch began; all of them in a smaller topic.
inline constexpr std::size_t kCheckpointersAim = 32;

/// What was published and not seen again is published again after this, then less and less often.
inline constexpr Duration kResendFirst = std::chrono::seconds(2);
inline constexpr Duration kResendMax = std::chrono::seconds(60);
/// The same with a log, whose carrier repeats what was lost.
inline constexpr Duration kResendLog = std::chrono::seconds(15);
/// A welcome in an envelope is mailed again after kResendLog, then less and less often, up to this.
inline constexpr Duration kWelcomePauseMax = std::chrono::hours(1);
/// An acknowledgement waits this long for more to acknowledge.
inline constexpr Duration kAcknowledgeAfter = std::chrono::milliseconds(200);
/// A message waits this long for one before it; then the gap is told.
inline constexpr Duration kGapPatience = std::chrono::seconds(30);
/// Without a log its sender repeats it, though seldom in the end.
inline constexpr Duration kGapPatienceBroadcast = std::chrono::minutes(3);
/// Whoever is heard after so long a silence gets what it lacks at once.
inline constexpr Duration kSilence = std::chrono::seconds(20);
/// Contradicting checkpoints are weighed when this has passed: others have a word too.
inline constexpr Duration kWeighAfter = std::chrono::seconds(10);
/// Signs of an epoch that does not begin here, with nothing of this one: left behind.
inline constexpr std::chrono::milliseconds kLeftBehindAfter = std::chrono::minutes(2);
/// Who answers without being asked (leaving, coming back) waits a random part of this: one is enough.
inline constexpr Duration kDutySpread = std::chrono::seconds(2);

}  // namespace taut::topic
