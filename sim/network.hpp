#pragma once
// Wires between machines: datagrams that are lost, doubled, disordered, bent; streams that stall and break.

#include <deque>
#include <map>
#include <set>

#include "datagram/address.hpp"
#include "sim/chronicle.hpp"
#include "sim/watch.hpp"
#include "sim/weather.hpp"

namespace taut::sim {

using datagram::PeerAddress;

PeerAddress address_of(MachineId machine, unsigned move = 0);
MachineId machine_of(const PeerAddress& address);

class DatagramSink {
 public:
  virtual ~DatagramSink() = default;
  virtual void on_datagram(const PeerAddress& from, ByteView bytes) = 0;
};

class StreamHandler {
 public:
  virtual ~StreamHandler() = default;
  virtual void on_bytes(ByteView bytes) = 0;
  /// Everything that was sent has been taken.
  virtual void on_written() = 0;
  /// The last call.
  virtual void on_closed() = 0;
};

struct Connection;

/// One end of a stream; it goes with its holder.
class StreamEnd {
 public:
  StreamEnd() = default;
  StreamEnd(std::shared_ptr<Connection> connection, unsigned side)
      : connection_(std::move(connection)), side_(side) {}
  StreamEnd(StreamEnd&& other) noexcept = default;
  StreamEnd& operator=(StreamEnd&& other) noexcept;
  ~StreamEnd();

  explicit operator bool() const { return connection_ != nullptr; }
  void start(StreamHandler& handler);
  void send(Bytes bytes);
  std::size_t waiting_bytes() const;
  /// Since when nothing of what waits was taken.
  std::optional<Instant> stalled_since() const;
  /// Sends what waits, then the end; nothing is heard any more.
  void close();

 private:
  void abort();
  std::shared_ptr<Connection> connection_;
  unsigned side_ = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_stream(StreamEnd end, MachineId from) = 0;
};

class Network {
 public:
  Network(Schedule& schedule, Chronicle& chronicle, const Weather& weather, std::uint64_t seed)
      : schedule_(schedule), chronicle_(chronicle), weather_(weather), dice_(seed) {}

  // Datagrams.
  void bind(const PeerAddress& address, DatagramSink& sink) { sinks_[address] = &sink; }
  void unbind(const PeerAddress& address) { sinks_.erase(address); }
  void send(const PeerAddress& from, const PeerAddress& to, Bytes bytes);
  /// As it is, now; whoever is between may say so.
  void inject(const PeerAddress& from, const PeerAddress& to, ByteView bytes);

  // Streams.
  void listen(MachineId machine, Listener* listener) { listeners_[machine] = listener; }
  using Connected = std::function<void(std::optional<StreamEnd>)>;
  /// Calls back when the other end has accepted, or nobody did.
  void connect(MachineId from, MachineId to, Connected connected);
  /// Every stream of the machine ends; what is on its way gets there in part.
  void reset_all(MachineId machine);
  enum class Death : std::uint8_t { process, power };
  void kill(MachineId machine, Death death);
  void revive(MachineId machine) { powerless_.erase(machine); }

  /// What was delivered, for who wants to say it again.
  struct Heard {
    PeerAddress from;
    PeerAddress to;
    Bytes bytes;
  };
  const std::deque<Heard>& heard() const { return heard_; }
  /// The first pieces of streams, and whom they were for.
  struct Opening {
    MachineId to;
    Bytes bytes;
  };
  const std::deque<Opening>& openings() const { return openings_; }

  Patterns& secrets() { return secrets_; }
  Schedule& schedule() { return schedule_; }
  /// Somebody who is not there: he hears nothing.
  static constexpr MachineId kStranger = 200;

 private:
  friend class StreamEnd;
  friend struct Connection;

  Duration latency();
  void deliver(const PeerAddress& from, const PeerAddress& to, const Bytes& bytes);
  void look_at(MachineId from, ByteView bytes);
  Bytes bent(Bytes bytes);
  bool is_bent() { return dice_.below(1000) < weather_.rate(FaultKind::corrupt); }

  void enqueue(const std::shared_ptr<Connection>& connection, unsigned from, Bytes bytes, bool is_end);
  void pump(const std::shared_ptr<Connection>& connection, unsigned from);
  void pump_later(const std::shared_ptr<Connection>& connection, unsigned from, Duration delay);
  void end(const std::shared_ptr<Connection>& connection, unsigned side);

  Schedule& schedule_;
  Chronicle& chronicle_;
  const Weather& weather_;
  SeededDice dice_;
  std::map<PeerAddress, DatagramSink*> sinks_;
  std::map<MachineId, Listener*> listeners_;
  std::set<MachineId> powerless_;
  std::vector<std::weak_ptr<Connection>> connections_;
  std::deque<Heard> heard_;
  std::deque<Opening> openings_;
  Patterns secrets_;
  Once numbers_;
  std::set<std::uint64_t> openings_said_;
};

}  // namespace taut::sim
