#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <semaphore>

#include "operations.hpp"
#include "store/dispatcher_store.hpp"
#include "store/operation_queue.hpp"
#include "support/crash_disk.hpp"
#include "support/folder.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;
using store::DispatcherStore;

namespace {

/// What the loop would get.
class Results {
 public:
  DispatcherStore::Deliver deliver() {
    return [this](std::vector<DispatcherStore::Completion> completions) {
      const std::scoped_lock lock(mutex_);
      for (auto& one : completions) all_.push_back(std::move(one));
      ++deliveries_;
      arrived_.notify_all();
    };
  }
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(arrived_.wait_for(lock, std::chrono::seconds(30), [&] { return all_.size() >= count; }));
  }
  std::size_t count() const {
    const std::scoped_lock lock(mutex_);
    return all_.size();
  }
  std::size_t deliveries() const {
    const std::scoped_lock lock(mutex_);
    return deliveries_;
  }
  const DispatcherStore::Completion& operator[](std::size_t i) const {
    const std::scoped_lock lock(mutex_);
    return all_.at(i);
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<DispatcherStore::Completion> all_;
  std::size_t deliveries_ = 0;
};

std::unique_ptr<DispatcherStore> start(const Folder& folder, Results& results) {
  SeededRandom random(1);
  auto store = DispatcherStore::start(folder / "post.db", random, results.deliver());
  REQUIRE_MESSAGE(store.has_value(), store.error().text);
  return std::move(*store);
}

/// The sync that comes next waits until it is let go.
class HeldSync {
 public:
  explicit HeldSync(CrashDisk& disk) : disk_(disk) {
    disk_.before_change = [this](CrashDisk::Step step) {
      if (step != CrashDisk::Step::sync) return;
      ++syncs_;
      if (syncs_ == 1) {
        reached_.release();
        let_go_.acquire();
      }
    };
  }
  void wait() { reached_.acquire(); }
  void let_go() { let_go_.release(); }
  int syncs() const { return syncs_; }

 private:
  CrashDisk& disk_;
  std::atomic<int> syncs_ = 0;
  std::binary_semaphore reached_{0};
  std::binary_semaphore let_go_{0};
};

}  // namespace

TEST_CASE("every operation has one result, in order") {
  Folder folder;
  Results results;
  auto store = start(folder, results);
  store->submit({1, AddNode{value_numbered<NodeId>(1), {}, {}}});
  constexpr OperationId kCount = 5000;
  for (OperationId id = 2; id <= kCount; ++id) store->submit({id, put_of(1, id)});
  store->stop();  // drains
  REQUIRE(results.count() == kCount);
  for (OperationId id = 1; id <= kCount; ++id) {
    REQUIRE(results[id - 1].id == id);
    REQUIRE(results[id - 1].result.has_value());
  }
  CHECK(results.deliveries() < kCount / 10);
}

TEST_CASE("nothing is said before the sync, and what waits for it shares the next") {
  Folder folder;
  CrashDisk disk(folder.path());
  Results results;
  auto store = start(folder, results);
  store->submit({1, AddNode{value_numbered<NodeId>(1), {}, {}}});
  results.wait_for(1);
  HeldSync sync(disk);
  store->submit({2, put_of(1, 1)});
  sync.wait();
  for (OperationId id = 3; id <= 100; ++id) store->submit({id, put_of(1, id)});
  store->submit({101, LoadNode{value_numbered<NodeId>(1)}});
  CHECK(results.count() == 1);
  sync.let_go();
  results.wait_for(101);
  CHECK(sync.syncs() == 2);  // one for the first, one for all that waited
  CHECK(results.deliveries() == 3);
  const auto& record = std::get<std::optional<NodeRecord>>(*results[100].result);
  CHECK(record->usage[1].messages == 99);
  disk.before_change = nullptr;
}

TEST_CASE("after a failed sync everything fails until the store is started anew") {
  Folder folder;
  CrashDisk disk(folder.path());
  Results results;
  auto store = start(folder, results);
  store->submit({1, AddNode{value_numbered<NodeId>(1), {}, {}}});
  results.wait_for(1);
  disk.fail(CrashDisk::Fault::sync_fails);
  store->submit({2, put_of(1, 1)});
  results.wait_for(2);
  CHECK(results[1].result.error().code == Errc::unavailable);
  REQUIRE(store->failure().has_value());
  CHECK(store->failure()->error.reason == store::reasons::kStorage);
  disk.mend();
  store->submit({3, put_of(1, 1)});
  store->submit({4, LoadTotals{}});
  results.wait_for(4);
  CHECK(results[2].result.error().reason == store::reasons::kStopped);
  CHECK(results[3].result.error().reason == store::reasons::kStopped);
  store = nullptr;
  store = start(folder, results);
  store->submit({5, put_of(1, 1)});
  results.wait_for(5);
  CHECK(results[4].result.has_value());  // stored now, or known from before
}

TEST_CASE("a full disk is said as such, to all that shared the transaction, and is over when there is room") {
  Folder folder;
  CrashDisk disk(folder.path());
  Results results;
  auto store = start(folder, results);
  store->submit({1, AddNode{value_numbered<NodeId>(1), {}, {}}});
  results.wait_for(1);
  HeldSync sync(disk);
  store->submit({2, put_of(1, 1)});
  sync.wait();
  for (OperationId id = 3; id <= 5; ++id) store->submit({id, put_of(1, id)});
  disk.fail(CrashDisk::Fault::full);
  sync.let_go();
  results.wait_for(5);
  CHECK(results[1].result.has_value());
  for (std::size_t i = 2; i < 5; ++i) {
    CHECK(results[i].result.error().code == Errc::exhausted);
    CHECK(results[i].result.error().reason == store::reasons::kDiskFull);
  }
  CHECK(store->failure()->error.code == Errc::exhausted);
  CHECK_FALSE(store->failure()->next.empty());
  store = nullptr;
  disk.mend();
  disk.before_change = nullptr;
  store = start(folder, results);
  store->submit({6, LoadTotals{}});
  store->submit({7, put_of(1, 2)});
  results.wait_for(7);
  CHECK(std::get<Totals>(*results[5].result).messages.messages == 1);
  CHECK(results[6].result.has_value());
}

TEST_CASE("the queue is bounded: crowded first, then refused in its turn") {
  store::OperationQueue queue;
  const auto large = [](OperationId id) {
    PutMessage put = put_of(1, id);
    put.body.resize(1 << 20);
    return StoreOperation{id, std::move(put)};
  };
  OperationId id = 0;
  while (!queue.is_crowded()) queue.push(large(++id));
  CHECK(id == 16);
  constexpr OperationId kOver = 400;
  while (id < kOver) queue.push(large(++id));
  queue.push({++id, LoadTotals{}});
  queue.close();
  OperationId next = 0;
  std::size_t refused = 0;
  while (const auto batch = queue.take(std::chrono::milliseconds(0))) {
    std::size_t whole = 0;
    for (const auto& entry : *batch) {
      CHECK(entry.id == ++next);
      const bool is_put = entry.operation && std::holds_alternative<PutMessage>(*entry.operation);
      whole += is_put ? 1 : 0;
      refused += entry.operation ? 0 : 1;
    }
    CHECK(whole <= 8);  // one transaction's worth
  }
  CHECK(next == kOver + 1);
  CHECK(refused > 70);
  CHECK(refused < 90);
  CHECK_FALSE(queue.is_crowded());
}

TEST_CASE("an empty queue gives nothing after a while, not never") {
  store::OperationQueue queue;
  CHECK(queue.take(std::chrono::milliseconds(1))->empty());
  queue.push({1, LoadTotals{}});
  CHECK(queue.take(std::chrono::milliseconds(1))->size() == 1);
}
