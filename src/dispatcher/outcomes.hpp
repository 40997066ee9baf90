#pragma once
// Telling senders.

#include "dispatcher/common.hpp"

namespace taut::dispatcher {

// When a sender may try again: at once after a burst, later when somebody has to read or clean up first.
inline constexpr std::uint32_t kRetryWindowS = 1;
inline constexpr std::uint32_t kRetryStoreS = 5;
inline constexpr std::uint32_t kRetryQuotaS = 60;

/// The put has its outcome: its window opens again, and its sender is told, if he is still there.
void settle(Common& common, const Ticket& ticket, frame::OutcomeState state, std::uint32_t retry_after_s = 0);

/// The store failed, and nothing has changed.
void settle_failed(Common& common, const Ticket& ticket, const Error& error);

}  // namespace taut::dispatcher
