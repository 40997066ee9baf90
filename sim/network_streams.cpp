#include "sim/network.hpp"

#include <utility>

namespace taut::sim {

namespace {
constexpr Duration kRetry = 250ms;  ///< of what a stream repeats until it gets through
constexpr Duration kConnectTimeout = 5s;
constexpr std::size_t kOpeningsMax = 32;
constexpr std::size_t kPieceMax = 16 * 1024;
}  // namespace

struct Connection {
  struct Piece {
    Bytes bytes;
    bool is_end = false;
  };
  struct Side {
    MachineId machine = 0;
    StreamHandler* handler = nullptr;
    std::deque<Piece> outgoing;
    std::size_t waiting = 0;
    Instant progress;
    bool is_pumping = false;
    bool is_gone = false;  ///< closed, or its process is dead
    bool has_sent = false;
  };
  Network* network;
  std::array<Side, 2> sides;
};

// ---------------------------------------------------------------------- the end that a shell holds

StreamEnd& StreamEnd::operator=(StreamEnd&& other) noexcept {
  if (this != &other) {
    abort();
    connection_ = std::move(other.connection_);
    side_ = other.side_;
  }
  return *this;
}

StreamEnd::~StreamEnd() { abort(); }

void StreamEnd::abort() {
  if (!connection_) return;
  Connection::Side& side = connection_->sides[side_];
  side.handler = nullptr;
  if (!side.is_gone) close();
}

void StreamEnd::start(StreamHandler& handler) { connection_->sides[side_].handler = &handler; }

void StreamEnd::send(Bytes bytes) {
  if (!connection_->sides[side_].is_gone)
    connection_->network->enqueue(connection_, side_, std::move(bytes), false);
}

std::size_t StreamEnd::waiting_bytes() const { return connection_->sides[side_].waiting; }

std::optional<Instant> StreamEnd::stalled_since() const {
  const Connection::Side& side = connection_->sides[side_];
  if (side.waiting == 0) return std::nullopt;
  return side.progress;
}

void StreamEnd::close() {
  Connection::Side& side = connection_->sides[side_];
  side.handler = nullptr;
  if (std::exchange(side.is_gone, true)) return;
  connection_->network->enqueue(connection_, side_, {}, true);
}

// ---------------------------------------------------------------------- what is between

void Network::connect(MachineId from, MachineId to, Connected connected) {
  const Duration there = latency();
  const bool is_cut = weather_.is_cut(from, to) || weather_.is_cut(to, from) || powerless_.contains(to);
  if (is_cut) return schedule_.after(kConnectTimeout, [connected] { connected(std::nullopt); });
  schedule_.after(there, [this, from, to, connected, back = latency()] {
    const auto listener = listeners_.find(to);
    if (listener == listeners_.end() || listener->second == nullptr)
      return schedule_.after(back, [connected] { connected(std::nullopt); });
    auto connection = std::make_shared<Connection>(Connection{this, {}});
    connection->sides[0].machine = from;
    connection->sides[1].machine = to;
    connections_.push_back(connection);
    std::erase_if(connections_, [](const auto& one) { return one.expired(); });
    chronicle_.note(to, "accepted", from);
    listener->second->on_stream(StreamEnd(connection, 1), from);
    schedule_.after(back, [connection, connected] { connected(StreamEnd(connection, 0)); });
  });
}

void Network::enqueue(const std::shared_ptr<Connection>& connection, unsigned from, Bytes bytes,
                      bool is_end) {
  Connection::Side& side = connection->sides[from];
  if (!is_end) {
    chronicle_.note_bytes(side.machine, "stream", connection->sides[1 - from].machine, bytes);
    look_at(side.machine, bytes);
    if (!std::exchange(side.has_sent, true)) {
      // A responder may say the same refusal to everybody.
      const bool is_own =
          from == 1 || side.machine == kStranger || openings_said_.insert(fingerprint(bytes)).second;
      chronicle_.require(is_own, "no_number_twice", "a handshake message was said on two streams");
      if (from == 0) openings_.push_back({connection->sides[1].machine, bytes});
      if (openings_.size() > kOpeningsMax) openings_.pop_front();
    }
  }
  if (side.waiting == 0) side.progress = schedule_.now();
  side.waiting += bytes.size();
  ByteView rest(bytes);
  while (!rest.empty()) {
    std::size_t size = std::min(rest.size(), kPieceMax);
    if (dice_.happens(20)) size = 1 + dice_.below(static_cast<unsigned>(size));
    side.outgoing.push_back({to_bytes(rest.first(size)), false});
    rest = rest.subspan(size);
  }
  if (is_end) side.outgoing.push_back({{}, true});
  if (!std::exchange(side.is_pumping, true)) pump_later(connection, from, latency());
}

void Network::pump_later(const std::shared_ptr<Connection>& connection, unsigned from, Duration delay) {
  schedule_.after(delay, [this, connection, from] { pump(connection, from); });
}

// One piece at a time, in order, however often it has to be repeated.
void Network::pump(const std::shared_ptr<Connection>& connection, unsigned from) {
  Connection::Side& side = connection->sides[from];
  Connection::Side& other = connection->sides[1 - from];
  side.is_pumping = false;
  if (side.outgoing.empty()) return;
  if (weather_.is_cut(side.machine, other.machine) || powerless_.contains(other.machine) ||
      powerless_.contains(side.machine)) {
    side.is_pumping = true;
    return pump_later(connection, from, kRetry);
  }
  if (other.is_gone) return end(connection, from);
  Connection::Piece piece = std::move(side.outgoing.front());
  side.outgoing.pop_front();
  side.waiting -= piece.bytes.size();
  side.progress = schedule_.now();
  if (!side.outgoing.empty()) {
    side.is_pumping = true;
    pump_later(connection, from, Duration(dice_.between(100, 2000) * 1000));
  }
  if (piece.is_end) return end(connection, 1 - from);
  if (is_bent()) {
    piece.bytes = bent(std::move(piece.bytes));
    chronicle_.hit("network", "stream bent");
  }
  if (other.handler != nullptr && !piece.bytes.empty()) other.handler->on_bytes(piece.bytes);
  if (side.waiting == 0 && side.handler != nullptr) side.handler->on_written();
}

/// This side hears that it is over.
void Network::end(const std::shared_ptr<Connection>& connection, unsigned at) {
  Connection::Side& side = connection->sides[at];
  side.is_gone = true;
  side.outgoing.clear();
  side.waiting = 0;
  if (StreamHandler* handler = std::exchange(side.handler, nullptr)) handler->on_closed();
}

void Network::reset_all(MachineId machine) {
  for (const auto& weak : std::vector(connections_)) {
    const auto connection = weak.lock();
    if (!connection) continue;
    if (connection->sides[0].machine != machine && connection->sides[1].machine != machine) continue;
    chronicle_.hit("network", "stream reset");
    end(connection, 0);
    end(connection, 1);
  }
}

void Network::kill(MachineId machine, Death death) {
  listeners_.erase(machine);
  std::erase_if(sinks_, [&](const auto& one) { return machine_of(one.first) == machine; });
  if (death == Death::power) powerless_.insert(machine);
  for (const auto& weak : connections_) {
    const auto connection = weak.lock();
    if (!connection) continue;
    for (unsigned i = 0; i < 2; ++i) {
      Connection::Side& side = connection->sides[i];
      if (side.machine != machine) continue;
      side.is_gone = true;
      side.handler = nullptr;
      side.outgoing.clear();
      side.waiting = 0;
      // A living system says for its dead process that the stream is over; one without power says nothing.
      if (death == Death::process) {
        side.outgoing.push_back({{}, true});
        if (!std::exchange(side.is_pumping, true)) pump_later(connection, i, latency());
      }
    }
  }
}

}  // namespace taut::sim
