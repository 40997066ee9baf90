#include "datagram/packet.hpp"
#include "sim/network.hpp"

namespace taut::sim {

namespace {
constexpr std::size_t kHeardMax = 96;
}

PeerAddress address_of(MachineId machine, unsigned move) {
  PeerAddress address;
  address.ip = {
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, static_cast<Byte>(move), static_cast<Byte>(machine)};
  address.port = 7420;
  return address;
}

MachineId machine_of(const PeerAddress& address) { return address.ip[15]; }

Duration Network::latency() {
  const auto extra = weather_.delay_max();
  Duration most = 25ms;
  if (extra.count() > 0) most += dice_.between(0ms, extra);
  return 2ms + Duration(static_cast<std::int64_t>(dice_.below(1000)) * most.count() / 1000);
}

/// A turned bit, or a cut end.
Bytes Network::bent(Bytes bytes) {
  if (bytes.empty()) return bytes;
  if (dice_.happens(30)) {
    bytes.resize(dice_.below(static_cast<unsigned>(bytes.size())));
  } else {
    bytes[dice_.below(static_cast<unsigned>(bytes.size()))] ^= static_cast<Byte>(1U << dice_.below(8));
  }
  return bytes;
}

void Network::look_at(MachineId from, ByteView bytes) {
  if (const std::string* found = secrets_.find_in(bytes))
    chronicle_.violate("nothing_in_clear", *found + " was on the wire of machine " + std::to_string(from));
}

void Network::send(const PeerAddress& from, const PeerAddress& to, Bytes bytes) {
  const MachineId sender = machine_of(from);
  chronicle_.note_bytes(sender, "datagram", machine_of(to), bytes);
  look_at(sender, bytes);
  const auto packet = datagram::read_packet(bytes);
  if (const auto* data = packet ? std::get_if<datagram::Data>(&*packet) : nullptr) {
    const std::uint64_t number = fingerprint(data->header, machine_of(to) + 1);
    chronicle_.require(numbers_.is_new_or_same(number, data->ciphertext), "no_number_twice",
                       "a packet number was used for two packets of one session");
  }
  if (weather_.is_cut(sender, machine_of(to))) return chronicle_.hit("network", "datagram cut off");
  if (dice_.happens(weather_.rate(FaultKind::drop))) return chronicle_.hit("network", "datagram dropped");
  const unsigned copies = dice_.happens(weather_.rate(FaultKind::duplicate)) ? 2 : 1;
  if (copies == 2) chronicle_.hit("network", "datagram doubled");
  for (unsigned i = 0; i < copies; ++i) {
    Duration delay = latency();
    if (dice_.happens(weather_.rate(FaultKind::reorder))) {
      delay += dice_.between(0ms, 2000ms);
      chronicle_.hit("network", "datagram out of order");
    }
    Bytes copy = bytes;
    if (is_bent()) {
      copy = bent(std::move(copy));
      chronicle_.hit("network", "datagram bent");
    }
    schedule_.after(delay, [this, from, to, copy = std::move(copy)] { deliver(from, to, copy); });
  }
}

void Network::deliver(const PeerAddress& from, const PeerAddress& to, const Bytes& bytes) {
  const auto sink = sinks_.find(to);
  if (sink == sinks_.end()) return;
  heard_.push_back({from, to, bytes});
  if (heard_.size() > kHeardMax) heard_.pop_front();
  sink->second->on_datagram(from, bytes);
}

void Network::inject(const PeerAddress& from, const PeerAddress& to, ByteView bytes) {
  const auto sink = sinks_.find(to);
  if (sink == sinks_.end()) return;
  chronicle_.note_bytes(machine_of(to), "injected", machine_of(from), bytes);
  sink->second->on_datagram(from, bytes);
}

}  // namespace taut::sim
