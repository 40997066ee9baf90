#include "datagram/ranges.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace taut::datagram;

TEST_CASE("ranges and a set of numbers agree") {
  std::mt19937_64 engine(7);
  Ranges ranges;
  std::set<std::uint64_t> model;
  for (int i = 0; i < 4'000; ++i) {
    const std::uint64_t begin = engine() % 300;
    const std::uint64_t end = begin + engine() % 12;
    const bool add = engine() % 2 == 0;
    if (add)
      ranges.add({begin, end});
    else
      ranges.subtract({begin, end});
    for (std::uint64_t number = begin; number < end; ++number) {
      if (add)
        model.insert(number);
      else
        model.erase(number);
    }
    std::uint64_t total = 0;
    std::uint64_t last_end = 0;
    for (const Range& one : ranges.all()) {
      REQUIRE(one.begin < one.end);
      REQUIRE((total == 0 || one.begin > last_end));  // disjoint, ordered, and never touching
      last_end = one.end;
      total += one.size();
    }
    REQUIRE(total == model.size());
    const std::uint64_t probe = engine() % 320;
    REQUIRE(ranges.contains(probe) == model.contains(probe));
  }
}

TEST_CASE("keeping the highest forgets the lowest") {
  Ranges ranges;
  for (std::uint64_t i = 0; i < 10; ++i) ranges.add({3 * i, 3 * i + 1});
  ranges.keep_highest(4);
  CHECK(ranges.count() == 4);
  CHECK(ranges.lowest() == Range{18, 19});
  CHECK(ranges.highest() == Range{27, 28});
}
