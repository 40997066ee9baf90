#pragma once
// TCP: listen and dial. Nagle's algorithm is off (the loop's turns do the coalescing), keep-alive is on.

#include <functional>
#include <memory>

#include "carrier/connection.hpp"
#include "carrier/loop.hpp"

namespace taut::carrier {

/// How long close() waits for the peer to end its side.
inline constexpr std::chrono::seconds kLinger{2};

using Accept = std::function<void(std::shared_ptr<Connection>)>;

/// Listens until it is destroyed.
class TcpListener {
 public:
  /// @param at  a numeric address or `localhost`; port 0 takes a free one
  /// @errors unavailable: address_in_use, address_not_ours, forbidden; malformed: a host that is a name
  static Result<std::unique_ptr<TcpListener>> listen(Loop& loop, const Address& at, Accept accept);
  /// On a socket that listens already, of which it takes a copy: the caller's stays open.
  /// @errors unavailable: not_listening: no TCP socket, or one that does not listen
  static Result<std::unique_ptr<TcpListener>> adopt(Loop& loop, int socket, Accept accept);
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;
  ~TcpListener();

  /// Where it listens, with the port that the system chose.
  const Address& address() const;

 private:
  struct State;
  explicit TcpListener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

using Dialled = std::function<void(Result<std::shared_ptr<Connection>>)>;

/// Tries the host's addresses in turn; calls `dialled` once, later, from the loop.
/// @errors unavailable: refused, no_route, name_not_found, deadline
void dial_tcp(Loop& loop, const Address& to, Instant deadline, Dialled dialled);

}  // namespace taut::carrier
