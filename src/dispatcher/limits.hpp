#pragma once
// How much a dispatcher gives. Every queue, table, window and wait has its limit here; the defaults are
// those of docs/protocol/dispatcher.md.

#include <chrono>

#include "dispatcher/records.hpp"
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
  std::size_t connections_anonymous_max = 1024;
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
