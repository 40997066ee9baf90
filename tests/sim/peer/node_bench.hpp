#pragma once
// A node that receives, and a dispatcher with its rightful identity on a real link that keeps to nothing.

#include "frame/frame.hpp"
#include "line.hpp"
#include "unit/node/test_node.hpp"

namespace taut::test {

class NodeBench {
 public:
  explicit NodeBench(Over over);

  /// What the dispatcher says; the node's answers are taken in.
  template <class Body>
  void say(const Body& body) {
    say_bytes(frame::written(body));
  }
  void say_bytes(ByteView frame);
  /// All of it before the node can answer.
  void say_together(const std::vector<Bytes>& frames);
  void say_hello();
  /// A message of a friend of the node's.
  Bytes envelope(std::string_view words);
  void deliver(frame::QueueNumber number, ByteView envelope);
  void say_drained();

  /// How the task ended, and what the node shows.
  std::string outcome();
  frame::RequestId subscribe_request() const { return subscribe_request_; }

 private:
  static constexpr std::uint64_t kSeed = 31;
  void run();
  void absorb(node::Effects effects);
  void use_dispatcher();
  void answer_as_due(const frame::Frame& frame);

  TestNode node_{kSeed, "victim"};
  TestNode friend_{kSeed + 1, "friend"};
  Person dispatcher_{41};
  Over over_;
  std::unique_ptr<node::Task> task_;
  std::unique_ptr<Line> line_;
  node::Moment at_{{std::chrono::hours(1)}, kToday};
  frame::RequestId subscribe_request_ = 0;
  bool has_hung_up_ = false;
  std::optional<Status> finished_;
};

}  // namespace taut::test
