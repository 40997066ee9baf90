#pragma once
// Boost.Asio, for the .cpp files of carriers and shells only.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/bytes.hpp"
#include "carrier/loop.hpp"

namespace taut::carrier {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Errors come as values: `const auto [error, size] = co_await …`.
inline constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

inline std::chrono::steady_clock::time_point time_point_of(Instant at) {
  return std::chrono::steady_clock::time_point(at.since_start);
}

struct Loop::State {
  asio::io_context context{1};
  /// What every connection of this loop reads into, one after the other: an idle one holds no buffer.
  std::array<Byte, 64 * 1024> read_buffer;
};

}  // namespace taut::carrier
