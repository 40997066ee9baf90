// A dispatcher on its real tables, in a time of its own: after a burst it is what it was before.

#include <doctest/doctest.h>
#include <malloc.h>

#include <deque>

#include "dispatcher/dispatcher.hpp"
#include "frame/frame.hpp"
#include "store/dispatcher_tables.hpp"
#include "support/folder.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;
namespace fs = std::filesystem;

namespace {

constexpr ConnectionId kSender = 1;
constexpr ConnectionId kOwner = 2;
constexpr std::size_t kMessages = 5000;
constexpr std::size_t kMessageBytes = 2000;

NodeId node_numbered(Byte number) {
  NodeId id;
  id.fill()[0] = number;
  return id;
}

Settings settings() {
  Settings made;
  made.policy = frame::Policy::open;
  made.limits.ttl_max = std::chrono::hours(1);
  made.limits.outcome_keep = std::chrono::hours(1);
  return made;
}

class Post {
 public:
  explicit Post(const fs::path& file) : file_(file), dispatcher_(settings()) {
    SeededRandom random(1);
    tables_ = std::move(*store::DispatcherTables::open(file, random));
    Operation add = AddNode{node_numbered(2), at_.wall, std::nullopt};
    tables_->carry_out({&add, 1});
    absorb(dispatcher_.start(at_));
    connect();
  }

  void connect() {
    absorb(dispatcher_.on_connected(kSender, node_numbered(1), at_));
    absorb(dispatcher_.on_connected(kOwner, node_numbered(2), at_));
    settle();
  }
  void disconnect() {
    absorb(dispatcher_.on_disconnected(kSender));
    absorb(dispatcher_.on_disconnected(kOwner));
    settle();
  }

  void put(std::uint64_t number) {
    frame::Put put;
    put.request = static_cast<frame::RequestId>(number);
    put.inbox = node_numbered(2);
    for (std::size_t i = 0; i < 8; ++i) put.submission.fill()[i] = static_cast<Byte>(number >> 8 * i);
    const Bytes body(kMessageBytes, static_cast<Byte>(number));
    put.size = kMessageBytes;
    put.chunk = body;
    say(kSender, put);
  }
  template <class Body>
  void say(ConnectionId from, const Body& body) {
    absorb(dispatcher_.on_frame(from, frame::written(body), at_));
  }

  /// Lets time pass, with everything that it asks for.
  void live(Duration time) {
    for (const Instant end = at_.now + time; at_.now < end;) {
      const Duration step = std::min<Duration>(std::chrono::seconds(30), end - at_.now);
      at_.now = at_.now + step;
      at_.wall = at_.wall + std::chrono::duration_cast<std::chrono::milliseconds>(step);
      absorb(dispatcher_.tick(at_));
      settle();
    }
    while (tables_->shrink() == store::DispatcherTables::Rest::more) {
    }
    Operation erase = Erase{};
    tables_->carry_out({&erase, 1});
  }

  void settle() {
    while (!asked_.empty()) {
      std::vector<OperationId> ids;
      std::vector<Operation> operations;
      for (StoreOperation& one : std::exchange(asked_, {})) {
        ids.push_back(one.id);
        operations.push_back(std::move(one.operation));
      }
      std::vector<StoreResult> results = tables_->carry_out(operations);
      for (std::size_t i = 0; i < ids.size(); ++i)
        absorb(dispatcher_.on_store_result(ids[i], std::move(results[i]), at_));
    }
  }

  Counters counters() const { return dispatcher_.counters(); }
  std::size_t file_size() const { return fs::file_size(file_) + fs::file_size(file_.string() + "-wal"); }
  std::size_t delivered = 0;
  frame::QueueNumber last = 0;

 private:
  void absorb(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* operation = std::get_if<StoreOperation>(&effect)) asked_.push_back(std::move(*operation));
      if (auto* send = std::get_if<SendFrame>(&effect)) {
        const frame::Frame frame = frame::parse(send->frame).value();
        if (const auto* delivery = std::get_if<frame::Delivery>(&frame)) {
          ++delivered;
          last = delivery->number;
        }
        absorb(dispatcher_.on_sent(send->connection, send->frame.size(), at_));
      }
    }
  }

  fs::path file_;
  Moment at_{{std::chrono::hours(1)}, {1'700'000'000'000}};
  std::unique_ptr<store::DispatcherTables> tables_;
  Dispatcher dispatcher_;
  std::deque<StoreOperation> asked_;
};

/// Bytes that the heap has given out.
std::size_t heap() { return ::mallinfo2().uordblks; }

void burst(Post& post, std::uint64_t first) {
  for (std::uint64_t number = first; number < first + kMessages; ++number) {
    post.put(number);
    if (number % 100 == 0) post.settle();
  }
  post.settle();
}

}  // namespace

TEST_CASE("rows, file and memory are what they were once a burst was fetched and forgotten, or has expired") {
  Folder folder;
  Post post(folder / "post.db");
  bool is_fetched = true;
  SUBCASE("fetched") {}
  SUBCASE("nobody fetched it") { is_fetched = false; }
  burst(post, 1);  // what is kept for good is kept now
  post.disconnect();
  post.live(std::chrono::hours(3));
  const std::size_t file_before = post.file_size();
  const std::size_t heap_before = heap();

  post.connect();
  burst(post, 1 + kMessages);
  CHECK(post.counters().stored_messages == kMessages);
  CHECK(post.file_size() > file_before + kMessages * kMessageBytes / 2);
  if (is_fetched) {
    const frame::QueueNumber first = post.last + 1;
    post.say(kOwner, frame::Subscribe{1, frame::Until::drained, 4U << 20, {}});
    post.settle();
    while (post.delivered < kMessages) {
      post.say(kOwner, frame::Credit{1U << 20});
      post.settle();
    }
    post.say(kOwner, frame::Release{2, {{first, post.last}}, {}});
    post.settle();
    CHECK(post.counters().stored_messages == 0);
  }
  post.disconnect();
  post.live(std::chrono::hours(3));

  const Counters counters = post.counters();
  CHECK(counters.stored_messages == 0);
  CHECK(counters.stored_bytes == 0);
  CHECK(counters.buffered_put_bytes == 0);
  CHECK(counters.unsent_bytes == 0);
  CHECK(counters.operations_open == 0);
  CHECK(post.file_size() <= file_before + 64 * 1024);
  CHECK(heap() <= heap_before + 256 * 1024);
}
