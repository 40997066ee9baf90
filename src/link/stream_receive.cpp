// What comes in: bytes to Hello, handshake messages and records.

#include "link/stream_state.hpp"
#include "wire/reader.hpp"

namespace taut::link {
namespace {

/// For the initiator of a failed handshake that has keys all the same: the responder learns why.
Result<Bytes> sealed_refusal(Handshake& handshake, const Limits& limits) {
  TAUT_TRY(noise::Transport transport, handshake.split());
  RecordSealer sealer(*std::move(transport.send), limits);
  Bytes out(2 + kRecordOverheadBytes);
  TAUT_CHECK(sealer.seal_end(EndCode::identity_refused, out));
  return out;
}

Refusal refusal_for(const Error& error) {
  if (error.reason == reasons::kVersionRefused) return Refusal::version;
  if (error.reason == reasons::kPurposeRefused) return Refusal::purpose;
  return Refusal::suite;
}

}  // namespace

void StreamLink::State::receive(ByteView bytes, Instant now, Events& events) {
  if (!is_listening()) return;
  inbox.append(bytes);
  while (is_listening()) {
    const Result<bool> went = std::visit([&](auto& at) { return on_input(at, now, events); }, phase);
    if (!went) return end(Ending::broken, went.error(), now, events);
    if (!*went) return;
  }
}

void StreamLink::State::receive_end(Events& events) {
  if (is_listening()) events.push_back(Closed{Ending::cut, {Errc::unavailable, reasons::kCut}});
  phase = Over{};
  outgoing.clear();
}

bool StreamLink::State::is_listening() const {
  if (const auto* closing = std::get_if<Closing>(&phase)) return !closing->peer_ended;
  return !std::holds_alternative<Over>(phase);
}

Result<bool> StreamLink::State::on_input(AwaitHello& at, Instant, Events&) {
  TAUT_TRY(const std::optional<HelloRead> read, read_hello(inbox.rest()));
  if (!read) return false;
  inbox.consume(read->size);
  if (const Status status = respond_to(read->hello, at.served); !status) {
    refuse(refusal_for(status.error()));
    return std::unexpected(status.error());
  }
  return true;
}

Status StreamLink::State::respond_to(const Hello& hello, Purposes served) {
  TAUT_TRY(const LinkProtocol protocol, protocol_for(hello, served));
  const Bytes bound = prologue(hello, local.identity.node_id());
  TAUT_TRY(Handshake handshake, Handshake::respond(local, protocol, hello, bound, wall));
  phase = Handshaking{std::make_unique<Handshake>(std::move(handshake))};
  return {};
}

Result<bool> StreamLink::State::on_input(Handshaking& at, Instant now, Events& events) {
  std::unique_ptr<Handshake> handshake = std::move(at.handshake);
  const Result<bool> went = on_handshake_block(*handshake, now, events);
  if (!went) refuse_identity(*handshake);
  if (auto* still = std::get_if<Handshaking>(&phase)) still->handshake = std::move(handshake);
  return went;
}

Result<bool> StreamLink::State::on_handshake_block(Handshake& handshake, Instant now, Events& events) {
  TAUT_TRY(const auto block, inbox.take_block(kHandshakeBytesMax));
  if (!block) return false;
  if (handshake.role() == noise::Role::initiator && block->size() == 1) {
    end(Ending::refused, error_of((*block)[0]), now, events);
    return false;
  }
  TAUT_CHECK(answer(handshake, *block));
  if (handshake.is_complete()) TAUT_CHECK(complete(handshake, events));
  return true;
}

Status StreamLink::State::answer(Handshake& handshake, ByteView message) {
  TAUT_CHECK(handshake.read(message));
  if (!handshake.is_our_turn()) return {};
  TAUT_TRY(const Bytes reply, handshake.write());
  append_block(outgoing, reply);
  return {};
}

Status StreamLink::State::complete(Handshake& handshake, Events& events) {
  TAUT_TRY(noise::Transport transport, handshake.split());
  const Peer peer = *handshake.peer();
  const bool is_initiator = handshake.role() == noise::Role::initiator;
  const bool peer_is_live = is_initiator || !handshake.we_wrote_last();
  Records both{peer, RecordSealer(*std::move(transport.send), local.limits),
               RecordOpener(*std::move(transport.receive))};
  if (peer_is_live) {
    phase = Open{std::move(both), is_initiator};
    events.push_back(PeerAuthenticated{peer});
  } else {
    phase = Unconfirmed{std::move(both)};
    if (peer.node_id) events.push_back(PeerClaimed{*peer.node_id});
  }
  return {};
}

void StreamLink::State::refuse(Refusal refusal) {
  outgoing.clear();
  append_block(outgoing, std::array{static_cast<Byte>(refusal)});
}

void StreamLink::State::refuse_identity(Handshake& handshake) {
  if (handshake.role() == noise::Role::responder) return refuse(Refusal::handshake);
  if (!handshake.is_complete()) return;
  if (const Result<Bytes> sealed = sealed_refusal(handshake, local.limits)) append(outgoing, *sealed);
}

// The peer's first record proves it live (design §5): only now does anything follow from the handshake.
Result<bool> StreamLink::State::on_input(Unconfirmed& at, Instant now, Events& events) {
  TAUT_TRY(const auto block, inbox.take_block(kRecordBytesMax));
  if (!block) return false;
  TAUT_TRY(const OpenedRecord record, at.records.opener.open(*block));
  if (record.end != EndCode::identity_refused) {
    events.push_back(PeerAuthenticated{at.records.peer});
    phase = Open{Records(std::move(at.records)), false};
  }
  accept_record(record, now, events);
  return true;
}

Result<bool> StreamLink::State::on_input(Open& at, Instant now, Events& events) {
  TAUT_TRY(const auto block, inbox.take_block(kRecordBytesMax));
  if (!block) return false;
  TAUT_TRY(const OpenedRecord record, at.records.opener.open(*block));
  accept_record(record, now, events);
  return true;
}

Result<bool> StreamLink::State::on_input(Closing& at, Instant now, Events& events) {
  TAUT_TRY(const auto block, inbox.take_block(kRecordBytesMax));
  if (!block) return false;
  TAUT_TRY(const OpenedRecord record, at.records.opener.open(*block));
  accept_record(record, now, events);
  return true;
}

Result<bool> StreamLink::State::on_input(Over&, Instant, Events&) { return false; }

void StreamLink::State::accept_record(const OpenedRecord& record, Instant now, Events& events) {
  if (record.end == EndCode::identity_refused)
    return end(Ending::refused, {Errc::unauthentic, reasons::kIdentityMismatch}, now, events);
  for (wire::Reader in(record.frames); !in.empty();) events.push_back(FrameReceived{*in.vector()});
  if (!record.end) return;
  close(now);  // what waits still goes out, then our own end
  std::get_if<Closing>(&phase)->peer_ended = true;
  events.push_back(Closed{Ending::clean, {Errc::unavailable, reasons::kEnded}});
  settle();
}

void StreamLink::State::settle() {
  const auto* closing = std::get_if<Closing>(&phase);
  if (closing != nullptr && closing->we_ended && closing->peer_ended) phase = Over{};
}

void StreamLink::State::end(Ending ending, Error error, Instant now, Events& events) {
  phase = Over{};
  deadline = now + local.limits.closing_deadline;
  events.push_back(Closed{ending, error});
}

}  // namespace taut::link
