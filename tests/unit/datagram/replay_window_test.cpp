#include "datagram/replay_window.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace taut;
using namespace taut::datagram;

namespace {
/// The same rules, written the slow and obvious way.
struct Model {
  std::set<std::uint64_t> seen;
  std::uint64_t end = 0;
  std::uint64_t floor = 0;
  bool takes(std::uint64_t number) const {
    if (number < floor || (number < end && end - number > kReplayWindowPackets)) return false;
    return !seen.contains(number);
  }
  void accept(std::uint64_t number) {
    seen.insert(number);
    end = std::max(end, number + 1);
  }
};
}  // namespace

TEST_CASE("edges of the window") {
  ReplayWindow window;
  CHECK(window.check(0).has_value());
  window.accept(0);
  CHECK(window.check(0).error().reason == reasons::kReplayed);
  window.accept(kReplayWindowPackets);
  CHECK(window.check(0).error().reason == reasons::kTooOld);
  CHECK(window.check(1).has_value());
  window.accept(1);
  CHECK(window.check(1).error().reason == reasons::kReplayed);
  CHECK(window.check(UINT64_MAX).has_value());
}

TEST_CASE("asking changes nothing") {
  ReplayWindow window;
  CHECK(window.check(5).has_value());
  CHECK(window.check(5).has_value());
  CHECK(window.end() == 0);
}

TEST_CASE("a window and a set agree on random walks with leaps") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    std::mt19937_64 engine(seed);
    ReplayWindow window;
    Model model;
    std::uint64_t around = 0;
    for (int i = 0; i < 60'000; ++i) {
      const std::uint64_t leap = engine() % 1000;
      if (leap == 0)
        around += engine() % (3 * kReplayWindowPackets);
      else
        around += engine() % 3;
      const std::uint64_t back = engine() % 2 == 0 ? engine() % 70 : engine() % (kReplayWindowPackets + 100);
      const std::uint64_t number = around > back ? around - back : 0;
      REQUIRE(window.check(number).has_value() == model.takes(number));
      if (!model.takes(number)) continue;
      window.accept(number);
      model.accept(number);
    }
  }
}

TEST_CASE("a window at rest takes nothing old, what is new once, and nothing is lost when it grows again") {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    std::mt19937_64 engine(seed);
    ReplayWindow window;
    Model model;
    std::uint64_t around = 0;
    for (int i = 0; i < 60'000; ++i) {
      if (engine() % 500 == 0) {
        window.rest();
        model.floor = model.end;
      }
      around += engine() % 200 == 0 ? engine() % 2000 : engine() % 3;
      const std::uint64_t back = engine() % 300;
      const std::uint64_t number = around > back ? around - back : 0;
      REQUIRE(window.check(number).has_value() == model.takes(number));
      if (!model.takes(number)) continue;
      window.accept(number);
      model.accept(number);
    }
  }
}
