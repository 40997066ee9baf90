#pragma once
// One link over datagrams after its handshake: keys, the flow, and the frames in it. Finding the session
// of a packet, and handshakes, are the endpoint's.

#include <memory>

#include "datagram/address.hpp"
#include "datagram/flow.hpp"
#include "datagram/packet_keys.hpp"
#include "datagram/replay_window.hpp"
#include "link/event.hpp"

namespace taut::datagram {

class Session {
 public:
  enum class Side : std::uint8_t { initiator, responder };
  /// Whether its keys can be renewed: only somebody with a name can show that the link is his.
  enum class Renewal : std::uint8_t { as_needed, never };

  /// @param round_trip  as the handshake took it; none: a message was repeated, and nobody can tell
  Session(Side side, Renewal renewal, link::Peer peer, PacketKeys&& keys, const PeerAddress& address,
          Instant now, std::optional<Duration> round_trip);

  // ------------------------------------------------------------------ frames
  /// @errors misuse (too_large, bad_frame): size; exhausted (queue_full): flush first; unavailable (ended)
  Status send(ByteView frame);
  std::size_t waiting_bytes() const;
  /// Says the end after what waits, then waits for the peer's.
  void close(Instant now);
  /// Over at once, and without an event; the peer is told, but not twice.
  void abandon(Instant now);
  /// Frames that come wait in here and then, as the window does not move, at the peer.
  void pause() { is_paused_ = true; }
  void resume(Instant now, link::Events& events);

  // ------------------------------------------------------------------ packets
  /// One data packet under one of our indices. Frames in the events point into the session and hold
  /// until its next call.
  void receive(const Data& packet, const PeerAddress& from, Instant now, link::Events& events);
  /// Appends one datagram to `out` if one is due.
  bool next_datagram(Bytes& out, Instant now);
  /// Asks the peer for a sign of life.
  void ping() { flow_.ping(); }

  // ------------------------------------------------------------------ keys
  /// New keys: the initiator uses them at once, the responder when the first packet under them came.
  void renew(PacketKeys&& keys, Instant now);
  /// Initiator: it is time for new keys.
  bool wants_renewal() const;
  const PacketKeys& keys() const { return keys_; }
  /// Indices of keys that were given up since the last call: they are free.
  std::vector<SessionIndex> expired_indices(Instant now);
  /// Every index under which packets may come.
  std::vector<SessionIndex> indices() const;
  /// Frees what a link does without that has been idle for kIdleAfter.
  void rest(Instant now);

  // ------------------------------------------------------------------ time and end
  std::optional<Instant> next_deadline() const;
  void tick(Instant now, link::Events& events);
  /// Closed was said, and what had to be answered was.
  bool is_over(Instant now) const;
  bool is_closed() const { return closed_at_.has_value(); }

  Side side() const { return side_; }
  const link::Peer& peer() const { return peer_; }
  const PeerAddress& address() const { return address_; }
  Instant last_heard() const { return last_heard_; }

 private:
  PacketKeys* keys_of(SessionIndex index);
  void adopt(PacketKeys&& keys, Instant now);
  void note_use(Instant now);
  void deliver_frames(Instant now, link::Events& events);
  void settle(Instant now, link::Events& events);
  void end(link::Ending ending, Error error, Instant now, link::Events& events);
  /// @pre closed
  Instant over_at() const;

  Side side_;
  Renewal renewal_;
  link::Peer peer_;
  PeerAddress address_;
  PacketKeys keys_;
  std::unique_ptr<PacketKeys> old_keys_;  // late packets
  Instant old_keys_until_{};
  std::vector<SessionIndex> expired_;
  std::unique_ptr<PacketKeys> new_keys_;  // responder: not proven yet
  std::optional<Instant> overdue_since_;

  ReplayWindow window_;
  std::uint64_t next_number_ = 0;
  std::uint64_t keys_begin_ = 0;  // the first number under keys_
  Flow flow_;
  Bytes payload_;              // of the packet in hand
  std::size_t delivered_ = 0;  // bytes of frames that the owner has seen: taken at the next call
  bool is_paused_ = false;
  bool ending_ = false;
  std::optional<Instant> closing_deadline_;
  std::optional<Instant> closed_at_;
  bool says_close_ = false;  // the peer must hear that this is over
  Instant last_heard_;
};

}  // namespace taut::datagram
