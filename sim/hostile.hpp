#pragma once
// A node with a good identity and bad manners, and a stranger who says again what he heard.

#include "identity/identity.hpp"
#include "sim/socket.hpp"
#include "sim/stream_hop.hpp"

namespace taut::sim {

struct Target {
  MachineId machine = 0;
  link::Remote remote;
};

class Hostile final : public Process, Hop::Owner {
 public:
  static constexpr unsigned kManners = 8;

  /// @param inboxes  whom it may write to
  Hostile(Site& site, std::vector<NodeId> inboxes, Dice& dice);
  ~Hostile() override { die(); }

  /// @param manner  0..kManners-1
  void call(const Target& target, unsigned manner);
  /// On a stream, without a key.
  void say_again(const Network::Opening& opening);

 private:
  void on_up(Hop& hop, const link::Peer& peer) override;
  void on_frame(Hop& hop, ByteView frame) override;
  void on_down(Hop&, const Error&) override {}

  void raw_stream(MachineId to, Bytes bytes);
  void raw_datagrams(MachineId to);
  void misbehave(Hop& hop);
  Bytes junk(unsigned size_max);
  void put_junk(Hop& hop, unsigned count);

  std::vector<NodeId> inboxes_;
  Dice& dice_;
  identity::Identity identity_;
  link::Local local_;
  std::vector<std::shared_ptr<Hop>> hops_;
};

}  // namespace taut::sim
