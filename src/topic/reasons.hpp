#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
inline constexpr Reason kForeignEntry{"foreign_entry"};  ///< not sealed under this topic's wrap key
inline constexpr Reason kTopicClosed{"topic_closed"};    ///< left, removed
inline constexpr Reason kDiverged{"diverged"};           ///< stopped, waits to be let in again
inline constexpr Reason kNotMember{"not_member"};
inline constexpr Reason kAlreadyMember{"already_member"};
inline constexpr Reason kBarred{"barred"};
inline constexpr Reason kUsedKeyPackage{"used_key_package"};
inline constexpr Reason kUnknownWelcomer{"unknown_welcomer"};  ///< nobody we know let us in
inline constexpr Reason kBadWelcome{"bad_welcome"};
inline constexpr Reason kBadCheckpoint{"bad_checkpoint"};
inline constexpr Reason kBadSettings{"bad_settings"};
inline constexpr Reason kOutOfOrder{"out_of_order"};  ///< a log position that is not the next
inline constexpr Reason kMoved{"moved"};              ///< asked at a home that the topic has left
inline constexpr Reason kBadRecords{"bad_records"};
}  // namespace taut::reasons
