#pragma once
// A dispatcher's process, as the daemon drives it (run/dispatcher_server.hpp): streams and datagrams in, the
// logic, its disk.

#include "dispatcher/dispatcher.hpp"
#include "sim/dispatcher_disk.hpp"
#include "sim/socket.hpp"
#include "sim/stream_hop.hpp"

namespace taut::sim {

dispatcher::Settings dispatcher_settings(unsigned inbox_messages_max);

/// Bugs that can be planted.
enum class Replacing : std::uint8_t { when_proven, on_a_replayed_first_message };

class DispatcherProcess final : public Process, public Hop::Owner, Listener, DispatcherDisk::User {
 public:
  /// @param on_end  its disk has ended it
  DispatcherProcess(Site& site, const identity::Identity& identity, DispatcherDisk& disk,
                    const dispatcher::Settings& settings, Replacing replacing,
                    std::function<void(Network::Death)> on_end);
  ~DispatcherProcess() override;

  void start();
  dispatcher::Counters counters() const { return dispatcher_.counters(); }
  /// What nobody without a proof may change.
  std::uint64_t footprint() const;

 private:
  struct Session {
    std::shared_ptr<Hop> hop;
    std::optional<NodeId> peer;  ///< proven, and the logic knows it; zeros: it did not say
    MachineId from = 0;
  };

  void on_stream(StreamEnd end, MachineId from) override;
  std::shared_ptr<DatagramHop> on_datagram_link(datagram::LinkId link);
  void on_received(const PeerAddress& from, ByteView bytes);

  void on_claimed(Hop& hop, const NodeId& node) override;
  void on_up(Hop& hop, const link::Peer& peer) override;
  void on_frame(Hop& hop, ByteView frame) override;
  void on_sent(Hop& hop, std::size_t bytes) override;
  void on_down(Hop& hop, const Error& why) override;

  void on_result(dispatcher::OperationId id, dispatcher::StoreResult result) override;
  void on_failed() override;
  void on_died() override;

  dispatcher::Moment moment() const { return {site().now(), site().wall()}; }
  template <class Call>
  void tell(Call call);
  void perform(dispatcher::SendFrame& effect);
  void perform(dispatcher::StoreOperation& effect) { disk_.submit(std::move(effect)); }
  void perform(dispatcher::Close& effect);
  void perform(dispatcher::OperatorAnswer&) {}  // nobody asks
  void check_limits();
  void close_sessions_of(const NodeId& node, const Hop& except);

  DispatcherDisk& disk_;
  dispatcher::Settings settings_;
  Replacing replacing_;
  std::function<void(Network::Death)> on_end_;
  link::KnownPeers known_peers_;
  link::Local local_;
  dispatcher::Dispatcher dispatcher_;
  std::map<dispatcher::ConnectionId, Session> sessions_;
  dispatcher::ConnectionId last_id_ = 0;
  Alarm alarm_;
  std::uint64_t handshakes_ = 0;
  std::unique_ptr<Socket> socket_;
};

}  // namespace taut::sim
