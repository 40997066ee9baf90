// Appending and reading: docs/protocol/topic-log.md, "Entries" and "Readings".

#include "log_world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::AppendState;
using frame::Until;

namespace {

const LogId kLog = log_named("log");
const EpochKey kKey(1);
const EpochKey kNext(2);

struct Topic {
  World world;
  Member alice;

  explicit Topic(const dispatcher::Settings& settings = log_settings(), std::uint64_t bytes = 0)
      : world(settings), alice(world, kLog) {
    REQUIRE(alice.open(kKey, 0, bytes) == AnswerStatus::done);
  }
  Member member() {
    Member one(world, kLog);
    REQUIRE(one.prove(kKey) == AnswerStatus::done);
    return one;
  }
};

Texts texts(int first, int last) {
  Texts all;
  for (int i = first; i <= last; ++i) all.push_back(std::to_string(i));
  return all;
}

}  // namespace

TEST_CASE("an entry is acknowledged when it is durable, and numbered") {
  Topic topic;
  frame::Append append{1, kLog, kKey.key(), submission_named("a"), {}, 5, as_bytes("hello"), {}};
  topic.world.say(topic.alice.link(), append);
  CHECK(topic.world.frames_waiting(topic.alice.link()) == 0);
  topic.world.store_one();
  const auto appended = topic.world.next<frame::Appended>(topic.alice.link());
  CHECK(appended.state == AppendState::stored);
  CHECK(appended.number == 1);
  append.submission = submission_named("b");
  topic.world.say(topic.alice.link(), append);
  topic.world.fail_one();
  CHECK(topic.world.next<frame::Appended>(topic.alice.link()).state == AppendState::full);
  CHECK(topic.world.dispatcher.counters().log_entries == 1);
  CHECK(topic.world.dispatcher.counters().log_bytes == 5);
}

TEST_CASE("a submission is stored once, whoever repeats it; another entry under its ID is refused") {
  Topic topic;
  Member bob = topic.member();
  CHECK(topic.alice.append(kKey, "a", "hello").number == 1);
  CHECK(bob.append(kKey, "a", "hello").number == 1);
  CHECK(bob.append(kKey, "a", "other").state == AppendState::refused);
  CHECK(topic.world.store.logs.logs.at(kLog).entries.size() == 1);
  CHECK(topic.world.dispatcher.counters().log_entries == 1);
}

TEST_CASE("a reading goes on from its cursor, and beyond the end there is nothing") {
  Topic topic;
  for (int i = 1; i <= 5; ++i) topic.alice.append(kKey, std::to_string(i), std::to_string(i));
  Member bob = topic.member();
  bob.read(kKey, 9, 2, Until::drained, {}, 10'000);
  CHECK(bob.heard() == Texts{"3", "4", "5", "(drained)"});
  bob.read(kKey, 10, 5);
  CHECK(bob.heard() == Texts{"(drained)"});
  bob.read(kKey, 11, 1'000'000, Until::closed);
  CHECK(bob.heard() == Texts{"(drained)"});
  topic.alice.append(kKey, "6", "6");
  CHECK(bob.heard().empty());  // it said so itself
  bob.read(kKey, 12, ~frame::LogNumber{0});
  CHECK(bob.heard() == Texts{"(drained)"});
}

TEST_CASE("what is appended goes to all who read on, and is stored once") {
  dispatcher::Settings settings = log_settings();
  settings.limits.connections_max = 2000;
  Topic topic(settings);
  std::vector<Member> readers;
  for (int i = 0; i < 1000; ++i) {
    readers.push_back(topic.member());
    readers.back().read(kKey, 5, 0, Until::closed, {}, 1000);
    CHECK(readers.back().heard() == Texts{"(drained)"});
  }
  topic.world.say(topic.alice.link(),
                  frame::Append{1, kLog, kKey.key(), submission_named("a"), {}, 5, as_bytes("hello"), {}});
  CHECK(topic.world.asked.size() == 1);
  topic.world.settle();
  CHECK(topic.world.asked.empty());
  for (Member& reader : readers) CHECK(reader.heard() == Texts{"hello"});
  CHECK(topic.world.dispatcher.counters().entries_delivered == 1000);
  CHECK(topic.world.store.logs.logs.at(kLog).entries.size() == 1);
}

TEST_CASE("a reader is bounded by its credit, and gets the rest when it grants more") {
  Topic topic;
  Member bob = topic.member();
  bob.read(kKey, 5, 0, Until::closed, {}, 100);
  CHECK(bob.heard() == Texts{"(drained)"});
  for (int i = 1; i <= 6; ++i) topic.alice.append(kKey, std::to_string(i), std::to_string(i));
  CHECK(bob.heard() == texts(1, 2));  // 65 each, the second overdraws
  bob.grant(1);
  CHECK(bob.heard().empty());
  bob.grant(130);
  CHECK(bob.heard() == texts(3, 4));
  bob.grant(10'000);
  CHECK(bob.heard() == texts(5, 6));
  topic.alice.append(kKey, "7", "7");
  CHECK(bob.heard() == Texts{"7"});
  topic.world.say(bob.link(), frame::Credit{4U << 20});
  CHECK(topic.world.closed(bob.link()) == frame::GoodbyeReason::violation);
}

TEST_CASE("entries that are read together share frames") {
  Topic topic;
  for (int i = 1; i <= 300; ++i) topic.alice.append(kKey, std::to_string(i), std::to_string(i));
  Member bob = topic.member();
  bob.read(kKey, 9, 0, Until::drained, {}, 1 << 20);
  CHECK(topic.world.frames_waiting(bob.link()) == 3);  // 256, 44, drained
  Texts all = texts(1, 300);
  all.emplace_back("(drained)");
  CHECK(bob.heard() == all);
}

TEST_CASE("a large entry goes in chunks both ways, to those who read on and those who read later") {
  Topic topic;
  Member bob = topic.member();
  bob.read(kKey, 5, 0, Until::closed, {}, 1 << 20);
  bob.heard();
  const Bytes body(150'000, 7);
  const ByteView all(body);
  topic.world.say(topic.alice.link(),
                  frame::Append{1, kLog, kKey.key(), {}, {}, 150'000, all.first(60'000), {}});
  topic.world.say(topic.alice.link(), frame::AppendChunk{1, 60'000, all.subspan(60'000, 60'000)});
  CHECK(topic.world.asked.empty());
  topic.world.say(topic.alice.link(), frame::AppendChunk{1, 120'000, all.subspan(120'000)});
  topic.world.settle();
  CHECK(topic.world.next<frame::Appended>(topic.alice.link()).state == AppendState::stored);
  const auto hears = [&](const Member& who, frame::RequestId reading) {
    Bytes heard;
    const auto first = topic.world.next<frame::LogEntries>(who.link());
    CHECK(first.reading == reading);
    REQUIRE(first.entries.size() == 1);
    CHECK(first.entries[0].size == 150'000);
    append(heard, first.entries[0].chunk);
    while (heard.size() < 150'000) {
      const auto more = topic.world.next<frame::LogEntryChunk>(who.link());
      CHECK(more.reading == reading);
      CHECK(more.offset == heard.size());
      append(heard, more.chunk);
    }
    CHECK(heard == body);
  };
  hears(bob, 5);
  Member carol = topic.member();
  carol.read(kKey, 77, 0, Until::drained, {}, 1 << 20);
  hears(carol, 77);
}

TEST_CASE("chunks out of place break a rule, an upload that stalls is given up") {
  Topic topic;
  const Bytes body(100, 7);
  const frame::Append begin{1, kLog, kKey.key(), {}, {}, 150, body, {}};
  SUBCASE("a hole") {
    topic.world.say(topic.alice.link(), begin);
    topic.world.say(topic.alice.link(), frame::AppendChunk{1, 101, body});
    CHECK(topic.world.closed(topic.alice.link()) == frame::GoodbyeReason::violation);
  }
  SUBCASE("too much") {
    topic.world.say(topic.alice.link(), begin);
    topic.world.say(topic.alice.link(), frame::AppendChunk{1, 100, body});
    CHECK(topic.world.closed(topic.alice.link()) == frame::GoodbyeReason::violation);
  }
  SUBCASE("two under one request") {
    topic.world.say(topic.alice.link(), begin);
    topic.world.say(topic.alice.link(), begin);
    CHECK(topic.world.closed(topic.alice.link()) == frame::GoodbyeReason::violation);
  }
  SUBCASE("of no upload") {
    topic.world.say(topic.alice.link(), frame::AppendChunk{9, 0, body});
    CHECK_FALSE(topic.world.closed(topic.alice.link()).has_value());
  }
  SUBCASE("stalled") {
    topic.world.say(topic.alice.link(), begin);
    topic.world.pass(std::chrono::seconds(36));
    CHECK(topic.world.next<frame::Appended>(topic.alice.link()).state == AppendState::full);
  }
  CHECK(topic.world.dispatcher.counters().buffered_put_bytes == 0);
}

TEST_CASE("the oldest entries go for room, readers are told how far, and bytes are erased within a minute") {
  Topic topic(log_settings(), 10);
  const auto& log = topic.world.store.logs.logs.at(kLog);
  CHECK(log.record.retention.bytes == 100);  // not less
  for (int i = 1; i <= 30; ++i) topic.alice.append(kKey, std::to_string(i), "ten bytes.");
  CHECK(log.entries.size() == 10);
  CHECK(topic.world.dispatcher.counters().log_bytes == 100);
  CHECK(topic.world.dispatcher.counters().entries_gone == 20);
  Member bob = topic.member();
  bob.read(kKey, 9, 0, Until::drained, {}, 10'000);
  const auto entries = topic.world.next<frame::LogEntries>(bob.link());
  CHECK(entries.entries.front().number == 21);
  const auto drained = topic.world.next<frame::LogDrained>(bob.link());
  CHECK(drained.last == 30);
  CHECK(drained.gone == 20);
  CHECK(topic.world.store.is_dirty);
  topic.world.pass(std::chrono::seconds(21));
  topic.world.settle();
  CHECK_FALSE(topic.world.store.is_dirty);
}

TEST_CASE("entries go by age, as the members set it, and the log when nobody uses it") {
  Topic topic;
  topic.alice.append(kKey, "1", "old");
  const frame::SetRetention set{1, kLog, kKey.key(), 100, 0, {}};
  CHECK(topic.world.ask<frame::Answer>(topic.alice.link(), set).status == AnswerStatus::done);
  let_pass(topic.world, std::chrono::seconds(0));
  CHECK(topic.world.dispatcher.counters().log_entries == 1);
  let_pass(topic.world, std::chrono::seconds(40));
  CHECK(topic.world.dispatcher.counters().log_entries == 0);
  CHECK(topic.world.store.logs.logs.at(kLog).record.gone == 1);
  let_pass(topic.world, std::chrono::days(100));
  CHECK(topic.member().append(kKey, "2", "it is used").state == AppendState::stored);
  let_pass(topic.world, std::chrono::days(100));
  CHECK(topic.world.dispatcher.counters().logs == 1);
  let_pass(topic.world, std::chrono::days(180));
  CHECK(topic.world.dispatcher.counters().logs == 0);
  CHECK(topic.world.store.logs.logs.empty());
}

TEST_CASE("what all logs hold is bounded; commits have a reserve") {
  dispatcher::Settings settings = log_settings();
  settings.limits.log_store_bytes_max = 100;
  settings.limits.commit_reserve_bytes = 50;
  Topic topic(settings);
  CHECK(topic.alice.append(kKey, "1", std::string(40, 'x')).state == AppendState::stored);
  const auto full = topic.alice.append(kKey, "2", std::string(20, 'x'));
  CHECK(full.state == AppendState::full);
  CHECK(full.retry_after_s == 60);
  CHECK(topic.alice.append(kKey, "1", std::string(40, 'x')).number == 1);  // it is there
  CHECK(topic.alice.append(kKey, "3", std::string(20, 'x'), &kNext).state == AppendState::stored);
}

TEST_CASE("bytes from one place are bounded") {
  dispatcher::Settings settings = log_settings();
  settings.limits.source_rates[static_cast<std::size_t>(dispatcher::Spending::entry_bytes)] = {1000, 3600};
  Topic topic(settings);
  CHECK(topic.alice.append(kKey, "1", "x").state == AppendState::stored);
  CHECK(topic.alice.append(kKey, "2", "x").state == AppendState::full);
  CHECK(topic.world.dispatcher.counters().budgets_exceeded == 1);
  Member bob(topic.world, kLog, 2);
  bob.prove(kKey);
  CHECK(bob.append(kKey, "3", "x").state == AppendState::stored);
}

TEST_CASE("readings: one name each, a bounded number, ended when asked, and gone with their link") {
  dispatcher::Settings settings = log_settings();
  settings.limits.readings_max = 2;
  Topic topic(settings);
  Member bob = topic.member();
  bob.read(kKey, 5, 0, Until::closed, {}, 1000);
  bob.read(kKey, 6, 0, Until::closed);
  bob.read(kKey, 7, 0, Until::closed);
  CHECK(bob.heard() == Texts{"(drained)", "(drained)", "(answer 4)"});
  CHECK(topic.world.ask<frame::Answer>(bob.link(), frame::EndReading{8, 5, {}}).status == AnswerStatus::done);
  CHECK(topic.world.ask<frame::Answer>(bob.link(), frame::EndReading{8, 99, {}}).status ==
        AnswerStatus::done);
  topic.alice.append(kKey, "1", "1");
  CHECK(bob.heard() == Texts{"1"});
  SUBCASE("a name in use") {
    bob.read(kKey, 6);
    CHECK(topic.world.closed(bob.link()) == frame::GoodbyeReason::violation);
  }
  SUBCASE("the link ends") { topic.world.disconnect(bob.link()); }
  SUBCASE("while it is read") {
    topic.world.say(bob.link(), frame::ReadLog{9, kLog, kKey.key(), {}, 0, Until::closed, 0, {}});
    CHECK(topic.world.asked.size() == 1);
    topic.world.disconnect(bob.link());
  }
  topic.alice.append(kKey, "2", "2");
  CHECK(topic.world.dispatcher.counters().operations_open == 0);
}

TEST_CASE("an entry that comes while a reader is behind is not lost and not doubled") {
  Topic topic;
  topic.alice.append(kKey, "1", "1");
  Member bob = topic.member();
  topic.world.say(bob.link(), frame::ReadLog{9, kLog, kKey.key(), {}, 0, Until::closed, 10'000, {}});
  topic.world.say(topic.alice.link(),
                  frame::Append{1, kLog, kKey.key(), submission_named("2"), {}, 1, as_bytes("2"), {}});
  topic.world.settle();
  CHECK(bob.heard() == Texts{"1", "(drained)", "2"});
  topic.alice.append(kKey, "3", "3");
  CHECK(bob.heard() == Texts{"3"});
}

TEST_CASE("a store that fails to read is asked again") {
  Topic topic;
  topic.alice.append(kKey, "1", "1");
  Member bob = topic.member();
  topic.world.say(bob.link(), frame::ReadLog{9, kLog, kKey.key(), {}, 0, Until::drained, 10'000, {}});
  topic.world.fail_one();
  CHECK(bob.heard().empty());
  topic.world.pass(std::chrono::milliseconds(501));
  topic.world.settle();
  CHECK(bob.heard() == Texts{"1", "(drained)"});
}

TEST_CASE("what a log holds outlives the dispatcher's process: numbers, keys and room") {
  Topic topic;
  topic.alice.append(kKey, "1", "one", &kNext);
  topic.alice.prove(kNext);
  World later(log_settings());
  later.store = topic.world.store;
  later.at = topic.world.at;
  later.start_again(log_settings());
  Member bob(later, kLog);
  CHECK(later.dispatcher.counters().log_entries == 1);
  CHECK(bob.prove(kNext) == AnswerStatus::done);
  CHECK(bob.append(kNext, "2", "two").number == 2);
  CHECK(bob.prove(kKey) == AnswerStatus::done);
  bob.read(kKey, 7, 0, Until::drained, frame::Shelf::introductions, 1000);
  CHECK(bob.heard() == Texts{"(answer 1)"});  // superseded
}
