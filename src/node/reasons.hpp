#pragma once
// Reasons of this room (base/error.hpp).

#include "base/error.hpp"

namespace taut::reasons {
// The state file.
inline constexpr Reason kStorage{"storage"};  ///< the store does not work
inline constexpr Reason kDiskFull{"disk_full"};
inline constexpr Reason kBusy{"busy"};                       ///< another process held the file for too long
inline constexpr Reason kNoIdentity{"no_identity"};          ///< nothing has been initialised here
inline constexpr Reason kIdentityExists{"identity_exists"};  ///< and it is not overwritten
inline constexpr Reason kFutureState{"future_state"};        ///< written by a later version
inline constexpr Reason kDamagedState{"damaged_state"};      ///< a record that we would not have written

inline constexpr Reason kOwnRevoked{"own_revoked"};  ///< this identity's final card was published

inline constexpr Reason kNoBackup{"no_backup"};              ///< not a backup, or cut
inline constexpr Reason kWeakPassphrase{"weak_passphrase"};  ///< too short, or absurdly long

// Contacts.
inline constexpr Reason kNoSuchContact{"no_such_contact"};
inline constexpr Reason kContactExists{"contact_exists"};  ///< the petname, or the node under another one
inline constexpr Reason kOwnCard{"own_card"};              ///< our own card is no contact
inline constexpr Reason kNotRevoked{"not_revoked"};        ///< nobody to succeed
inline constexpr Reason kNoSuccessor{"no_successor"};      ///< none named, or we have no card of it

// Topics.
inline constexpr Reason kNoSuchTopic{"no_such_topic"};
inline constexpr Reason kTopicExists{"topic_exists"};    ///< the name is taken here
inline constexpr Reason kStillJoining{"still_joining"};  ///< nobody let us in so far
inline constexpr Reason kNotForLog{"not_for_log"};       ///< this topic is not on a dispatcher's log
inline constexpr Reason kLogGone{"log_gone"};            ///< no dispatcher has it, or our key opens nothing

// Sending and receiving.
inline constexpr Reason kUnreachable{"unreachable"};  ///< no dispatcher could be reached; nothing is kept
inline constexpr Reason kOutcomeUnknown{"outcome_unknown"};  ///< sent, not answered; kept in the outbox
inline constexpr Reason kNotReleased{"not_released"};    ///< stored, not fetched in time; kept in the outbox
inline constexpr Reason kNoDispatcher{"no_dispatcher"};  ///< the card, or this node, names none
inline constexpr Reason kSealingKeyExpired{"sealing_key_expired"};  ///< not online for too long
inline constexpr Reason kFull{"full"};                              ///< the inbox is; later
inline constexpr Reason kDeclined{"declined"};                      ///< the dispatcher does not take it
inline constexpr Reason kRefused{"refused"};                 ///< the dispatcher does not serve this node
inline constexpr Reason kSilent{"silent"};                   ///< the dispatcher does not answer
inline constexpr Reason kDispatcherGone{"dispatcher_gone"};  ///< it said goodbye
}  // namespace taut::reasons
