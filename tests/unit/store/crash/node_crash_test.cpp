#include <doctest/doctest.h>

#include <cstdio>

#include "node_history.hpp"
#include "power_cuts.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// What the state file holds before each step, and at the end.
std::vector<std::string> expected_states() {
  Folder folder;
  auto store = NodeHistory::open(folder.path());
  REQUIRE(store.has_value());
  std::vector<std::string> states{NodeHistory::describe(*store)};
  for (std::size_t step = 0; step < NodeHistory::kSteps; ++step) {
    REQUIRE(NodeHistory::step(*store, step).has_value());
    states.push_back(NodeHistory::describe(*store));
  }
  return states;
}

std::string examine(const std::filesystem::path& folder, const std::string& before,
                    const std::string& after) {
  auto store = NodeHistory::open(folder);
  if (!store) return "does not open: " + store.error().text;
  const std::string found = NodeHistory::describe(*store);
  return found == before || found == after ? "" : "holds something else";
}

PowerCuts::Examine between(const std::vector<std::string>& states, const std::size_t& step) {
  return [&](const auto& folder) {
    return examine(folder, states[step], states[std::min(step + 1, states.size() - 1)]);
  };
}

}  // namespace

TEST_CASE("wherever the power is cut, a node's state file holds what was committed, whole") {
  const std::vector<std::string> states = expected_states();
  Folder folder;
  CrashDisk disk(folder.path());
  std::size_t step = 0;
  PowerCuts cuts(disk, between(states, step));
  auto store = NodeHistory::open(folder.path());
  REQUIRE(store.has_value());
  for (; step < NodeHistory::kSteps; ++step) {
    cuts.expectations_changed();
    REQUIRE(NodeHistory::step(*store, step).has_value());
    if (step % 10 == 9) REQUIRE(store->tidy().has_value());
  }
  CHECK(NodeHistory::describe(*store) == states.back());
  std::printf("node: %zu transactions, power cut at %zu places, %zu recoveries, %zu wrong\n",
              NodeHistory::kSteps, cuts.places, cuts.recoveries, cuts.wrong.size());
  for (const std::string& one : cuts.wrong) FAIL_CHECK(one);
  CHECK(cuts.places > 300);
}

TEST_CASE("a node's commit that comes back before the sync is found out") {
  const std::vector<std::string> states = expected_states();
  Folder folder;
  CrashDisk disk(folder.path());
  disk.set_syncs(CrashDisk::Syncs::late);
  std::size_t step = 0;
  PowerCuts cuts(disk, between(states, step));
  auto store = NodeHistory::open(folder.path());
  REQUIRE(store.has_value());
  for (; step < 10; ++step) REQUIRE(NodeHistory::step(*store, step).has_value());
  CHECK_FALSE(cuts.wrong.empty());
}

TEST_CASE("a node's disk that is full at any write: an error, nothing changed, and another opening goes on") {
  const std::vector<std::string> states = expected_states();
  std::size_t places = 0;
  for (bool has_failed = true; has_failed; ++places) {
    CAPTURE(places);
    Folder folder;
    CrashDisk disk(folder.path());
    std::size_t step = 0;
    {
      auto store = NodeHistory::open(folder.path());
      REQUIRE(store.has_value());
      disk.fail(CrashDisk::Fault::full, places);
      for (; step < 12; ++step) {
        const Status done = NodeHistory::step(*store, step);
        if (done) continue;
        CHECK(done.error() == Error{Errc::exhausted, store::reasons::kDiskFull});
        CHECK(NodeHistory::step(*store, step).error().reason == store::reasons::kStopped);
        break;
      }
      has_failed = disk.has_failed();
    }
    disk.mend();
    CHECK(examine(folder.path(), states[step], states[step]) == "");
    auto store = NodeHistory::open(folder.path());
    REQUIRE(store.has_value());
    for (; step < 14; ++step) REQUIRE(NodeHistory::step(*store, step).has_value());
    CHECK(NodeHistory::describe(*store) == states[14]);
  }
  CHECK(places > 100);
}
