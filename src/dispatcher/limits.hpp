#pragma once
// How much a dispatcher gives. Every queue, table, window and wait has its limit here; the defaults are
// those of docs/protocol/dispatcher.md.

#include <chrono>

#include "dispatcher/log_keys.hpp"
#include "dispatcher/records.hpp"
#include "dispatcher/source_budgets.hpp"
#include "frame/hello.hpp"

namespace taut::dispatcher {

struct Limits {
  // One message.
  std::uint32_t message_bytes_max = frame::kMessageBytesMax;
  std::chrono::seconds ttl_max = std::chrono::days(30);
  std::chrono::seconds outcome_keep = std::chrono::days(7);  ///< after the message's expiry

  // What is stored.
  Usage inbox_max{10'000, std::uint64_t{64} << 20};  ///< contacts have what the other two shares leave
  Usage own_share{1000, std::uint64_t{8} << 20};
  Usage stranger_share{1000, std::uint64_t{4} << 20};
  std::uint64_t store_bytes_max = std::uint64_t{16} << 30;
  std::uint64_t nodes_max = 100'000;

  // Topics' logs.
  std::uint64_t logs_max = 100'000;
  std::uint64_t log_store_bytes_max = std::uint64_t{8} << 30;    ///< of entries, all logs together
  std::uint64_t commit_reserve_bytes = std::uint64_t{64} << 20;  ///< of that, for commits alone
  LogRetention log_retention{std::chrono::days(30), std::uint64_t{64} << 20};  ///< where none is asked for
  LogRetention log_retention_min{std::chrono::hours(1), std::uint64_t{2} << 20};
  LogRetention log_retention_max{std::chrono::days(90), std::uint64_t{256} << 20};
  std::uint64_t log_entries_max = 65'536;
  LogKeyLimits log_keys;
  Usage late_room{256, std::uint64_t{1} << 20};  ///< under a superseded key; commits have as much again
  std::chrono::seconds log_lapse = std::chrono::days(180);  ///< without use
  Usage introduction_box{64, std::uint64_t{512} << 10};
  std::chrono::seconds introduction_ttl_max = std::chrono::days(7);
  Rates source_rates{{
      {256, 600},                                          // logs
      {1024, 3600},                                        // names
      {std::uint64_t{256} << 20, std::uint64_t{4} << 30},  // entry_bytes
      {256, 3600},                                         // introductions
      {256, 3600},                                         // claims
  }};

  // Key packages of one node.
  std::size_t key_packages_max = 256;
  std::uint64_t key_package_reserve =
      16;  ///< of each suite, for contacts; the owner hears when it is reached

  // One connection.
  std::uint32_t put_bytes_max = 2U << 20;          ///< of puts whose outcome has not been sent
  std::uint32_t credit_bytes_max = 4U << 20;       ///< that a receiver may grant
  std::size_t delivery_window_bytes = 128U << 10;  ///< unsent, beyond which no delivery begins
  std::size_t unsent_bytes_max = 2U << 20;         ///< beyond which the connection is closed as slow
  std::size_t uploads_max = 4;                     ///< messages of which chunks are missing
  std::chrono::seconds idle_max{90};
  std::chrono::seconds upload_idle_max{30};

  std::chrono::seconds relay_wait{30};  ///< for the release of an online-only message

  // All connections together.
  std::size_t connections_max = 16'384;
  std::size_t connections_per_node_max = 64;
  std::size_t connections_anonymous_max = 8192;
  std::size_t readings_max = 256;  ///< of one connection
  std::size_t proven_keys_max = 1024;
  std::size_t log_residents_max = 16'384;  ///< logs whose record is kept in memory
  std::size_t put_bytes_total_max = std::size_t{256} << 20;
  std::size_t unsent_bytes_total_max = std::size_t{256} << 20;
  std::size_t residents_max = 65'536;  ///< nodes whose record is kept in memory

  // Housekeeping.
  std::chrono::seconds sweep_every{60};
  std::chrono::seconds erase_within{20};  ///< after something was removed; the promise is 60 s
  std::size_t sweep_rows_max = 1000;
  std::chrono::seconds wall_jump_max{3600};   ///< a longer one, either way, is believed only
  std::chrono::seconds wall_jump_hold{3600};  ///< after it has lasted so long
};

struct Settings {
  NodeId node;  ///< the dispatcher's own
  frame::Policy policy = frame::Policy::closed;
  Limits limits;
};

}  // namespace taut::dispatcher
