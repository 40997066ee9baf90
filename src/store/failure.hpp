#pragma once
// What goes wrong with a database, and what a person can do about it.

#include <string>

#include "base/result.hpp"

namespace taut::store {

namespace reasons {
inline constexpr Reason kDiskFull{"disk_full"};
inline constexpr Reason kReadOnly{"read_only"};
inline constexpr Reason kDamaged{"damaged"};  ///< a checksum does not hold, or a structure is broken
inline constexpr Reason kBusy{"busy"};        ///< another process held it for too long
inline constexpr Reason kLocked{"locked"};    ///< another process owns it as long as it runs
inline constexpr Reason kStorage{"storage"};  ///< the system could not read, write or sync
inline constexpr Reason kNotADatabase{"not_a_database"};
inline constexpr Reason kForeignFile{"foreign_file"};  ///< a database, but of another program or purpose
inline constexpr Reason kNewerSchema{"newer_schema"};  ///< written by a later version of taut
inline constexpr Reason kLooseModes{"loose_modes"};    ///< others may read or write it
inline constexpr Reason kOtherOwner{"other_owner"};
inline constexpr Reason kOverloaded{"store_overloaded"};  ///< too much waits for it already
inline constexpr Reason kStopped{"store_stopped"};        ///< a write failed before: close and open again
}  // namespace reasons

/// An error with words. `text` says what happened, to what; `next` what to do, where a command does it
/// as "run: COMMAND".
struct Failure {
  Error error;
  std::string text;
  std::string next;
};

/// What opening gives: a value or a Failure.
template <class T>
using Opened = std::expected<T, Failure>;

}  // namespace taut::store
