// Random runs: nodes come and go, the store delays, reorders between nodes, fails and loses what was not
// yet durable, the dispatcher is killed and starts again. What was acknowledged must arrive.

#include <set>

#include "dispatcher/dispatcher.hpp"
#include "frame/frame.hpp"
#include "support/memory_store.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;

namespace {

constexpr std::size_t kNodes = 4;
constexpr std::uint32_t kCredit = 2000;

struct Message {
  NodeId inbox;
  SubmissionId submission;
  Bytes body;
  bool is_acknowledged = false;
  bool is_delivered = false;
};

struct Link {
  std::size_t node = 0;
  bool is_greeted = false;
  QueueNumber last = 0;
  std::vector<QueueNumber> unreleased;
};

// nullopt: the operation is ordered with everything.
std::optional<NodeId> node_of(const Operation& operation) {
  return std::visit(
      [](const auto& one) -> std::optional<NodeId> {
        if constexpr (requires { one.node; }) return one.node;
        if constexpr (requires { one.inbox; }) return one.inbox;
        return std::nullopt;
      },
      operation);
}

class Run {
 public:
  explicit Run(std::uint64_t seed) : random_(seed) {
    settings_.policy = frame::Policy::open;
    settings_.limits.inbox_max = {40, 20'000};
    settings_.limits.residents_max = 2;
    for (std::size_t i = 0; i < kNodes; ++i) store_.nodes.try_emplace(node(i));
    start();
  }

  void live(int steps) {
    for (int i = 0; i < steps; ++i) step();
  }

  // Faults are over: everything that was acknowledged arrives, and nothing is left behind.
  void drain() {
    faults_ = 0;
    // A release that failed is asked again on the next link, where the message comes again.
    for (const auto& [id, link] : std::exchange(links_, {})) absorb(dispatcher_->on_disconnected(id));
    for (int round = 0; round < 400; ++round) {
      for (std::size_t i = 0; i < kNodes; ++i) {
        if (std::ranges::none_of(links_, [&](const auto& link) { return link.second.node == i; })) connect(i);
      }
      for (auto& [id, link] : links_) say(id, frame::Credit{200});
      settle();
      for (auto& [id, link] : links_) release(id, link);
      settle();
      pass(std::chrono::seconds(1));
    }
    for (const Message& message : messages_) {
      if (message.is_acknowledged) CHECK(message.is_delivered);
    }
    const Counters counters = dispatcher_->counters();
    CHECK(counters.operations_open == 0);
    CHECK(counters.buffered_put_bytes == 0);
    CHECK(counters.unsent_bytes == 0);
    CHECK(counters.stored_messages == 0);
    CHECK(counters.stored_bytes == 0);
    for (const auto& [id, node] : store_.nodes) CHECK(node.messages.empty());
  }

  std::size_t acknowledged() const {
    return static_cast<std::size_t>(std::ranges::count_if(messages_, &Message::is_acknowledged));
  }
  std::size_t crashes() const { return crashes_; }
  std::size_t failures() const { return failures_; }

 private:
  static NodeId node(std::size_t i) { return node_named("node" + std::to_string(i)); }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.u64() % bound); }
  bool happens(std::size_t percent) { return below(100) < percent; }

  void start() {
    asked_.clear();
    links_.clear();
    dispatcher_.emplace(settings_);
    absorb(dispatcher_->start(at_));
  }

  // What was asked and not answered may have happened or not: for each node, up to some point.
  void crash() {
    ++crashes_;
    std::set<NodeId> stopped;
    for (StoreOperation& one : asked_) {
      const auto id = node_of(one.operation);
      if (!id || happens(30)) {
        if (!id) break;
        stopped.insert(*id);
      }
      if (!stopped.contains(*id)) store_.carry_out(std::move(one.operation));
    }
    start();
  }

  void connect(std::size_t i) {
    const ConnectionId id = ++last_link_;
    links_[id].node = i;
    absorb(dispatcher_->on_connected(id, node(i), at_));
  }

  template <class Body>
  void say(ConnectionId id, const Body& body) {
    if (links_.contains(id) && links_.at(id).is_greeted) {
      absorb(dispatcher_->on_frame(id, frame::written(body), at_));
    }
  }

  void put(ConnectionId from) {
    const bool is_new = messages_.empty() || happens(70);
    if (is_new) {
      Message fresh{node(below(kNodes)), random_.make<SubmissionId>(), Bytes(1 + below(900)), false, false};
      random_.fill(fresh.body);
      messages_.push_back(std::move(fresh));
    }
    const std::size_t which = is_new ? messages_.size() - 1 : below(messages_.size());
    const Message& message = messages_[which];
    const ByteView body(message.body);
    const std::size_t first = happens(20) ? 1 + below(body.size()) : body.size();
    const auto request = static_cast<frame::RequestId>(which);
    const auto size = static_cast<std::uint32_t>(body.size());
    // Another upload of the same message may be under way on this link: a request ID of its own.
    const frame::RequestId unique = request + 0x10000 * ++puts_;
    say(from, frame::Put{unique, message.inbox, message.submission, 0, {}, size, {}, body.first(first), {}});
    if (first < body.size()) {
      say(from, frame::PutChunk{unique, static_cast<std::uint32_t>(first), body.subspan(first)});
    }
  }

  void release(ConnectionId id, Link& link) {
    if (link.unreleased.empty()) return;
    const QueueNumber number = link.unreleased[below(link.unreleased.size())];
    std::erase(link.unreleased, number);
    say(id, frame::Release{1, {{number, number}}, {}});
  }

  void step() {
    const std::size_t choice = below(100);
    if (choice < 2 && happens(faults_ * 10)) return crash();
    if (choice < 10 || links_.empty()) return connect(below(kNodes));
    auto link = links_.begin();
    std::advance(link, static_cast<std::ptrdiff_t>(below(links_.size())));
    const ConnectionId id = link->first;
    if (choice < 14) {
      links_.erase(link);
      return absorb(dispatcher_->on_disconnected(id));
    }
    if (choice < 40) return put(id);
    if (choice < 45) return say(id, frame::Credit{static_cast<std::uint32_t>(below(kCredit))});
    if (choice < 55) return release(id, link->second);
    if (choice < 58) return pass(std::chrono::seconds(below(5)));
    store_one();
  }

  // Any operation that is not behind another one of its node.
  void store_one() {
    if (asked_.empty()) return;
    std::size_t which = below(asked_.size());
    const auto id = node_of(asked_[which].operation);
    for (std::size_t i = 0; i < which; ++i) {
      const auto earlier = node_of(asked_[i].operation);
      if (!id || !earlier || *id == *earlier) which = i;
      if (which == i) break;
    }
    if (!node_of(asked_[which].operation)) which = 0;
    StoreOperation one = std::move(asked_[which]);
    asked_.erase(asked_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool is_failing = happens(faults_);
    failures_ += is_failing ? 1 : 0;
    StoreResult result = is_failing ? StoreResult(fail(Errc::unavailable, reasons::kNotNow))
                                    : store_.carry_out(std::move(one.operation));
    absorb(dispatcher_->on_store_result(one.id, std::move(result), at_));
    for (const auto& [owner, node] : store_.nodes) {
      CHECK(node.messages.size() <= settings_.limits.inbox_max.messages);
      CHECK(total(node.record.usage).bytes <= settings_.limits.inbox_max.bytes);
    }
  }
  void settle() {
    while (!asked_.empty()) store_one();
  }

  void pass(std::chrono::seconds time) {
    at_.now = at_.now + time;
    at_.wall = at_.wall + time;
    if (at_.now >= dispatcher_->next_deadline()) absorb(dispatcher_->tick(at_));
  }

  void absorb(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* send = std::get_if<SendFrame>(&effect)) {
        hear(send->connection, send->frame);
        absorb(dispatcher_->on_sent(send->connection, send->frame.size(), at_));
      } else if (auto* operation = std::get_if<StoreOperation>(&effect)) {
        asked_.push_back(std::move(*operation));
      } else {
        links_.erase(std::get<Close>(effect).connection);
      }
    }
  }

  void hear(ConnectionId id, const Bytes& bytes) {
    const auto frame = frame::parse(bytes);
    REQUIRE(frame.has_value());
    if (!links_.contains(id)) return;
    Link& link = links_.at(id);
    if (std::holds_alternative<frame::Hello>(*frame)) {
      link.is_greeted = true;
      say(id, frame::Subscribe{1, frame::Until::closed, kCredit, {}});
    } else if (const auto* outcome = std::get_if<frame::Outcome>(&*frame)) {
      hear_outcome(messages_.at(outcome->request & 0xffff), outcome->state);
    } else if (const auto* delivery = std::get_if<frame::Delivery>(&*frame)) {
      hear_delivery(link, *delivery);
    } else if (const auto* goodbye = std::get_if<frame::Goodbye>(&*frame)) {
      CHECK(goodbye->reason != frame::GoodbyeReason::violation);
    }
  }

  // The heart of it: an outcome never runs ahead of the store.
  void hear_outcome(Message& message, frame::OutcomeState state) {
    const auto& submissions = store_.nodes.at(message.inbox).submissions;
    const auto known = submissions.find(message.submission);
    CHECK(state != frame::OutcomeState::declined);
    if (state == frame::OutcomeState::stored) {
      REQUIRE(known != submissions.end());
      message.is_acknowledged = true;
    }
    if (state == frame::OutcomeState::released) {
      REQUIRE(known != submissions.end());
      CHECK(known->second.record.state == SubmissionState::released);
      CHECK(message.is_delivered);
    }
  }

  void hear_delivery(Link& link, const frame::Delivery& delivery) {
    CHECK(delivery.number > link.last);
    link.last = delivery.number;
    link.unreleased.push_back(delivery.number);
    const auto message =
        std::ranges::find_if(messages_, [&](const Message& one) { return equal(one.body, delivery.chunk); });
    REQUIRE(message != messages_.end());
    CHECK(message->inbox == node(link.node));
    message->is_delivered = true;
  }

  SeededRandom random_;
  Settings settings_;
  Moment at_{{std::chrono::hours(1)}, {1'700'000'000'000}};
  MemoryStore store_;
  std::optional<dispatcher::Dispatcher> dispatcher_;
  std::vector<StoreOperation> asked_;
  std::map<ConnectionId, Link> links_;
  std::vector<Message> messages_;
  ConnectionId last_link_ = 0;
  std::uint32_t puts_ = 0;
  std::size_t faults_ = 5;  ///< percent
  std::size_t crashes_ = 0;
  std::size_t failures_ = 0;
};

}  // namespace

TEST_CASE("what was acknowledged arrives, whatever fails on the way, and nothing is acknowledged early") {
  std::size_t acknowledged = 0;
  std::size_t crashes = 0;
  std::size_t failures = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Run run(seed);
    run.live(1500);
    run.drain();
    acknowledged += run.acknowledged();
    crashes += run.crashes();
    failures += run.failures();
  }
  // The run means nothing when too little happened in it.
  CHECK(acknowledged > 1000);
  CHECK(crashes > 100);
  CHECK(failures > 500);
  MESSAGE(acknowledged << " acknowledged, " << crashes << " crashes, " << failures << " failures");
}
