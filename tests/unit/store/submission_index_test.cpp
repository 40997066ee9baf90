#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>

#include "operations.hpp"
#include "store/calendar.hpp"
#include "store/submission_index.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::store;

TEST_CASE("the index finds what was put in and not taken out, whatever the order") {
  SeededRandom keys(1);
  SubmissionIndex index(keys);
  std::mt19937_64 random(2);
  std::map<std::pair<std::uint64_t, std::uint64_t>, RowNumber> model;
  RowNumber row = (std::uint64_t{7} << 32) - 3000;  // the low half wraps on the way
  const auto found = [&](std::uint64_t inbox, std::uint64_t submission) {
    std::set<RowNumber> rows;
    index.find(inbox, value_numbered<SubmissionId>(submission), [&](RowNumber one) {
      rows.insert(one);
      return false;
    });
    return rows;
  };
  for (int step = 0; step < 40'000; ++step) {
    const std::uint64_t inbox = random() % 3;
    const std::uint64_t submission = random() % 5000;
    const auto entry = model.find({inbox, submission});
    if (entry == model.end()) {
      row += static_cast<std::uint32_t>(row + 1) == 0 ? 2 : 1;
      REQUIRE(static_cast<std::uint32_t>(row) != 0);
      index.insert(inbox, value_numbered<SubmissionId>(submission), row);
      model[{inbox, submission}] = row;
    } else {
      REQUIRE(found(inbox, submission).contains(entry->second));
      index.erase(inbox, value_numbered<SubmissionId>(submission), entry->second);
      model.erase(entry);
      REQUIRE(found(inbox, submission).empty());
    }
    REQUIRE(index.size() == model.size());
  }
  for (const auto& [key, at] : model) REQUIRE(found(key.first, key.second).contains(at));
  CHECK(row > std::uint64_t{7} << 32);
}

TEST_CASE("strangers come up about once in 2^32 / size questions") {
  SeededRandom keys(1);
  SubmissionIndex index(keys);
  for (std::uint64_t i = 1; i <= 100'000; ++i) index.insert(1, value_numbered<SubmissionId>(i), i);
  int strangers = 0;
  for (std::uint64_t i = 1; i <= 100'000; ++i) {
    index.find(2, value_numbered<SubmissionId>(i), [&](RowNumber) {
      ++strangers;
      return false;
    });
  }
  CHECK(strangers < 30);  // 2.3 are expected
}

TEST_CASE("the calendar gives chunks when their earliest row is due, once") {
  Calendar calendar;
  calendar.expect(5, {300});
  calendar.expect(6, {200});
  calendar.expect(7, {250});
  calendar.expect(5000, {100});
  CHECK_FALSE(calendar.take_due({99}));
  CHECK(calendar.take_due({100})->first() == 4096);
  CHECK_FALSE(calendar.take_due({199}));
  CHECK(calendar.is_due({200}));
  CHECK(calendar.take_due({200})->last() == 1023);
  CHECK_FALSE(calendar.take_due({1000}));
}
