// What a dispatcher's store costs for each message, in processor time: at one message a transaction, at a
// hundred, at a thousand. On a real disk: the folder is made where the benchmark is run.

#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <random>

#include "store/dispatcher_tables.hpp"
#include "store/node_store.hpp"

namespace {

using namespace taut;
using namespace taut::dispatcher;

constexpr std::size_t kBodyBytes = 640;  // an envelope of a 300-byte message
constexpr std::uint64_t kStartMs = 1'700'000'000'000;

class Seeded final : public Random {
 public:
  void fill(MutableByteView out) override {
    for (Byte& byte : out) byte = static_cast<Byte>(engine_());
  }

 private:
  std::mt19937_64 engine_{1};
};

class Place {
 public:
  Place() {
    std::string name = (std::filesystem::current_path() / "store-bench-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A dispatcher with some inboxes, and messages for them.
class Post {
 public:
  explicit Post(std::size_t inboxes) : inboxes_(inboxes), next_(inboxes, 1) {
    tables_ = std::move(*store::DispatcherTables::open(place_.path() / "post.db", random_));
    std::vector<Operation> batch;
    for (NodeId& inbox : inboxes_) {
      inbox = random_.make<NodeId>();
      batch.push_back(AddNode{inbox, {}, {}});
    }
    tables_->carry_out(batch);
  }

  std::vector<Operation> puts(std::size_t count) {
    std::vector<Operation> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t to = random_.u64() % inboxes_.size();
      const WallTime now{kStartMs + sent_++};
      batch.push_back(PutMessage{inboxes_[to], random_.make<SubmissionId>(), random_.make<BodyHash>(),
                                 next_[to]++, Share::known, now, now + std::chrono::days(30),
                                 now + std::chrono::days(37), Bytes(kBodyBytes, 7)});
    }
    return batch;
  }
  std::vector<Operation> reads(std::size_t count) {
    return {FetchMessages{inboxes_[0], released_, std::size_t{16} << 20, count}};
  }
  std::vector<Operation> releases(std::size_t count) {
    const QueueNumber first = released_ + 1;
    released_ += count;
    return {ReleaseMessages{inboxes_[0], {{first, released_}}}};
  }
  void carry_out(std::vector<Operation>& batch) {
    for (const StoreResult& result : tables_->carry_out(batch)) {
      if (!result) std::abort();
    }
    tables_->shorten_log();
  }

 private:
  Place place_;
  Seeded random_;
  std::vector<NodeId> inboxes_;
  std::vector<QueueNumber> next_;
  std::unique_ptr<store::DispatcherTables> tables_;
  std::uint64_t sent_ = 0;
  QueueNumber released_ = 0;
};

void report(benchmark::State& state, std::size_t per_iteration) {
  using benchmark::Counter;
  state.counters["s_per_message"] =
      Counter(static_cast<double>(per_iteration), Counter::kIsIterationInvariantRate | Counter::kInvert);
}

/// Into inboxes whose owners are away.
void put(benchmark::State& state) {
  const auto batch_size = static_cast<std::size_t>(state.range(0));
  Post post(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    auto batch = post.puts(batch_size);
    state.ResumeTiming();
    post.carry_out(batch);
  }
  report(state, batch_size);
}

void release(benchmark::State& state) {
  const auto batch_size = static_cast<std::size_t>(state.range(0));
  Post post(1);
  std::size_t stored = 0;
  for (auto _ : state) {
    state.PauseTiming();
    for (; stored < batch_size; stored += 1000) {
      auto more = post.puts(1000);
      post.carry_out(more);
    }
    auto batch = post.releases(batch_size);
    stored -= batch_size;
    state.ResumeTiming();
    post.carry_out(batch);
  }
  report(state, batch_size);
}

/// Stored, read and released, as when the owner is there.
void pass_through(benchmark::State& state) {
  const auto batch_size = static_cast<std::size_t>(state.range(0));
  Post post(1);
  for (auto _ : state) {
    state.PauseTiming();
    auto puts = post.puts(batch_size);
    auto reads = post.reads(batch_size);
    auto releases = post.releases(batch_size);
    state.ResumeTiming();
    post.carry_out(puts);
    post.carry_out(reads);
    post.carry_out(releases);
  }
  report(state, batch_size);
}

/// One transaction of a node: a message received.
void node_item(benchmark::State& state) {
  Place place;
  auto store = std::move(*store::NodeStore::open(place.path() / "state.db"));
  const Bytes record(kBodyBytes, 7);
  for (auto _ : state) {
    const Status done = store.write([&](node::Transaction& to) -> Status {
      TAUT_CHECK(to.add_item(record));
      return {};
    });
    if (!done) std::abort();
  }
  report(state, 1);
}

}  // namespace

BENCHMARK(put)
    ->ArgNames({"batch", "inboxes"})
    ->Args({1, 1})
    ->Args({100, 1})
    ->Args({1000, 1})
    ->Args({1000, 1000});
BENCHMARK(release)->ArgName("batch")->Arg(1)->Arg(100)->Arg(1000);
BENCHMARK(pass_through)->ArgName("batch")->Arg(1)->Arg(100)->Arg(1000);
BENCHMARK(node_item);
