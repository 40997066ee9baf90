#pragma once
// A UDP socket: datagrams in, datagrams out. What does not fit the system's buffer is lost, as anywhere on
// the way; the link above repeats it.

#include <functional>
#include <memory>
#include <vector>

#include "carrier/address.hpp"
#include "carrier/connection.hpp"
#include "carrier/loop.hpp"
#include "datagram/address.hpp"

namespace taut::carrier {

class UdpSocket {
 public:
  /// The datagram is gone when the call returns.
  using Receive = std::function<void(const datagram::PeerAddress& from, ByteView datagram)>;

  /// Which of our addresses datagrams leave from: the system's choice, which follows the route and so lets us
  /// roam; or the one that the peer spoke to, the only one that it can take for ours where we have several.
  enum class Source : std::uint8_t { routed, asked };

  /// @param at  a numeric address or `localhost`; port 0 takes a free one
  /// @errors as TcpListener::listen
  static Result<std::unique_ptr<UdpSocket>> bind(Loop& loop, const Address& at, Receive receive,
                                                 Source source = Source::routed);
  /// A copy of a socket that somebody has bound for us.
  /// @errors unavailable: not_listening (no UDP socket, or not bound)
  static Result<std::unique_ptr<UdpSocket>> adopt(Loop& loop, int socket, Receive receive,
                                                  Source source = Source::routed);
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  void send(const datagram::PeerAddress& to, ByteView datagram);

  /// Whether a machine said that nobody listens where something was sent. Nobody vouches for it, and it
  /// does not come from everywhere: worth knowing while nothing else came.
  using Refused = std::function<void()>;
  void listen_for_refusals(Refused refused);
  /// Where it is bound, with the port that the system chose.
  const Address& address() const;

 private:
  struct State;
  explicit UdpSocket(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

using Resolved = std::function<void(Result<std::vector<datagram::PeerAddress>>)>;
/// Every address of the host, at least one; calls `resolved` once, later, from the loop.
/// @errors unavailable: name_not_found
void resolve_udp(Loop& loop, const Address& host, Resolved resolved);

Address address_of(const datagram::PeerAddress& address);

}  // namespace taut::carrier
