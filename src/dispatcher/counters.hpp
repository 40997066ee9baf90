#pragma once
// What a dispatcher counts since its start, and how full it is now. Never an ID, never content.

#include <cstdint>

namespace taut::dispatcher {

struct Counters {
  // Since the start.
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::uint64_t messages_stored = 0;
  std::uint64_t messages_repeated = 0;  ///< submissions that were known already
  std::uint64_t messages_full = 0;
  std::uint64_t messages_declined = 0;
  std::uint64_t messages_relayed = 0;
  std::uint64_t messages_delivered = 0;
  std::uint64_t messages_released = 0;
  std::uint64_t messages_expired = 0;
  std::uint64_t uploads_abandoned = 0;
  std::uint64_t cards_published = 0;
  std::uint64_t cards_refused = 0;
  std::uint64_t entries_appended = 0;
  std::uint64_t entries_repeated = 0;  ///< submissions that were known already
  std::uint64_t entries_refused = 0;
  std::uint64_t entries_full = 0;
  std::uint64_t entries_delivered = 0;
  std::uint64_t entries_gone = 0;  ///< by age, or for room
  std::uint64_t access_proven = 0;
  std::uint64_t access_refused = 0;
  std::uint64_t introductions_kept = 0;
  std::uint64_t introductions_dropped = 0;
  std::uint64_t key_packages_claimed = 0;
  std::uint64_t last_resorts_claimed = 0;
  std::uint64_t budgets_exceeded = 0;
  std::uint64_t violations = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t connections_idled = 0;
  std::uint64_t connections_slow = 0;
  std::uint64_t store_failures = 0;

  // Now.
  std::uint64_t uptime_s = 0;
  std::uint64_t connections = 0;
  std::uint64_t nodes = 0;
  std::uint64_t stored_messages = 0;
  std::uint64_t stored_bytes = 0;
  std::uint64_t buffered_put_bytes = 0;
  std::uint64_t unsent_bytes = 0;
  std::uint64_t residents = 0;
  std::uint64_t logs = 0;
  std::uint64_t log_entries = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t log_residents = 0;
  std::uint64_t operations_open = 0;
};

}  // namespace taut::dispatcher
