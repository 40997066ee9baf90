#pragma once
// A dispatcher with nodes and a store around it, driven step by step.

#include <doctest/doctest.h>

#include <deque>

#include "dispatcher/dispatcher.hpp"
#include "frame/frame.hpp"
#include "support/memory_store.hpp"

namespace taut::test {

using namespace std::chrono_literals;

NodeId node_named(std::string_view name);
SubmissionId submission_named(std::string_view name);

/// Limits small enough to reach.
dispatcher::Settings small_settings();

class World {
 public:
  explicit World(const dispatcher::Settings& settings = small_settings());

  /// A node with an inbox, without the way there.
  void add_node(const NodeId& node) { store.nodes.try_emplace(node); }
  dispatcher::ConnectionId connect(const dispatcher::Peer& peer);
  void disconnect(dispatcher::ConnectionId connection);

  /// The operator asks; the store does what that takes. Its answer.
  Result<dispatcher::OperatorValue> ask(const dispatcher::OperatorRequest& request);
  void stop() { absorb(dispatcher.stop()); }
  /// The process has ended, and the next one finds what is in the store.
  void start_again(const dispatcher::Settings& settings);

  /// One frame in; what the store is asked waits until it is settled.
  template <class Body>
  void say(dispatcher::ConnectionId from, const Body& body) {
    say_bytes(from, frame::written(body));
  }
  void say_bytes(dispatcher::ConnectionId from, ByteView bytes);
  /// A message that fits one frame.
  void put(dispatcher::ConnectionId from, const NodeId& inbox, std::string_view submission,
           std::string_view text, frame::RequestId request = 1);

  /// Carries out the oldest storage operation that waits.
  void store_one();
  /// The oldest fails and changes nothing.
  void fail_one(Errc code = Errc::unavailable);
  /// Everything, also what the results lead to.
  void settle();

  /// Lets time pass in steps of at most a second, with a tick at each deadline.
  void pass(Duration time);

  /// Says a question and returns its answer.
  template <class Reply, class Question>
  Reply ask(dispatcher::ConnectionId from, const Question& question) {
    say(from, question);
    settle();
    return next<Reply>(from);
  }

  /// What a connection was sent and has not yet looked at: the next frame, of this type.
  template <class Body>
  Body next(dispatcher::ConnectionId connection) {
    const frame::Frame frame = next_frame(connection);
    REQUIRE(std::holds_alternative<Body>(frame));
    return std::get<Body>(frame);
  }
  /// Of any type; valid until the next.
  frame::Frame next_frame(dispatcher::ConnectionId connection) {
    auto& frames = inboxes_[connection];
    REQUIRE_FALSE(frames.empty());
    kept_ = std::move(frames.front());
    frames.pop_front();
    auto frame = frame::parse(kept_);
    REQUIRE(frame.has_value());
    return *std::move(frame);
  }
  std::size_t frames_waiting(dispatcher::ConnectionId connection) { return inboxes_[connection].size(); }
  /// All that a connection was sent and has not looked at: texts of deliveries, and "(drained)".
  std::vector<std::string> said_to(dispatcher::ConnectionId connection);
  /// The carrier takes so much.
  void take(dispatcher::ConnectionId connection, std::size_t bytes);
  /// nullopt: still open.
  std::optional<frame::GoodbyeReason> closed(dispatcher::ConnectionId connection) const;

  dispatcher::Moment at{{std::chrono::hours(1)}, {1'700'000'000'000}};
  MemoryStore store;
  dispatcher::Dispatcher dispatcher;
  std::deque<dispatcher::StoreOperation> asked;
  bool is_reading = true;  ///< what is sent is taken by the carrier at once

 private:
  void absorb(dispatcher::Effects effects);

  std::map<dispatcher::ConnectionId, std::deque<Bytes>> inboxes_;
  std::map<dispatcher::ConnectionId, frame::GoodbyeReason> closed_;
  std::vector<dispatcher::OperatorAnswer> answers_;
  dispatcher::ConnectionId last_connection_ = 0;
  Bytes kept_;
};

}  // namespace taut::test
