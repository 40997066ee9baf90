#pragma once
// A shell for one task: links that the test cuts, time that passes when nothing else happens.

#include "node/progress.hpp"
#include "node/task.hpp"
#include "scripted_dispatcher.hpp"

namespace taut::test {

enum class Reach : std::uint8_t { up, down, impostor };

class TestShell {
 public:
  TestShell(node::Task& task, const NodeId& self) : task_(task), self_(self) {}

  void knows(ScriptedDispatcher& dispatcher, Reach reach = Reach::up) {
    peers_[dispatcher.id()].dispatcher = &dispatcher;
    peers_[dispatcher.id()].reach = reach;
  }
  void set_reach(const ScriptedDispatcher& dispatcher, Reach reach) {
    peers_.at(dispatcher.id()).reach = reach;
  }
  /// The link ends after so many more frames of the node; the last is lost or not, as `answers` says.
  enum class LastFrame : std::uint8_t { answered, unanswered, lost };
  void cut_after(const ScriptedDispatcher& dispatcher, std::size_t frames, LastFrame last) {
    Peer& peer = peers_.at(dispatcher.id());
    peer.frames_left = frames;
    peer.last = last;
  }
  void cut_now(const ScriptedDispatcher& dispatcher) {
    lose(peers_.at(dispatcher.id()), dispatcher.id());
    run();
  }

  void start() {
    carry_out(task_.start(at));
    run();
  }
  /// Until nothing moves; time stands still.
  void run() {
    for (;;) {
      while (!events_.empty()) {
        const std::function<void()> event = std::move(events_.front());
        events_.pop_front();
        event();
      }
      carry_out(task_.settle(at));
      if (events_.empty()) return;
    }
  }
  void pass(Duration time) {
    const Instant until = at.now + time;
    for (auto due = task_.next_deadline(); !finished && due && *due <= until; due = task_.next_deadline()) {
      at.wall = at.wall ? std::optional(*at.wall + std::chrono::duration_cast<std::chrono::milliseconds>(
                                                       std::max(*due, at.now) - at.now))
                        : at.wall;
      at.now = std::max(*due, at.now);
      carry_out(task_.tick(at));
      run();
      if (++ticks > 100'000) std::abort();  // a deadline that never moves
    }
    at.now = until;
  }
  void run_to_the_end() {
    run();
    pass(std::chrono::hours(2));
  }
  void stop() { carry_out(task_.stop(at)); }
  /// Of a call to the task itself, too.
  void carry_out(node::Effects effects) {
    for (node::Effect& effect : effects) {
      if (finished) std::abort();  // nothing follows the end
      std::visit([this](auto& one) { on(one); }, effect);
    }
  }

  node::Moment at{{std::chrono::seconds(1000)}, kNow};
  std::optional<Status> finished;
  std::vector<node::Receipt> receipts;
  std::vector<NodeId> published;
  std::vector<node::Copy> copies;
  std::vector<topic::Event> topic_events;
  std::vector<node::EntryPublished> publications;
  std::vector<node::WelcomeDue> welcomes;
  std::size_t dials = 0;
  std::vector<node::Caller> callers;  ///< of the dials
  std::size_t hang_ups = 0;
  std::size_t items_ready = 0;
  std::size_t drained = 0;
  std::size_t ticks = 0;
  std::size_t frames_per_link = 0;  ///< about so many, then the link is lost; 0: it lasts
  std::function<void(const NodeId&, ByteView)> on_sent;  ///< sees every frame that the node sends

 private:
  struct Peer {
    ScriptedDispatcher* dispatcher = nullptr;
    Reach reach = Reach::up;
    bool is_up = false;
    NodeId self;  ///< as the dispatcher knows us
    std::optional<std::size_t> frames_left;
    LastFrame last = LastFrame::answered;
  };

  void on(node::Dial& dial) {
    ++dials;
    const NodeId node = dial.dispatcher.node_id;
    callers.push_back(dial.caller);
    const auto peer = peers_.find(node);
    if (peer == peers_.end() || peer->second.reach == Reach::down)
      return disconnected(node, {Errc::unavailable, reasons::kUnreachable});
    if (peer->second.reach == Reach::impostor)
      return disconnected(node, {Errc::unauthentic, reasons::kIdentityMismatch});
    peer->second.is_up = true;
    peer->second.self = dial.caller == node::Caller::anonymous ? kNobody : self_;
    if (frames_per_link) {
      peer->second.frames_left = frames_per_link + dials;
      peer->second.last = dials % 2 == 0 ? LastFrame::unanswered : LastFrame::lost;
    }
    events_.push_back([this, node] { carry_out(task_.on_connected(node, kSession, at)); });
    if (!peer->second.dispatcher->clock) peer->second.dispatcher->says_time(at.wall);
    deliver(node, peer->second.dispatcher->greet(peer->second.self));
  }
  void on(node::SendFrame& send) {
    Peer& peer = peers_.at(send.dispatcher);
    if (!peer.is_up) return;
    if (on_sent) on_sent(send.dispatcher, send.frame);
    const bool is_last = peer.frames_left && --*peer.frames_left == 0;
    if (is_last) peer.frames_left.reset();
    if (is_last && peer.last == LastFrame::lost) return lose(peer, send.dispatcher);
    for (Bytes& answer : peer.dispatcher->on_frame(peer.self, send.frame))
      if (!is_last || peer.last == LastFrame::answered) deliver(send.dispatcher, std::move(answer));
    if (is_last) lose(peer, send.dispatcher);
  }
  void lose(Peer& peer, const NodeId& node) {
    peer.is_up = false;
    disconnected(node, {Errc::unavailable, reasons::kUnreachable});
  }
  void deliver(const NodeId& node, Bytes frame) {
    events_.push_back([this, node, frame = std::move(frame)] { carry_out(task_.on_frame(node, frame, at)); });
  }
  void disconnected(const NodeId& node, const Error& why) {
    events_.push_back([this, node, why] { carry_out(task_.on_disconnected(node, why, at)); });
  }
  void on(node::HangUp& hang_up) {
    ++hang_ups;
    peers_.at(hang_up.dispatcher).is_up = false;
  }
  void on(node::Receipt& receipt) { receipts.push_back(receipt); }
  void on(node::ItemsReady&) { ++items_ready; }
  void on(node::Drained&) { ++drained; }
  void on(node::Published& one) { published.push_back(one.dispatcher); }
  void on(node::CopyNoticed& one) { copies.push_back(one.copy); }
  void on(node::TopicHappened& one) { topic_events.push_back(std::move(one.event)); }
  void on(node::EntryPublished& one) { publications.push_back(one); }
  void on(node::WelcomeDue& one) { welcomes.push_back(one); }
  void on(node::Finished& end) { finished = end.status; }

  node::Task& task_;
  NodeId self_;
  std::map<NodeId, Peer> peers_;
  std::deque<std::function<void()>> events_;
};

/// `node` takes the dispatcher into use.
inline void use(auto& node, ScriptedDispatcher& dispatcher) {
  const auto task = node::make_using(node.store, node.self->identity, *dispatcher.card);
  TestShell shell(*task, node.id());
  shell.knows(dispatcher);
  shell.start();
  shell.run_to_the_end();
  shell.finished.value().value();
}

}  // namespace taut::test
