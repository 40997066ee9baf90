#pragma once
// A dispatcher at work: connections are accepted, proven, and handed to its logic; what the logic wants
// done is done here and nowhere else.
//
// One loop's thread has everything but the store (docs/decisions/0016-one-loop-for-links.md).

#include <map>
#include <memory>
#include <unordered_map>

#include "carrier/tcp.hpp"
#include "dispatcher/dispatcher.hpp"
#include "link/stream_link.hpp"
#include "run/datagram_socket.hpp"
#include "run/dispatcher_storage.hpp"
#include "run/half_open.hpp"

namespace taut::reasons {
inline constexpr Reason kPortsDiffer{"ports_differ"};  ///< of the sockets that were inherited
}  // namespace taut::reasons

namespace taut::run {

struct ServerSettings {
  carrier::Address listen;                 ///< the same port on every carrier
  std::optional<int> inherited;            ///< a TCP socket that listens already, instead
  std::optional<int> inherited_datagrams;  ///< a UDP socket that is bound already, to the same port
  std::vector<identity::Carrier> carriers{identity::Carrier::tcp, identity::Carrier::udp};
  dispatcher::Settings dispatcher;  ///< its node is that of the identity
  HalfOpenLimits half_open;
  Duration handshake_deadline = std::chrono::seconds(5);
};

class DispatcherServer {
 public:
  /// @param identity, storage, random  outlive it
  /// @errors as carrier::TcpListener::listen and carrier::UdpSocket::bind; misuse (ports_differ)
  static Result<std::unique_ptr<DispatcherServer>> start(carrier::Loop& loop,
                                                         const identity::Identity& identity,
                                                         DispatcherStorage& storage, Random& random,
                                                         const ServerSettings& settings);
  DispatcherServer(const DispatcherServer&) = delete;
  DispatcherServer& operator=(const DispatcherServer&) = delete;
  ~DispatcherServer();

  /// Where it listens, with the port that the system chose.
  const carrier::Address& address() const { return address_; }
  dispatcher::Counters counters() const { return dispatcher_.counters(); }

  /// As dispatcher::Dispatcher.
  void reconfigure(frame::Policy policy, const dispatcher::Limits& limits) {
    dispatcher_.reconfigure(policy, limits);
  }

  /// Calls `answer` once, later; unavailable (ended) when the server goes first.
  using Answer = std::function<void(Result<dispatcher::OperatorValue>)>;
  void ask(const dispatcher::OperatorRequest& request, Answer answer);

  /// Says goodbye to everybody; calls `stopped` when all have gone, at most kStopMax later.
  void stop(carrier::Loop::Task stopped);

 private:
  class Session;

  DispatcherServer(carrier::Loop& loop, const identity::Identity& identity, DispatcherStorage& storage,
                   Random& random, const ServerSettings& settings);

  Status listen(const ServerSettings& settings);
  Status listen_once(const ServerSettings& settings);
  void accept(std::shared_ptr<carrier::Connection> connection);
  void accept(datagram::LinkId link, const link::Peer& peer);
  Session& add(std::unique_ptr<Session> session);
  void rest();
  void drop(dispatcher::ConnectionId id);
  void on_gone(dispatcher::ConnectionId id);
  void stop_if_done();
  void read_as_storage_allows();

  /// What happened, to the logic; then what it wants done.
  template <class Call>
  void tell(Call call);
  void perform(dispatcher::Effects effects);
  void perform(dispatcher::SendFrame& effect);
  void perform(dispatcher::StoreOperation& effect);
  void perform(dispatcher::Close& effect);
  void perform(dispatcher::OperatorAnswer& effect);

  carrier::Loop& loop_;
  DispatcherStorage& storage_;
  link::KnownPeers known_peers_;
  link::Local local_;
  dispatcher::Dispatcher dispatcher_;
  HalfOpen half_open_;
  bool is_reading_ = true;
  carrier::Address address_;
  dispatcher::ConnectionId last_id_ = 0;
  std::unique_ptr<DatagramSocket> datagrams_;  ///< outlives its sessions
  std::unordered_map<dispatcher::ConnectionId, std::unique_ptr<Session>> sessions_;
  std::map<dispatcher::OperatorRequestId, Answer> asked_;
  dispatcher::OperatorRequestId last_request_ = 0;
  std::unique_ptr<carrier::TcpListener> listener_;
  carrier::Timer timer_;
  carrier::Timer resting_;
  carrier::Timer stopping_;
  carrier::Loop::Task stopped_;
  carrier::Posts posts_;
};

}  // namespace taut::run
