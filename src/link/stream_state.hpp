#pragma once
// The inside of a StreamLink: one struct per phase, holding what is legal then.

#include "link/frame_queue.hpp"
#include "link/handshake.hpp"
#include "link/inbox.hpp"
#include "link/record.hpp"
#include "link/stream_link.hpp"

namespace taut::link {

/// Both directions after the handshake.
struct Records {
  Peer peer;
  RecordSealer sealer;
  RecordOpener opener;
};

/// Responder: the Hello has not come, or not all of it.
struct AwaitHello {
  Purposes served;
};
/// Noise messages go to and fro. Apart, because it is large and soon over.
struct Handshaking {
  std::unique_ptr<Handshake> handshake;
};
/// Responder: we wrote the last message, and the first may have been a replay.
struct Unconfirmed {
  Records records;
};
struct Open {
  Records records;
  bool owes_record;  ///< the initiator's first, which proves it live; or one that rekeys
};
/// An end was said, by us, by the peer, or by both.
struct Closing {
  Records records;
  bool we_ended = false;
  bool peer_ended = false;
};
struct Over {};

using Phase = std::variant<AwaitHello, Handshaking, Unconfirmed, Open, Closing, Over>;

struct StreamLink::State {
  State(const Local& of, Phase first, Instant now, std::optional<WallTime> wall_time);

  // What comes in (stream_receive.cpp). on_input takes one Hello or block; false: more bytes are needed,
  // or none are wanted any more. On an error the phase is as it was.
  void receive(ByteView bytes, Instant now, Events& events);
  void receive_end(Events& events);
  bool is_listening() const;
  Result<bool> on_input(AwaitHello& at, Instant now, Events& events);
  Result<bool> on_input(Handshaking& at, Instant now, Events& events);
  Result<bool> on_input(Unconfirmed& at, Instant now, Events& events);
  Result<bool> on_input(Open& at, Instant now, Events& events);
  Result<bool> on_input(Closing& at, Instant now, Events& events);
  Result<bool> on_input(Over& at, Instant now, Events& events);
  Status respond_to(const Hello& hello, Purposes served);
  Result<bool> on_handshake_block(Handshake& handshake, Instant now, Events& events);
  Status answer(Handshake& handshake, ByteView message);
  Status complete(Handshake& handshake, Events& events);
  void refuse(Refusal refusal);
  void refuse_identity(Handshake& handshake);
  void accept_record(const OpenedRecord& record, Instant now, Events& events);
  void end(Ending ending, Error error, Instant now, Events& events);
  /// Closing is over when both have ended.
  void settle();

  // What goes out (stream_send.cpp).
  void say_hello(const Hello& hello, ByteView message);
  bool wants_flush() const;
  Result<std::size_t> flush(MutableByteView out, Instant now);
  std::size_t flush_outgoing(MutableByteView out);
  Result<std::size_t> flush_records(MutableByteView out, Instant now);
  Result<std::size_t> flush_record(Records& records, MutableByteView out, Instant now);
  bool owes_record() const;
  bool owes_end() const;
  void close(Instant now);

  // Time (stream_send.cpp).
  std::optional<Instant> next_deadline() const;
  void tick(Instant now, Events& events);

  /// nullptr: not open yet, or over.
  Records* records();

  Local local;
  std::optional<WallTime> wall;
  Phase phase;
  Instant deadline;  ///< of the handshake, then of closing
  Inbox inbox;
  Bytes outgoing;  ///< handshake messages, a refusal: before there are records, or instead of them
  FrameQueue queue;
};

}  // namespace taut::link
