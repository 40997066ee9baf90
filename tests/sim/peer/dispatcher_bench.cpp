#include "dispatcher_bench.hpp"

namespace taut::test {

using namespace dispatcher;

namespace {

const NodeId kBystanderId = [] {
  NodeId id;
  id.fill()[0] = 77;
  return id;
}();

Settings bench_settings() {
  Settings settings;
  settings.policy = frame::Policy::open;
  settings.limits.message_bytes_max = 100'000;
  return settings;
}

std::string text_of(const frame::Frame& frame) {
  constexpr std::array kReasons{"done",     "idle", "violation", "overloaded",
                                "stopping", "slow", "revoked",   "unavailable"};
  constexpr std::array kStatus{"done", "refused", "stale", "revoked", "full", "unavailable"};
  constexpr std::array kStates{"stored", "full", "expired", "declined", "released", "unknown", "taken"};
  if (const auto* one = std::get_if<frame::Goodbye>(&frame))
    return std::string("goodbye ") + kReasons[static_cast<std::size_t>(one->reason)];
  if (const auto* one = std::get_if<frame::Answer>(&frame))
    return std::string("answer ") + kStatus[static_cast<std::size_t>(one->status)];
  if (const auto* one = std::get_if<frame::Outcome>(&frame))
    return std::string("outcome ") + kStates[static_cast<std::size_t>(one->state)];
  if (const auto* one = std::get_if<frame::Appended>(&frame)) {
    constexpr std::array kAppended{"stored", "full", "refused", "superseded"};
    return std::string("appended ") + kAppended[static_cast<std::size_t>(one->state)];
  }
  if (std::holds_alternative<frame::LogDrained>(frame)) return "drained";
  if (std::holds_alternative<frame::Introduced>(frame)) return "introduced";
  if (std::holds_alternative<frame::Hello>(frame)) return "";
  return "another answer";
}

}  // namespace

NodeId DispatcherBench::stranger() {
  NodeId id;
  id.fill()[0] = 99;
  return id;
}

DispatcherBench::DispatcherBench(Over over)
    : line_(make_line(over, peer_.local(), self_.local(), Dials::peer)), dispatcher_(bench_settings()) {
  store_.nodes.try_emplace(peer_id());
  store_.nodes.try_emplace(kBystanderId);
  absorb(dispatcher_.start(at_));
  absorb(dispatcher_.on_connected(kBystander, kBystanderId, at_));
  settle();
  absorb(dispatcher_.on_frame(kBystander,
                              frame::written(frame::Subscribe{1, frame::Until::closed, 100'000, {}}), at_));
  settle();
}

void DispatcherBench::connect() {
  absorb(dispatcher_.on_connected(kPeer, peer_id(), at_));
  run();
}

void DispatcherBench::say_bytes(ByteView frame) {
  line_->say(frame);
  run();
}

void DispatcherBench::bystander_writes(std::size_t size) {
  const Bytes body(size, 5);
  frame::Put put;
  put.inbox = peer_id();
  put.submission.fill()[0] = 1;
  put.size = static_cast<std::uint32_t>(size);
  put.chunk = body;
  absorb(dispatcher_.on_frame(kBystander, frame::written(put), at_));
  run();
}

void DispatcherBench::run() {
  do {
    line_->pump();
    while (!line_->at_victim.empty()) {
      const Bytes frame = std::move(line_->at_victim.front());
      line_->at_victim.pop_front();
      absorb(dispatcher_.on_frame(kPeer, frame, at_));
    }
    if (!is_store_held_) settle();
    line_->pump();
  } while (!line_->at_victim.empty());
  while (!line_->at_peer.empty()) {
    const Bytes bytes = std::move(line_->at_peer.front());
    line_->at_peer.pop_front();
    const auto frame = frame::parse(bytes);
    heard_ = frame ? text_of(*frame) : "not a frame";
  }
}

void DispatcherBench::settle() {
  while (!asked_.empty()) {
    StoreOperation one = std::move(asked_.front());
    asked_.pop_front();
    absorb(dispatcher_.on_store_result(one.id, store_.carry_out(std::move(one.operation)), at_));
  }
}

void DispatcherBench::absorb(Effects effects) {
  for (Effect& effect : effects) {
    if (auto* send = std::get_if<SendFrame>(&effect)) {
      const std::size_t size = send->frame.size();
      const ConnectionId to = send->connection;
      if (to == kPeer) line_->answer(send->frame);
      if (to == kBystander) bystander_heard_.push_back(std::move(send->frame));
      absorb(dispatcher_.on_sent(to, size, at_));
    } else if (auto* operation = std::get_if<StoreOperation>(&effect)) {
      asked_.push_back(std::move(*operation));
    } else if (std::get<Close>(effect).connection == kPeer) {
      is_closed_ = true;
      line_->hang_up();
    }
  }
}

// Still linked, answered, and nothing of it was sent away.
bool DispatcherBench::is_bystander_well() {
  bystander_heard_.clear();
  absorb(dispatcher_.on_frame(kBystander, frame::written(frame::Ping{7}), at_));
  if (bystander_heard_.size() != 1) return false;
  const auto frame = frame::parse(bystander_heard_.front());
  return frame && std::holds_alternative<frame::Pong>(*frame);
}

std::string DispatcherBench::outcome() {
  is_store_held_ = false;
  run();
  const std::uint64_t violations = dispatcher_.counters().violations;
  const bool was_sent_away = heard_ == "goodbye violation";
  if (violations != (was_sent_away ? 1U : 0U)) return "wrongly counted";
  if (was_sent_away != is_closed_) return "wrongly closed";
  if (!is_bystander_well()) return "somebody else was harmed";
  if (!store_.nodes.at(kBystanderId).messages.empty()) return "something was stored";
  return heard_.empty() ? "ignored" : heard_;
}

}  // namespace taut::test
