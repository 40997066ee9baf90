#include "sim/dispatcher_process.hpp"

#include <utility>

#include "datagram/limits.hpp"
#include "sim/watch.hpp"

namespace taut::sim {

using namespace dispatcher;

namespace {

constexpr std::array<std::string_view, 8> kGoodbyes{"done",     "idle", "violation", "overloaded",
                                                    "stopping", "slow", "revoked",   "unavailable"};

Settings settings_of(Settings settings, const NodeId& node) {
  settings.node = node;
  return settings;
}

}  // namespace

// Small enough to be reached.
Settings dispatcher_settings(unsigned inbox_messages_max) {
  Settings settings;
  settings.policy = frame::Policy::open;
  settings.limits.inbox_max = {inbox_messages_max, std::uint64_t{4} << 20};
  settings.limits.message_bytes_max = 400'000;
  settings.limits.put_bytes_max = 600'000;
  settings.limits.connections_max = 100;
  settings.limits.connections_per_node_max = 40;
  settings.limits.residents_max = 3;
  settings.limits.delivery_window_bytes = 16 * 1024;
  return settings;
}

DispatcherProcess::DispatcherProcess(Site& site, const identity::Identity& identity, DispatcherDisk& disk,
                                     const Settings& settings, Replacing replacing,
                                     std::function<void(Network::Death)> on_end)
    : Process(site),
      disk_(disk),
      settings_(settings_of(settings, identity.node_id())),
      replacing_(replacing),
      on_end_(std::move(on_end)),
      local_{identity, site.random, link::Limits{}, &known_peers_},
      dispatcher_(settings_),
      alarm_(site.schedule, [this] { tell([](auto& logic, const auto& at) { return logic.tick(at); }); }) {
  local_.limits.queue_bytes_max = settings_.limits.unsent_bytes_max + 64 * 1024;
}

DispatcherProcess::~DispatcherProcess() { die(); }

void DispatcherProcess::start() {
  disk_.open(*this);
  socket_ = std::make_unique<Socket>(*this, local_, link::Purposes{link::Purpose::dispatcher}.or_anonymous(),
                                     0, [this](datagram::LinkId link) { return on_datagram_link(link); });
  if (replacing_ == Replacing::on_a_replayed_first_message)
    socket_->received = [this](const PeerAddress& from, ByteView bytes) { on_received(from, bytes); };
  site().network.listen(site().id, this);
  tell([](auto& logic, const auto& at) { return logic.start(at); });
}

// ---------------------------------------------------------------------- links

void DispatcherProcess::on_stream(StreamEnd end, MachineId from) {
  auto link = link::StreamLink::accept(local_, link::Purposes{link::Purpose::dispatcher}.or_anonymous(),
                                       site().now(), site().wall());
  auto hop = StreamHop::accept(*this, *this, std::move(link), std::move(end));
  hop->tag = ++last_id_;
  sessions_[hop->tag] = {hop, std::nullopt, from};
}

std::shared_ptr<DatagramHop> DispatcherProcess::on_datagram_link(datagram::LinkId link) {
  auto hop = std::make_shared<DatagramHop>(*socket_, link, *this);
  hop->tag = ++last_id_;
  sessions_[hop->tag] = {hop, std::nullopt, machine_of(*socket_->endpoint().address(link))};
  return hop;
}

void DispatcherProcess::on_claimed(Hop& hop, const NodeId& node) {
  const std::uint64_t before = footprint();
  if (replacing_ == Replacing::on_a_replayed_first_message) close_sessions_of(node, hop);
  site().chronicle.require(footprint() == before, "replay_changes_nothing",
                           "a first message that may be a replay changed the sessions");
}

// The planted bug's other half: an answered initiation ends the session at its address.
void DispatcherProcess::on_received(const PeerAddress& from, ByteView) {
  const std::uint64_t handshakes = socket_->endpoint().counters().handshakes;
  if (std::exchange(handshakes_, handshakes) == handshakes) return;
  for (auto& [id, session] : sessions_)
    if (session.peer && machine_of(from) == session.from)
      return close_sessions_of(*session.peer, *session.hop);
}

void DispatcherProcess::close_sessions_of(const NodeId& node, const Hop& except) {
  for (auto& [id, session] : sessions_) {
    if (session.hop.get() == &except || session.peer != node) continue;
    session.peer.reset();
    session.hop->close();
    tell([&, gone = id](auto& logic, const auto&) { return logic.on_disconnected(gone); });
  }
}

void DispatcherProcess::on_up(Hop& hop, const link::Peer& peer) {
  Session& session = sessions_.at(hop.tag);
  site().chronicle.note(site().id, "session up", hop.tag);
  site().chronicle.require(session.from != Network::kStranger, "replay_changes_nothing",
                           "somebody without a key has opened a link");
  session.peer = peer.node_id.value_or(NodeId{});
  const auto known = peer.node_id ? dispatcher::Peer(*peer.node_id, peer.session_id)
                                  : dispatcher::Peer::anonymous(peer.session_id, frame::Carrier::unknown);
  tell([&](auto& logic, const auto& at) { return logic.on_connected(hop.tag, known, at); });
}

void DispatcherProcess::on_frame(Hop& hop, ByteView frame) {
  if (sessions_.at(hop.tag).peer)
    tell([&](auto& logic, const auto& at) { return logic.on_frame(hop.tag, frame, at); });
}

void DispatcherProcess::on_sent(Hop& hop, std::size_t bytes) {
  if (sessions_.at(hop.tag).peer)
    tell([&](auto& logic, const auto& at) { return logic.on_sent(hop.tag, bytes, at); });
}

void DispatcherProcess::on_down(Hop& hop, const Error&) {
  site().chronicle.note(site().id, "session down", hop.tag);
  if (std::exchange(sessions_.at(hop.tag).peer, std::nullopt))
    tell([&](auto& logic, const auto&) { return logic.on_disconnected(hop.tag); });
  // Its own call is still under way.
  post([this, id = hop.tag] { sessions_.erase(id); });
}

// ---------------------------------------------------------------------- the logic

template <class Call>
void DispatcherProcess::tell(Call call) {
  if (is_dead()) return;
  for (Effect& effect : call(dispatcher_, moment())) {
    site().chronicle.note(site().id, "asked", effect.index());
    std::visit([this](auto& one) { this->perform(one); }, effect);
  }
  alarm_.arm(dispatcher_.next_deadline());
  check_limits();
}

void DispatcherProcess::perform(SendFrame& effect) {
  const auto session = sessions_.find(effect.connection);
  if (session != sessions_.end() && session->second.peer) (void)session->second.hop->send(effect.frame);
}

void DispatcherProcess::perform(Close& effect) {
  site().chronicle.hit("goodbye", kGoodbyes[static_cast<std::size_t>(effect.reason)]);
  const auto session = sessions_.find(effect.connection);
  if (session == sessions_.end()) return;
  session->second.peer.reset();
  session->second.hop->close();
}

void DispatcherProcess::on_result(OperationId id, StoreResult result) {
  tell([&](auto& logic, const auto& at) { return logic.on_store_result(id, std::move(result), at); });
}

void DispatcherProcess::on_failed() {
  die();
  site().schedule.after(Duration{}, [end = on_end_] { end(Network::Death::process); });
}

void DispatcherProcess::on_died() {
  die();
  site().schedule.after(Duration{}, [end = on_end_] { end(Network::Death::process); });
}

std::uint64_t DispatcherProcess::footprint() const {
  const Counters now = dispatcher_.counters();
  std::uint64_t sum = fingerprint({}, now.connections * 31 + now.frames_in * 7 + now.stored_messages);
  sum ^= disk_.faults().operations() * 131 + now.messages_stored;
  for (const auto& [id, session] : sessions_)
    if (session.peer) sum = fingerprint(session.peer->view(), sum + id);
  return sum + socket_->endpoint().link_count();
}

void DispatcherProcess::check_limits() {
  const Limits& most = settings_.limits;
  const Counters now = dispatcher_.counters();
  Chronicle& chronicle = site().chronicle;
  chronicle.require(now.connections <= most.connections_max, "limits_hold", "too many links");
  chronicle.require(now.buffered_put_bytes <= most.put_bytes_total_max, "limits_hold",
                    "too much is buffered");
  chronicle.require(now.unsent_bytes <= most.unsent_bytes_total_max, "limits_hold", "too much is not sent");
  // Nodes that are linked or asked for stay, and go when another one comes.
  chronicle.require(now.residents <= most.residents_max + most.connections_max + now.operations_open,
                    "limits_hold", "too many nodes are in memory");
  chronicle.require(socket_->endpoint().half_open_count() <= datagram::kHalfOpenMax, "limits_hold",
                    "too many half-open handshakes");
  if (const auto since = disk_.dirty_since())
    chronicle.require(site().now() - *since <= 60s, "erased_means_erased",
                      "removed bytes are in a file after 60 s");
}

}  // namespace taut::sim
