#pragma once
// All links of one UDP socket: datagrams and time in, datagrams and events out (docs/protocol/datagram.md).
// It does no I/O, reads no clock and starts no thread.
//
//   socket read a datagram    endpoint.receive(from, bytes, now, wall, events)   then act on the events
//   a frame to send           endpoint.send(link, frame)
//   always afterwards         while (endpoint.next_datagram(to, out, now)) socket writes it
//   timer at next_deadline()  endpoint.tick(now, wall, events)

#include <memory>

#include "datagram/address.hpp"
#include "link/event.hpp"
#include "link/local.hpp"

namespace taut::datagram {

using LinkId = std::uint64_t;

/// Links here begin with PeerAuthenticated (there is no PeerClaimed) and end with Closed.
struct LinkEvent {
  LinkId link = 0;
  link::Event event;
};
using LinkEvents = std::vector<LinkEvent>;

/// What was dropped, and why: for the operator. Nothing of it was answered.
struct Counters {
  std::uint64_t malformed = 0;
  std::uint64_t unknown_session = 0;
  std::uint64_t refused = 0;  ///< handshakes: not for us, not authentic, not served
  std::uint64_t need_cookie = 0;
  std::uint64_t rate_limited = 0;
  std::uint64_t handshakes = 0;  ///< answered
  std::uint64_t links = 0;       ///< opened
};

class Endpoint {
 public:
  /// @param served  purposes of links that others begin; empty: none are
  Endpoint(const link::Local& local, link::Purposes served);
  Endpoint(Endpoint&&) noexcept;
  ~Endpoint();

  /// Begins a link. Frames may be sent after PeerAuthenticated; no answer ends it with Closed{late}.
  /// @errors incompatible (suite_refused); exhausted: too many links
  Result<LinkId> dial(const link::Remote& remote, link::Purpose purpose, const PeerAddress& to, Instant now,
                      std::optional<WallTime> wall);
  /// @return  the link that the datagram was for; 0: none, or it belongs to a handshake
  LinkId receive(const PeerAddress& from, ByteView datagram, Instant now, std::optional<WallTime> wall,
                 LinkEvents& events);

  /// @errors as StreamLink::send; unavailable (ended): no such link (any more), or not open yet
  Status send(LinkId link, ByteView frame);
  /// Bytes sent and not acknowledged; 0 for a link that is not there.
  std::size_t waiting_bytes(LinkId link) const;
  void close(LinkId link, Instant now);
  /// Ends the link at once and without an event; the peer is told, but not twice.
  void abandon(LinkId link, Instant now);
  /// Back-pressure: no frame comes between the two; the peer sends until its window is full.
  void pause(LinkId link);
  void resume(LinkId link, Instant now, LinkEvents& events);
  /// Asks for a sign of life this often, so that a NAT on the way remembers the link.
  void keep_alive(LinkId link, Duration interval, Instant now);

  /// The next datagram that is due. Frames of past events do not hold any longer.
  /// @param out  replaced
  bool next_datagram(PeerAddress& to, Bytes& out, Instant now);
  std::optional<Instant> next_deadline() const;
  void tick(Instant now, std::optional<WallTime> wall, LinkEvents& events);

  /// nullptr: not there, or not open yet.
  const link::Peer* peer(LinkId link) const;
  const PeerAddress* address(LinkId link) const;
  std::size_t link_count() const;
  std::size_t half_open_count() const;
  const Counters& counters() const;
  /// Frees buffers and cipher contexts of links that idle; they work on as before.
  void rest(Instant now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace taut::datagram
