#pragma once
// A link over a stream (TCP, pipe, WebSocket): bytes, frames and time in; bytes and events out. It does
// no I/O, reads no clock and starts no thread (design §4). docs/protocol/link.md.
//
//   carrier read n bytes      link.receive(bytes, now, events)      then act on the events
//   a frame to send           link.send(frame)
//   link.wants_flush()        n = link.flush(buffer, now)           carrier writes n bytes; again
//   carrier saw the end       link.receive_end(events)
//   timer at next_deadline()  link.tick(now, events)
//   link.is_over()            carrier closes
//
// A dial-side link begins with bytes to flush. Frames may be queued at any time; they leave when the
// handshake is complete, so none is ever in a message that could be replayed.

#include <memory>

#include "link/event.hpp"
#include "link/local.hpp"

namespace taut::link {

class StreamLink {
 public:
  /// @param wall  for certificates; unknown: lifetimes are not judged
  /// @errors incompatible (suite_refused): the suite has no Noise name, or our identity no key for it
  static Result<StreamLink> dial(const Local& local, const Remote& remote, Purpose purpose, Instant now,
                                 std::optional<WallTime> wall);
  static StreamLink accept(const Local& local, Purposes served, Instant now, std::optional<WallTime> wall);

  StreamLink(StreamLink&&) noexcept;
  StreamLink& operator=(StreamLink&&) noexcept;
  ~StreamLink();

  /// Takes bytes as they come, in pieces of any size; appends what follows from them. Frames point into
  /// the link and hold until the next receive(). What comes after Closed is dropped.
  void receive(ByteView bytes, Instant now, Events& events);
  /// The carrier has seen the end of the stream: Closed, if it was not said already.
  void receive_end(Events& events);

  /// Queues one frame of 1..kFrameBytesMax bytes.
  /// @errors misuse (too_large, bad_frame): size; exhausted (queue_full): flush first;
  ///         unavailable (ended): the link is closing or closed
  Status send(ByteView frame);
  /// Bytes queued and not flushed: the owner's measure for back-pressure.
  std::size_t waiting_bytes() const;

  bool wants_flush() const;
  /// Seals what waits into as few records as fit, straight into `out`.
  /// @param out  at least kFlushBytesMin bytes
  /// @return     bytes written; 0 when nothing waits
  /// @errors     misuse (too_large): out; exhausted (key_exhausted): the link must be made anew
  Result<std::size_t> flush(MutableByteView out, Instant now);

  /// Says the authenticated end after what waits, then waits for the peer's. Before the handshake is
  /// complete there is nobody to say it to: the link is over at once.
  void close(Instant now);

  /// none: nothing to do until bytes come.
  std::optional<Instant> next_deadline() const;
  void tick(Instant now, Events& events);

  /// Nothing more will be flushed or received: the carrier closes.
  bool is_over() const;
  /// nullptr before PeerAuthenticated.
  const Peer* peer() const;

  /// Frees buffers and cipher contexts of a link that idles; it works on as before.
  void rest();

 private:
  struct State;
  explicit StreamLink(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace taut::link
