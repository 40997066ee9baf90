#include "link/stream_link.hpp"

#include "link/stream_state.hpp"

namespace taut::link {

StreamLink::State::State(const Local& of, Phase first, Instant now, std::optional<WallTime> wall_time)
    : local(of),
      wall(wall_time),
      phase(std::move(first)),
      deadline(now + of.limits.handshake_deadline),
      queue(of.limits.queue_bytes_max) {}

StreamLink::StreamLink(std::unique_ptr<State> state) : state_(std::move(state)) {}
StreamLink::StreamLink(StreamLink&&) noexcept = default;
StreamLink& StreamLink::operator=(StreamLink&&) noexcept = default;
StreamLink::~StreamLink() = default;

Result<StreamLink> StreamLink::dial(const Local& local, const Remote& remote, Purpose purpose, Instant now,
                                    std::optional<WallTime> wall) {
  TAUT_TRY(const LinkProtocol protocol, link_protocol(*remote.pattern, remote.suite));
  const Hello hello{remote.version, static_cast<std::uint8_t>(purpose), protocol.noise_name};
  TAUT_TRY(Handshake handshake,
           Handshake::initiate(local, protocol, remote, hello, prologue(hello, remote.node_id), wall));
  TAUT_TRY(const Bytes message, handshake.write());
  auto state = std::make_unique<State>(local, Handshaking{std::make_unique<Handshake>(std::move(handshake))},
                                       now, wall);
  state->say_hello(hello, message);
  return StreamLink(std::move(state));
}

StreamLink StreamLink::accept(const Local& local, Purposes served, Instant now,
                              std::optional<WallTime> wall) {
  return StreamLink(std::make_unique<State>(local, AwaitHello{served}, now, wall));
}

void StreamLink::receive(ByteView bytes, Instant now, Events& events) { state_->receive(bytes, now, events); }
void StreamLink::receive_end(Events& events) { state_->receive_end(events); }

Status StreamLink::send(ByteView frame) {
  const bool is_ending =
      std::holds_alternative<Closing>(state_->phase) || std::holds_alternative<Over>(state_->phase);
  if (is_ending) return fail(Errc::unavailable, reasons::kEnded);
  return state_->queue.push(frame);
}
std::size_t StreamLink::waiting_bytes() const { return state_->queue.size(); }

bool StreamLink::wants_flush() const { return state_->wants_flush(); }
Result<std::size_t> StreamLink::flush(MutableByteView out, Instant now) { return state_->flush(out, now); }

void StreamLink::close(Instant now) { state_->close(now); }

std::optional<Instant> StreamLink::next_deadline() const { return state_->next_deadline(); }
void StreamLink::tick(Instant now, Events& events) { state_->tick(now, events); }

bool StreamLink::is_over() const {
  return std::holds_alternative<Over>(state_->phase) && state_->outgoing.empty();
}

const Peer* StreamLink::peer() const {
  const Records* records = state_->records();
  return records == nullptr ? nullptr : &records->peer;
}

void StreamLink::rest() {
  state_->inbox.rest_memory();
  state_->queue.rest();
  if (Records* records = state_->records()) {
    records->sealer.drop_context();
    records->opener.drop_context();
  }
}

}  // namespace taut::link
