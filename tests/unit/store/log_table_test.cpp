#include <doctest/doctest.h>

#include "log_operations.hpp"
#include "store/dispatcher_schema.hpp"
#include "store/dispatcher_tables.hpp"
#include "support/folder.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kNowMs = 1'700'000'000'000;
constexpr std::chrono::hours kYear{24 * 365};
constexpr Usage kRoomy{1000, 1 << 20};

/// A dispatcher's tables in a folder of their own.
struct Tables {
  Folder folder;
  std::unique_ptr<store::DispatcherTables> tables;

  Tables() { reopen(); }
  void reopen() {
    tables.reset();
    SeededRandom random(1);
    auto opened = store::DispatcherTables::open(folder / "post.db", random);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().text);
    tables = std::move(*opened);
  }
  StoreResult carry_out(Operation operation) { return std::move(tables->carry_out({&operation, 1})[0]); }
  template <class Value>
  Value ask(Operation operation) {
    StoreResult result = carry_out(std::move(operation));
    REQUIRE(result.has_value());
    return std::get<Value>(*std::move(result));
  }
};

LogId log_id(Byte number = 1) {
  LogId log;
  log.fill()[0] = number;
  return log;
}

SubmissionId submission_id(std::uint64_t number) {
  SubmissionId submission;
  for (std::size_t i = 0; i < 8; ++i) submission.fill()[i] = static_cast<Byte>(number >> 8 * i);
  return submission;
}

AppendEntry entry(LogNumber number, Bytes body, Usage room = kRoomy) {
  AppendEntry append;
  append.log = log_id();
  append.number = number;
  append.submission = submission_id(number);
  append.received = {kNowMs + number};
  append.room = room;
  append.body = std::move(body);
  return append;
}

AddLog log_of(Byte number = 1) { return {log_id(number), {std::chrono::hours(1), 1 << 20}, {}, {kNowMs}}; }

Bytes canary(std::uint64_t number, std::size_t size) {
  std::string text = "canary " + std::to_string(number) + "/";
  text.resize(std::max(size, text.size()), '.');
  return to_bytes(as_bytes(text));
}

}  // namespace

TEST_CASE("a database from before there were logs is taken over as it is") {
  Folder folder;
  const fs::path file = folder / "post.db";
  {
    const store::Schema before{store::kDispatcherSchema.application_id,
                               store::kDispatcherSchema.migrations.first(1)};
    auto database = store::open(file, before);
    REQUIRE(database.has_value());
    REQUIRE(database->run("INSERT INTO node VALUES (NULL, ?, 7, 5, 0, 0, 0, 0, 0, 0)", NodeId()).has_value());
  }
  SeededRandom random(1);
  auto tables = store::DispatcherTables::open(file, random);
  REQUIRE_MESSAGE(tables.has_value(), tables.error().text);
  std::vector<Operation> batch{LoadNode{NodeId()}, log_of(), entry(1, Bytes(10)), LoadTotals{}};
  const auto results = (*tables)->carry_out(batch);
  const auto node = std::get<std::optional<NodeRecord>>(results[0].value());
  REQUIRE(node.has_value());
  CHECK(node->next_number == 7);
  CHECK(node->packages.empty());
  const auto totals = std::get<Totals>(results[3].value());
  CHECK(totals.nodes == 1);
  CHECK(totals.logs == 1);
  CHECK(totals.entries == Usage{1, 10});
}

TEST_CASE("a repeated entry is known after a restart, until it is let go") {
  Tables post;
  post.ask<Done>(log_of());
  CHECK_FALSE(post.ask<EntryPlaced>(entry(1, Bytes(10))).known);
  post.reopen();
  AppendEntry again = entry(7, Bytes(10));
  again.submission = submission_id(1);
  const auto known = post.ask<EntryPlaced>(again).known;
  REQUIRE(known.has_value());
  CHECK(known->number == 1);
  post.ask<LogsSwept>(SweepLogs{{kNowMs + 3'600'001}, kYear, 100});
  CHECK_FALSE(post.ask<std::optional<EntryRecord>>(LookUpEntry{log_id(), submission_id(1)}));
}

TEST_CASE("what is over goes by steps: entries by age, logs that nobody used") {
  Tables post;
  for (Byte number = 1; number <= 3; ++number) post.ask<Done>(log_of(number));
  for (LogNumber number = 1; number <= 500; ++number) post.ask<EntryPlaced>(entry(number, Bytes(10)));
  std::uint64_t gone = 0;
  int steps = 0;
  for (Rest rest = Rest::more; rest == Rest::more; ++steps) {
    const auto swept = post.ask<LogsSwept>(SweepLogs{{kNowMs + 3'600'200}, kYear, 50});
    for (const LogFreed& freed : swept.logs) gone += freed.entries.messages;
    rest = swept.rest;
  }
  CHECK(gone == 200);
  CHECK(steps >= 4);
  CHECK(post.ask<std::optional<LogRecord>>(LoadLog{log_id()})->gone == 200);
  std::uint64_t went = 0;
  for (Rest rest = Rest::more; rest == Rest::more;) {
    const auto swept = post.ask<LogsSwept>(SweepLogs{WallTime{kNowMs} + kYear, kYear, 50});
    for (const LogFreed& freed : swept.logs) went += freed.whole == LogFreed::Whole::went ? 1 : 0;
    rest = swept.rest;
  }
  CHECK(went == 3);
  CHECK_FALSE(post.ask<std::optional<LogRecord>>(LoadLog{log_id()}));
  CHECK(post.ask<Totals>(LoadTotals{}).entries == Usage{});
}

TEST_CASE("after entries, introductions and key packages have gone, no byte of them is in any file") {
  Tables post;
  const fs::path& folder = post.folder.path();
  post.ask<Done>(log_of());
  for (LogNumber number = 1; number <= 300; ++number) {
    const std::size_t size = number % 10 == 0 ? 20'000 : 300;
    post.ask<EntryPlaced>(entry(number, canary(number, size), {300, 1 << 30}));
  }
  PutIntroduction introduction{log_id(), 1, {}, {}, {kNowMs}, {kNowMs + 5000}, canary(9001, 900)};
  post.ask<EntryPlaced>(introduction);
  const NodeId node;
  post.ask<Admission>(AddNode{node, {}, {}});
  const KeyPackage package{1, frame::PackageUse::once, {kNowMs + 9000}, canary(9002, 900)};
  const KeyPackage resort{1, frame::PackageUse::last_resort, {kNowMs + 9000}, canary(9003, 900)};
  post.ask<Restocked>(PublishPackages{node, 1, frame::Restock::add, {package, resort}, 10});
  CHECK(occurrences(folder, "canary ") >= 303);

  // One by one for lack of room, so that pages are half empty and their cells move.
  for (LogNumber number = 301; number <= 400; ++number) {
    post.ask<EntryPlaced>(entry(number, canary(number, 300), {300, 1 << 30}));
  }
  post.ask<BoxFreed>(RemoveIntroductions{log_id(), {1}});
  post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs}, 0});
  post.ask<Restocked>(PublishPackages{node, 2, frame::Restock::replace, {}, 10});
  post.ask<Done>(Erase{});
  CHECK(occurrences(folder, "canary ") == 300);
  CHECK(occurrences(folder, "canary 900") == 0);

  post.ask<LogsSwept>(SweepLogs{{kNowMs + 3'601'000}, kYear, 100'000});
  post.ask<Done>(Erase{});
  CHECK(occurrences(folder, "canary ") == 0);
}

TEST_CASE("a thousand reads of an entry leave one row of it") {
  Tables post;
  post.ask<Done>(log_of());
  post.ask<EntryPlaced>(entry(1, canary(1, 300)));
  const FetchEntries fetch{log_id(), frame::Shelf::entries, 0, 0, 10, 1 << 20, 10};
  for (int reader = 0; reader < 1000; ++reader) {
    REQUIRE(post.ask<Fetched>(fetch).messages.size() == 1);
  }
  post.ask<Done>(Erase{});
  CHECK(occurrences(post.folder.path(), "canary 1/") == 1);
}

TEST_CASE("a key package is handed out once, a last resort again and again, a batch taken once") {
  Tables post;
  const NodeId node;
  post.ask<Admission>(AddNode{node, {}, {}});
  const auto package = [](Byte mark, frame::PackageUse use) {
    return KeyPackage{1, use, {kNowMs + 1000}, Bytes(1, mark)};
  };
  using enum frame::PackageUse;
  const PublishPackages publish{
      node, 7, frame::Restock::add, {package(1, once), package(2, once), package(9, last_resort)}, 2};
  CHECK(post.ask<Restocked>(publish).status == Restocked::Status::taken);
  CHECK(post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs}, 0}).package == Bytes{1});
  post.reopen();
  CHECK(post.ask<Restocked>(publish).counts == std::vector<frame::KeyPackageCount>{{1, 1, 0}});
  CHECK(post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs}, 1}).package == Bytes{9});  // kept for others
  CHECK(post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs}, 0}).package == Bytes{2});
  const auto last = post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs}, 0});
  CHECK(last.package == Bytes{9});
  CHECK(last.counts == std::vector<frame::KeyPackageCount>{{1, 0, 2}});
  CHECK_FALSE(post.ask<Claimed>(ClaimPackage{node, 1, {kNowMs + 1000}, 0}).package);
  CHECK_FALSE(post.ask<Claimed>(ClaimPackage{node, 2, {kNowMs}, 0}).package);
  PublishPackages more{node, 8, frame::Restock::add, {3, package(1, once)}, 2};
  CHECK(post.ask<Restocked>(more).status == Restocked::Status::full);
  more.batch = 6;
  CHECK(post.ask<Restocked>(more).status == Restocked::Status::stale);
}

TEST_CASE("after a replacement nothing tells of the suites that were there before") {
  Tables post;
  const NodeId node;
  post.ask<Admission>(AddNode{node, {}, {}});
  const auto resort_of = [](std::uint16_t suite) {
    return KeyPackage{suite, frame::PackageUse::last_resort, {kNowMs + 1000}, Bytes(1, 1)};
  };
  PublishPackages publish{node, 1, frame::Restock::add, {}, 10};
  for (std::uint16_t suite = 1; suite <= frame::kKeyPackageSuitesMax; ++suite)
    publish.packages.push_back(resort_of(suite));
  CHECK(post.ask<Restocked>(publish).status == Restocked::Status::taken);
  const std::uint16_t other = 77;
  const PublishPackages instead{node, 2, frame::Restock::replace, {resort_of(other)}, 10};
  const auto replaced = post.ask<Restocked>(instead);
  CHECK(replaced.status == Restocked::Status::taken);
  CHECK(replaced.counts == std::vector<frame::KeyPackageCount>{{other, 0, 0}});
}
