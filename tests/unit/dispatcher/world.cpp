#include "world.hpp"

namespace taut::test {

using namespace dispatcher;

namespace {

template <class Id>
Id id_named(std::string_view name) {
  Id id;
  std::ranges::copy(name.substr(0, Id::size_bytes), id.fill().begin());
  return id;
}

}  // namespace

NodeId node_named(std::string_view name) { return id_named<NodeId>(name); }
SubmissionId submission_named(std::string_view name) { return id_named<SubmissionId>(name); }

Settings small_settings() {
  Settings settings;
  settings.policy = frame::Policy::open;
  settings.limits.inbox_max = {5, 4000};
  settings.limits.own_share = {1, 1000};
  settings.limits.stranger_share = {1, 500};
  settings.limits.connections_max = 4;
  settings.limits.connections_per_node_max = 2;
  settings.limits.uploads_max = 2;
  return settings;
}

World::World(const Settings& settings) : dispatcher(settings) { absorb(dispatcher.start(at)); }

void World::start_again(const Settings& settings) {
  asked.clear();
  inboxes_.clear();
  dispatcher = Dispatcher(settings);
  absorb(dispatcher.start(at));
  settle();
}

ConnectionId World::connect(const Peer& peer) {
  const ConnectionId id = ++last_connection_;
  absorb(dispatcher.on_connected(id, peer, at));
  settle();
  if (!closed(id)) next<frame::Hello>(id);
  return id;
}

void World::disconnect(ConnectionId connection) { absorb(dispatcher.on_disconnected(connection)); }

void World::say_bytes(ConnectionId from, ByteView bytes) { absorb(dispatcher.on_frame(from, bytes, at)); }

void World::put(ConnectionId from, const NodeId& inbox, std::string_view submission, std::string_view text,
                frame::RequestId request) {
  frame::Put put;
  put.request = request;
  put.inbox = inbox;
  put.submission = submission_named(submission);
  put.size = static_cast<std::uint32_t>(text.size());
  put.chunk = as_bytes(text);
  say(from, put);
}

Result<OperatorValue> World::ask(const OperatorRequest& request) {
  const OperatorRequestId id = 1000 + answers_.size();
  absorb(dispatcher.on_operator(id, request, at));
  settle();
  REQUIRE_FALSE(answers_.empty());
  REQUIRE(answers_.back().request == id);
  return answers_.back().answer;
}

void World::store_one() {
  REQUIRE_FALSE(asked.empty());
  StoreOperation operation = std::move(asked.front());
  asked.pop_front();
  absorb(dispatcher.on_store_result(operation.id, store.carry_out(std::move(operation.operation)), at));
}

void World::fail_one(Errc code) {
  REQUIRE_FALSE(asked.empty());
  const OperationId id = asked.front().id;
  asked.pop_front();
  absorb(dispatcher.on_store_result(id, fail(code, reasons::kNotNow), at));
}

void World::settle() {
  while (!asked.empty()) store_one();
}

std::vector<std::string> World::said_to(ConnectionId connection) {
  std::vector<std::string> said;
  for (const Bytes& bytes : std::exchange(inboxes_[connection], {})) {
    const auto frame = frame::parse(bytes);
    REQUIRE(frame.has_value());
    if (const auto* delivery = std::get_if<frame::Delivery>(&*frame)) {
      said.emplace_back(as_text(delivery->chunk));
    } else if (std::holds_alternative<frame::Drained>(*frame)) {
      said.emplace_back("(drained)");
    }
  }
  return said;
}

void World::take(ConnectionId connection, std::size_t bytes) {
  absorb(dispatcher.on_sent(connection, bytes, at));
}

void World::pass(Duration time) {
  const Instant end = at.now + time;
  while (at.now < end) {
    const Instant next = std::min({dispatcher.next_deadline(), end, at.now + 1s});
    const Duration step = std::max(next - at.now, Duration(1ms));
    at.now = at.now + step;
    at.wall = at.wall + std::chrono::duration_cast<std::chrono::milliseconds>(step);
    if (at.now >= dispatcher.next_deadline()) absorb(dispatcher.tick(at));
  }
}

std::optional<frame::GoodbyeReason> World::closed(ConnectionId connection) const {
  const auto found = closed_.find(connection);
  return found == closed_.end() ? std::nullopt : std::optional(found->second);
}

void World::absorb(Effects effects) {
  for (Effect& effect : effects) {
    if (auto* send = std::get_if<SendFrame>(&effect)) {
      CHECK_FALSE(closed(send->connection).has_value());
      const std::size_t size = send->frame.size();
      const ConnectionId connection = send->connection;
      inboxes_[connection].push_back(std::move(send->frame));
      if (is_reading) absorb(dispatcher.on_sent(connection, size, at));
    } else if (auto* operation = std::get_if<StoreOperation>(&effect)) {
      asked.push_back(std::move(*operation));
    } else if (auto* answer = std::get_if<OperatorAnswer>(&effect)) {
      answers_.push_back(std::move(*answer));
    } else {
      const Close close = std::get<Close>(effect);
      closed_[close.connection] = close.reason;
    }
  }
}

}  // namespace taut::test
