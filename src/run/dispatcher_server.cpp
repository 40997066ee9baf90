#include "run/dispatcher_server.hpp"

#include <functional>

#include "carrier/reasons.hpp"
#include "link/reasons.hpp"
#include "run/clocks.hpp"
#include "run/datagram_connection.hpp"
#include "run/linked_connection.hpp"
#include "run/log.hpp"

namespace taut::run {

using carrier::Loop;
using dispatcher::ConnectionId;

namespace {

constexpr std::chrono::seconds kStopMax{3};
/// Who says who he is and who does not: what nobody may do is for the logic to say.
constexpr link::Purposes kServed = link::Purposes{link::Purpose::dispatcher}.or_anonymous();
/// Room for what the logic may leave unsent on one link, and for its goodbye.
constexpr std::size_t kQueueSlackBytes = 64 * 1024;
/// How often links give up memory that they do without while they idle: soon, so that the next links take
/// it and not more of the system's.
constexpr std::chrono::seconds kRestEvery{1};
/// A port that is free on one carrier may be taken on the other: so many are tried.
constexpr int kPortsTried = 16;

dispatcher::Moment moment() { return {Loop::now(), wall_time().value_or(WallTime{})}; }

frame::Carrier carrier_of(const Link& link) {
  return link.carrier() == identity::Carrier::udp ? frame::Carrier::udp : frame::Carrier::tcp;
}

dispatcher::SourceId source_id_of(const carrier::Address& remote) {
  if (carrier::is_loopback(remote)) return dispatcher::kNoSource;
  return std::max<dispatcher::SourceId>(std::hash<std::string>()(source_of(remote)), 1);
}

dispatcher::Settings settings_of(dispatcher::Settings settings, const NodeId& node) {
  settings.node = node;
  return settings;
}

link::Limits link_limits(const ServerSettings& settings) {
  link::Limits limits;
  limits.handshake_deadline = settings.handshake_deadline;
  limits.queue_bytes_max = settings.dispatcher.limits.unsent_bytes_max + kQueueSlackBytes;
  return limits;
}

}  // namespace

/// One link, from accept to its end.
class DispatcherServer::Session final : public Link::Owner {
 public:
  Session(DispatcherServer& server, ConnectionId id, std::shared_ptr<carrier::Connection> connection)
      : server_(server),
        id_(id),
        link_(std::make_unique<LinkedConnection>(
            server.loop_, std::move(connection),
            link::StreamLink::accept(server.local_, kServed, Loop::now(), wall_time()), *this)) {}
  Session(DispatcherServer& server, ConnectionId id, datagram::LinkId link)
      : server_(server),
        id_(id),
        link_(std::make_unique<DatagramConnection>(*server.datagrams_, link, *this)) {}

  ConnectionId id() const { return id_; }

  void on_authenticated(const link::Peer& peer) override;
  void on_frame(ByteView frame) override;
  void on_sent(std::size_t frame_bytes) override;
  void on_ended(const link::Closed& closed) override;

  /// The logic has forgotten this link.
  void close() {
    phase_ = Phase::forgotten;
    link_->close();
  }
  Status send(ByteView frame) { return link_->send(frame); }
  void pause_reading() { link_->pause_reading(); }
  void resume_reading() { link_->resume_reading(); }
  void rest() { link_->rest(); }

 private:
  enum class Phase { half_open, known, forgotten };

  void log(std::string_view event, std::string_view detail) const;

  DispatcherServer& server_;
  ConnectionId id_;
  Phase phase_ = Phase::half_open;
  std::unique_ptr<Link> link_;
};

void DispatcherServer::Session::on_authenticated(const link::Peer& peer) {
  server_.half_open_.remove(id_);
  phase_ = Phase::known;
  const auto carrier = carrier_of(*link_);
  auto known = peer.node_id ? dispatcher::Peer(*peer.node_id, peer.session_id, carrier)
                            : dispatcher::Peer::anonymous(peer.session_id, carrier);
  known.source = source_id_of(link_->remote_address());
  if (is_logging()) log("session_open", peer.node_id ? short_id(*peer.node_id) : "anonymous");
  server_.tell([&](auto& logic, const auto& at) { return logic.on_connected(id_, known, at); });
}

void DispatcherServer::Session::on_frame(ByteView frame) {
  if (phase_ != Phase::known) return;
  server_.tell([&](auto& logic, const auto& at) { return logic.on_frame(id_, frame, at); });
}

void DispatcherServer::Session::on_sent(std::size_t frame_bytes) {
  if (phase_ != Phase::known) return;
  server_.tell([&](auto& logic, const auto& at) { return logic.on_sent(id_, frame_bytes, at); });
}

void DispatcherServer::Session::on_ended(const link::Closed& closed) {
  log(phase_ == Phase::half_open ? "handshake_failed" : "session_closed", closed.error.reason.name);
  server_.half_open_.remove(id_);
  if (std::exchange(phase_, Phase::forgotten) == Phase::known)
    server_.tell([&](auto& logic, const auto&) { return logic.on_disconnected(id_); });
  server_.on_gone(id_);
}

void DispatcherServer::Session::log(std::string_view event, std::string_view detail) const {
  if (!is_logging()) return;
  run::log(event, {{"session", std::to_string(id_)},
                   {"carrier", link_->carrier() == identity::Carrier::udp ? "udp" : "tcp"},
                   {"source", carrier::to_text(link_->remote_address())},
                   {"detail", detail}});
}

Result<std::unique_ptr<DispatcherServer>> DispatcherServer::start(Loop& loop,
                                                                  const identity::Identity& identity,
                                                                  DispatcherStorage& storage, Random& random,
                                                                  const ServerSettings& settings) {
  std::unique_ptr<DispatcherServer> server(new DispatcherServer(loop, identity, storage, random, settings));
  DispatcherServer* const self = server.get();
  TAUT_CHECK(server->listen(settings));
  storage.start([self](dispatcher::OperationId id, dispatcher::StoreResult result) {
    self->tell([&](auto& logic, const auto& at) { return logic.on_store_result(id, std::move(result), at); });
    self->read_as_storage_allows();
  });
  server->tell([](auto& logic, const auto& at) { return logic.start(at); });
  server->resting_.arm(Loop::now() + kRestEvery);
  return server;
}

DispatcherServer::DispatcherServer(Loop& loop, const identity::Identity& identity, DispatcherStorage& storage,
                                   Random& random, const ServerSettings& settings)
    : loop_(loop),
      storage_(storage),
      local_{.identity = identity,
             .random = random,
             .limits = link_limits(settings),
             .known_peers = &known_peers_},
      dispatcher_(settings_of(settings.dispatcher, identity.node_id())),
      half_open_(settings.half_open),
      timer_(loop, [this] { tell([](auto& logic, const auto& at) { return logic.tick(at); }); }),
      resting_(loop, [this] { rest(); }),
      stopping_(loop,
                [this] {
                  sessions_.clear();
                  stop_if_done();
                }),
      posts_(loop) {}

DispatcherServer::~DispatcherServer() {
  for (const auto& [id, answer] : asked_) answer(fail(Errc::unavailable, reasons::kEnded));
}

Status DispatcherServer::listen(const ServerSettings& settings) {
  const bool takes_any_port = settings.listen.port == 0;
  Status listening = listen_once(settings);
  for (int i = 1; i < kPortsTried && takes_any_port; ++i) {
    if (listening || listening.error().reason != reasons::kAddressInUse) break;
    listening = listen_once(settings);
  }
  return listening;
}

Status DispatcherServer::listen_once(const ServerSettings& settings) {
  const auto has = [&](identity::Carrier one) {
    return std::ranges::find(settings.carriers, one) != settings.carriers.end();
  };
  address_ = settings.listen;
  if (has(identity::Carrier::tcp)) {
    const auto accepted = [this](std::shared_ptr<carrier::Connection> it) { accept(std::move(it)); };
    TAUT_TRY(listener_, settings.inherited ? carrier::TcpListener::adopt(loop_, *settings.inherited, accepted)
                                           : carrier::TcpListener::listen(loop_, address_, accepted));
    address_ = listener_->address();
  }
  if (has(identity::Carrier::udp)) {
    const auto accepted = [this](datagram::LinkId link, const link::Peer& peer) { accept(link, peer); };
    const auto inherited = settings.inherited_datagrams;
    TAUT_TRY(datagrams_, inherited ? DatagramSocket::adopt(loop_, *inherited, local_, kServed, accepted)
                                   : DatagramSocket::bind(loop_, address_, local_, kServed, accepted));
    if (listener_ && datagrams_->address().port != address_.port)
      return fail(Errc::misuse, reasons::kPortsDiffer);
    address_ = datagrams_->address();
  }
  return {};
}

void DispatcherServer::accept(std::shared_ptr<carrier::Connection> connection) {
  const ConnectionId id = ++last_id_;
  if (const auto oldest = half_open_.add(id, connection->remote_address())) drop(*oldest);
  add(std::make_unique<Session>(*this, id, std::move(connection)));
}

// Handshakes of datagrams are the endpoint's, with limits of its own: what comes from there is proven.
void DispatcherServer::accept(datagram::LinkId link, const link::Peer& peer) {
  add(std::make_unique<Session>(*this, ++last_id_, link)).on_authenticated(peer);
}

DispatcherServer::Session& DispatcherServer::add(std::unique_ptr<Session> session) {
  Session& added = *session;
  sessions_.emplace(added.id(), std::move(session));
  if (!is_reading_) added.pause_reading();
  return added;
}

void DispatcherServer::rest() {
  for (const auto& [id, session] : sessions_) session->rest();
  if (datagrams_) datagrams_->rest();
  resting_.arm(Loop::now() + kRestEvery);
}

void DispatcherServer::drop(ConnectionId id) {
  half_open_.remove(id);
  sessions_.erase(id);
}

void DispatcherServer::on_gone(ConnectionId id) {
  // Its own call is still under way.
  posts_.post([this, id] {
    sessions_.erase(id);
    stop_if_done();
  });
}

template <class Call>
void DispatcherServer::tell(Call call) {
  perform(call(dispatcher_, moment()));
  timer_.arm_by(dispatcher_.next_deadline());
}

void DispatcherServer::perform(dispatcher::Effects effects) {
  for (dispatcher::Effect& effect : effects) std::visit([this](auto& one) { perform(one); }, effect);
}

void DispatcherServer::perform(dispatcher::SendFrame& effect) {
  const auto session = sessions_.find(effect.connection);
  if (session == sessions_.end()) return;
  // The logic keeps to its limits, so this fails on a link that is ending: then on_ended tells it so.
  if (const auto sent = session->second->send(effect.frame); !sent && is_logging())
    log("frame_dropped", {{"reason", sent.error().reason.name}});
}

void DispatcherServer::perform(dispatcher::StoreOperation& effect) {
  storage_.submit(std::move(effect));
  read_as_storage_allows();
}

void DispatcherServer::read_as_storage_allows() {
  const bool may_read = !storage_.is_crowded();
  if (std::exchange(is_reading_, may_read) == may_read) return;
  for (const auto& [id, session] : sessions_) may_read ? session->resume_reading() : session->pause_reading();
}

void DispatcherServer::perform(dispatcher::Close& effect) {
  if (const auto session = sessions_.find(effect.connection); session != sessions_.end())
    session->second->close();
}

void DispatcherServer::perform(dispatcher::OperatorAnswer& effect) {
  const auto waiting = asked_.extract(effect.request);
  if (!waiting.empty()) waiting.mapped()(std::move(effect.answer));
}

void DispatcherServer::ask(const dispatcher::OperatorRequest& request, Answer answer) {
  const auto id = ++last_request_;
  asked_.emplace(id, std::move(answer));
  tell([&](auto& logic, const auto& at) { return logic.on_operator(id, request, at); });
}

void DispatcherServer::stop(Loop::Task stopped) {
  stopped_ = std::move(stopped);
  listener_.reset();
  if (datagrams_) datagrams_->stop_accepting();
  while (const auto oldest = half_open_.oldest()) drop(*oldest);
  tell([](auto& logic, const auto&) { return logic.stop(); });
  stopping_.arm(Loop::now() + kStopMax);
  stop_if_done();
}

void DispatcherServer::stop_if_done() {
  if (!stopped_ || !sessions_.empty()) return;
  stopping_.arm(std::nullopt);
  const Loop::Task stopped = std::exchange(stopped_, nullptr);
  stopped();
}

}  // namespace taut::run
