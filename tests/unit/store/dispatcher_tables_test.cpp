#include <doctest/doctest.h>

#include <set>

#include "operations.hpp"
#include "same_result.hpp"
#include "store/dispatcher_tables.hpp"
#include "support/folder.hpp"
#include "support/memory_store.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<store::DispatcherTables> open_tables(const fs::path& file) {
  SeededRandom random(1);
  auto tables = store::DispatcherTables::open(file, random);
  REQUIRE_MESSAGE(tables.has_value(), tables.error().text);
  return std::move(*tables);
}

StoreResult carry_out(store::DispatcherTables& tables, Operation operation) {
  std::vector<StoreResult> results = tables.carry_out({&operation, 1});
  REQUIRE(results.size() == 1);
  return std::move(results[0]);
}

template <class Value>
Value value(store::DispatcherTables& tables, Operation operation) {
  StoreResult result = carry_out(tables, std::move(operation));
  REQUIRE(result.has_value());
  return std::get<Value>(*std::move(result));
}

}  // namespace

TEST_CASE("whatever is asked, the answers are those of the store in memory") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Folder folder;
    auto tables = open_tables(folder / "post.db");
    MemoryStore model;
    History history(seed);
    std::mt19937_64 random(seed);
    for (int step = 0; step < 400;) {
      std::vector<Operation> batch;
      for (std::size_t left = 1 + random() % 20; left > 0; --left) batch.push_back(history.next());
      std::vector<StoreResult> expected;
      for (const Operation& operation : batch) expected.push_back(model.carry_out(operation));
      const std::vector<StoreResult> results = tables->carry_out(batch);
      REQUIRE(results.size() == batch.size());
      for (std::size_t i = 0; i < batch.size(); ++i, ++step) {
        CAPTURE(seed);
        CAPTURE(step);
        CAPTURE(batch[i].index());
        REQUIRE(same(results[i], expected[i]));
      }
      if (random() % 8 == 0) {  // everything comes back from the disk
        tables.reset();
        tables = open_tables(folder / "post.db");
      }
    }
  }
}

TEST_CASE("an operation that breaks the contract is refused alone") {
  Folder folder;
  auto tables = open_tables(folder / "post.db");
  std::vector<Operation> batch{
      AddNode{value_numbered<NodeId>(1), {}, {}},           put_of(1, 5), put_of(2, 1), put_of(1, 4),
      SaveCard{value_numbered<NodeId>(2), 1, {}, Bytes(3)}, put_of(1, 6)};
  const auto results = tables->carry_out(batch);
  CHECK(results[1].has_value());
  CHECK(results[2].error().code == Errc::misuse);
  CHECK(results[3].error().code == Errc::misuse);
  CHECK(results[4].error().code == Errc::misuse);
  CHECK(results[5].has_value());
  CHECK(value<Fetched>(*tables, FetchMessages{value_numbered<NodeId>(1), 0, 10'000, 10}).messages.size() ==
        2);
  CHECK_FALSE(tables->is_stopped());
}

TEST_CASE("a sweep goes on where its limit ended it, and says so") {
  Folder folder;
  auto tables = open_tables(folder / "post.db");
  const NodeId node = value_numbered<NodeId>(1);
  std::vector<Operation> batch{AddNode{node, {}, {}}};
  for (std::uint64_t number = 1; number <= 3000; ++number) batch.push_back(put_of(1, number));
  tables->carry_out(batch);
  std::uint64_t messages = 0;
  int sweeps = 0;
  for (Swept swept{{}, 0, 0, 0, Rest::more}; swept.rest == Rest::more; ++sweeps) {
    swept = value<Swept>(*tables, Sweep{{kStartMs + 1'000'000}, 700});
    for (const Freed& freed : swept.freed) messages += total(freed.usage).messages;
  }
  CHECK(messages == 3000);
  CHECK(sweeps == 5);
  CHECK(value<std::optional<SubmissionRecord>>(*tables, LookUpSubmission{node, put_of(1, 7).submission})
            ->state == SubmissionState::expired);
  std::uint64_t forgotten = 0;
  for (Swept swept{{}, 0, 0, 0, Rest::more}; swept.rest == Rest::more;) {
    swept = value<Swept>(*tables, Sweep{{kStartMs + 2'000'000}, 700});
    forgotten += swept.submissions;
  }
  CHECK(forgotten == 3000);
}

TEST_CASE("a damaged message is reported to who asks for it, and to nobody else") {
  Folder folder;
  const fs::path file = folder / "post.db";
  const auto fetch = [](std::uint64_t inbox) {
    return FetchMessages{value_numbered<NodeId>(inbox), 0, 1 << 20, 10};
  };
  {
    auto tables = open_tables(file);
    PutMessage long_one = put_of(1, 1, 9000);
    append(long_one.body, as_bytes("the end of it"));  // in a page of its own
    std::vector<Operation> batch{AddNode{value_numbered<NodeId>(1), {}, {}},
                                 AddNode{value_numbered<NodeId>(2), {}, {}}, std::move(long_one),
                                 put_of(2, 1, 9000)};
    for (const auto& result : tables->carry_out(batch)) REQUIRE(result.has_value());
  }
  std::string bytes = read_file(file);
  const std::size_t end = bytes.find("the end of it");
  REQUIRE(end != std::string::npos);
  bytes[end] ^= 1;
  write_file(file, bytes);
  auto tables = open_tables(file);
  std::vector<Operation> batch{put_of(2, 2), fetch(1), fetch(2), put_of(2, 3)};
  const auto results = tables->carry_out(batch);
  CHECK(results[0].has_value());
  CHECK(results[1].error().reason == store::reasons::kDamaged);
  CHECK(std::get<Fetched>(*results[2]).messages.size() == 2);
  CHECK(results[3].has_value());
  CHECK_FALSE(tables->is_stopped());
  CHECK(tables->failure().text.find("damaged") != std::string::npos);
}

TEST_CASE("two dispatchers cannot use one database") {
  Folder folder;
  const auto tables = open_tables(folder / "post.db");
  SeededRandom random(1);
  const auto second = store::DispatcherTables::open(folder / "post.db", random);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().error.reason == store::reasons::kLocked);
}

TEST_CASE("after a release and an erase no byte of a message is in any file; before, it is") {
  Folder folder;
  auto tables = open_tables(folder / "post.db");
  const NodeId node = value_numbered<NodeId>(1);
  std::vector<Operation> batch{AddNode{node, {}, {}}};
  std::mt19937 random(1);
  for (std::uint64_t number = 1; number <= 500; ++number)
    batch.push_back(put_of(1, number, number % 10 == 0 ? 20'000 : 100 + random() % 900));
  tables->carry_out(batch);
  CHECK(occurrences(folder.path(), "message 1/") >= 500);
  // One by one, so that pages are half empty and their cells move.
  std::uint64_t left = 500;
  for (std::uint64_t number = 1; number <= 500; number += 1 + random() % 2, --left)
    value<Freed>(*tables, ReleaseMessages{node, {{number, number}}});
  CHECK(occurrences(folder.path(), "message 1/") > left);
  value<Done>(*tables, Erase{});
  CHECK(occurrences(folder.path(), "message 1/") == left);
  value<Freed>(*tables, ReleaseMessages{node, {{1, 500}}});
  value<Done>(*tables, Erase{});
  CHECK(occurrences(folder.path(), "message 1/") == 0);
}

TEST_CASE("after a burst has been forgotten, the file is as small as before") {
  Folder folder;
  const fs::path file = folder / "post.db";
  auto tables = open_tables(file);
  const NodeId node = value_numbered<NodeId>(1);
  value<Admission>(*tables, AddNode{node, {}, {}});
  value<Done>(*tables, Erase{});
  const auto baseline = fs::file_size(file);
  for (std::uint64_t number = 1; number <= 2000;) {
    std::vector<Operation> batch;
    for (int i = 0; i < 100; ++i) batch.push_back(put_of(1, number++, 5000));
    tables->carry_out(batch);
    tables->shorten_log();
  }
  value<Done>(*tables, Erase{});
  CHECK(fs::file_size(file) > baseline + 10'000'000);
  value<Freed>(*tables, ReleaseMessages{node, {{1, 2000}}});
  for (Swept swept{{}, 0, 0, 0, Rest::more}; swept.rest == Rest::more;)
    swept = value<Swept>(*tables, Sweep{{kStartMs + 2'000'000}, 1000});
  while (tables->shrink() == store::DispatcherTables::Rest::more) {
  }
  value<Done>(*tables, Erase{});
  CHECK(fs::file_size(file) <= baseline + (2U << 20));
  CHECK_FALSE(tables->is_stopped());
}
