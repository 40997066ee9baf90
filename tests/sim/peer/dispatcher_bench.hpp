#pragma once
// A dispatcher, a peer on a real link to it, and somebody on another link who must notice nothing.

#include "dispatcher/dispatcher.hpp"
#include "frame/frame.hpp"
#include "line.hpp"
#include "support/memory_store.hpp"

namespace taut::test {

class DispatcherBench {
 public:
  explicit DispatcherBench(Over over);

  /// The dispatcher's store answers only from now on.
  void hold_store() { is_store_held_ = true; }
  /// Connects; the hello has come unless the store is held.
  void connect();
  template <class Body>
  void say(const Body& body) {
    say_bytes(frame::written(body));
  }
  void say_bytes(ByteView frame);
  /// A message of the bystander's for the peer's inbox.
  void bystander_writes(std::size_t size);

  /// What the peer heard last, and whether anybody else was harmed.
  std::string outcome();

  NodeId peer_id() const { return peer_.identity.node_id(); }
  static NodeId stranger();

 private:
  static constexpr dispatcher::ConnectionId kPeer = 1;
  static constexpr dispatcher::ConnectionId kBystander = 2;
  void run();
  void absorb(dispatcher::Effects effects);
  void settle();
  bool is_bystander_well();

  Person peer_{11};
  Person self_{12};
  std::unique_ptr<Line> line_;
  MemoryStore store_;
  dispatcher::Dispatcher dispatcher_;
  dispatcher::Moment at_{{std::chrono::hours(1)}, kToday};
  std::deque<dispatcher::StoreOperation> asked_;
  std::deque<Bytes> bystander_heard_;
  bool is_store_held_ = false;
  bool is_closed_ = false;
  std::string heard_;
};

}  // namespace taut::test
