#include <doctest/doctest.h>

#include "node/session.hpp"
#include "support/people.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

constexpr Instant kStart{std::chrono::seconds(1000)};
constexpr LogId kLog;
constexpr frame::AccessKey kKey;

struct LogTalk {
  Session session{kStart};

  LogTalk() {
    frame::Hello hello;
    hello.message_bytes_max = frame::kMessageBytesMax;
    hello.put_bytes_max = 1 << 20;
    hello.credit_bytes_max = 5'000;
    hello.idle_s = 90;
    REQUIRE(hears(hello).has_value());
  }

  template <class Body>
  Result<std::optional<SessionEvent>> hears(const Body& body) {
    return session.receive(frame::written(body), kStart);
  }
  template <class Event, class Body>
  Event event(const Body& body) {
    return std::get<Event>(hears(body).value().value());
  }
  template <class Body>
  void refuses(const Body& body) {
    const auto result = hears(body);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == Errc::violation);
  }
  frame::RequestId read(frame::Until until, frame::LogNumber after = 0) {
    const auto reading = session.read_log(kLog, kKey, frame::Shelf::entries, after, until);
    session.take_frames(kStart);
    return reading;
  }
};

frame::LogEntries entries(frame::RequestId reading, frame::LogNumber number, ByteView chunk,
                          std::size_t size) {
  return {reading, {{number, {}, static_cast<std::uint32_t>(size), chunk}}};
}

}  // namespace

TEST_CASE("what is asked of logs is answered each in its way, and in no other") {
  LogTalk talk;
  const auto open = talk.session.open_log(kLog, kKey, {}, {std::chrono::hours(1), 7});
  const auto prove = talk.session.prove_access(kLog, kKey, {});
  const auto append = talk.session.append_entry(kLog, kKey, {}, Bytes(10));
  const auto introduce = talk.session.introduce(kLog, {}, std::chrono::hours(1), Bytes(10));
  const auto claim = talk.session.claim_key_package({}, 1);
  const auto count = talk.session.count_key_packages();
  CHECK(talk.event<Answered>(frame::Answer{open, frame::AnswerStatus::done, {}}).request == open);
  CHECK(talk.event<Answered>(frame::Answer{prove, frame::AnswerStatus::refused, {}}).request == prove);
  SUBCASE("an answer to an append") { talk.refuses(frame::Answer{append, frame::AnswerStatus::done, {}}); }
  SUBCASE("an answer to an introduction") {
    talk.refuses(frame::Answer{introduce, frame::AnswerStatus::done, {}});
  }
  SUBCASE("a package for who counted") { talk.refuses(frame::KeyPackageAnswer{count, std::nullopt, {}}); }
  SUBCASE("as they should be") {
    const frame::Appended stored{append, frame::AppendState::stored, 5, 0, {}};
    CHECK(talk.event<EntryAppended>(stored).number == 5);
    CHECK(talk.event<IntroductionTaken>(frame::Introduced{introduce, {}}).request == introduce);
    const Bytes package(20, 1);
    CHECK(talk.event<KeyPackageClaimed>(frame::KeyPackageAnswer{claim, ByteView(package), {}}).package ==
          package);
    const frame::KeyPackageCounts counts{count, {{1, 2, 3}}, {}};
    CHECK(talk.event<KeyPackagesCounted>(counts).counts == counts.counts);
    talk.refuses(stored);
  }
  SUBCASE("low stock is said unasked") {
    const frame::KeyPackageNotice notice{{{1, 2, 3}}, {}};
    CHECK(talk.event<KeyPackagesLow>(notice).counts == notice.counts);
  }
}

TEST_CASE("an entry of any size goes out in chunks, and counts in the window of puts") {
  LogTalk talk;
  const Bytes entry(2 * frame::kChunkBytesMax + 5, 3);
  const auto append = talk.session.append_entry(kLog, kKey, {}, entry);
  const std::vector<Bytes> frames = talk.session.take_frames(kStart);
  REQUIRE(frames.size() == 3);
  CHECK(std::get<frame::Append>(frame::parse(frames[0]).value()).size == entry.size());
  const auto last = std::get<frame::AppendChunk>(frame::parse(frames[2]).value());
  CHECK(last.offset == 2 * frame::kChunkBytesMax);
  CHECK(last.chunk.size() == 5);
  CHECK_FALSE(talk.session.has_room_for((1 << 20) - entry.size()));
  talk.event<EntryAppended>(frame::Appended{append, frame::AppendState::full, 0, 1, {}});
  CHECK(talk.session.has_room_for((1 << 20) - entry.size()));
}

TEST_CASE("a reading: entries in order, within credit, until it is over") {
  LogTalk talk;
  const auto reading = talk.read(frame::Until::closed, 3);
  const Bytes part(1000, 1);
  CHECK(talk.event<EntriesRead>(entries(reading, 4, part, 1000)).entries[0].entry == part);
  SUBCASE("not again, nor what is behind the cursor") {
    talk.refuses(entries(reading, 4, part, 1000));
    talk.refuses(entries(reading, 2, part, 1000));
  }
  SUBCASE("of another reading") { talk.refuses(entries(reading + 1, 5, part, 1000)); }
  SUBCASE("in chunks") {
    CHECK_FALSE(talk.hears(entries(reading, 5, part, 1500)).value().has_value());
    SUBCASE("whole") {
      const frame::LogEntryChunk rest{reading, 5, 1000, ByteView(part).first(500)};
      CHECK(talk.event<EntriesRead>(rest).entries[0].entry == Bytes(1500, 1));
    }
    SUBCASE("a hole") { talk.refuses(frame::LogEntryChunk{reading, 5, 1001, part}); }
    SUBCASE("too much") { talk.refuses(frame::LogEntryChunk{reading, 5, 1000, part}); }
    SUBCASE("of another entry") { talk.refuses(frame::LogEntryChunk{reading, 6, 1000, part}); }
    SUBCASE("another in between") { talk.refuses(entries(reading, 6, part, 1000)); }
    SUBCASE("drained in between") { talk.refuses(frame::LogDrained{reading, 5, 0, {}}); }
  }
  SUBCASE("beyond the credit") {
    talk.event<EntriesRead>(entries(reading, 5, Bytes(4000), 4000));
    talk.refuses(entries(reading, 6, part, 1000));
  }
  SUBCASE("credit is returned") {
    talk.event<EntriesRead>(entries(reading, 5, Bytes(4000), 4000));
    talk.session.return_credit(4000);
    talk.event<EntriesRead>(entries(reading, 6, part, 1000));
  }
  SUBCASE("drained, it goes on; ended, it does not") {
    CHECK(talk.event<ReadingDrained>(frame::LogDrained{reading, 4, 2, {}}).gone == 2);
    talk.event<EntriesRead>(entries(reading, 5, part, 1000));
    const auto end = talk.session.end_reading(reading);
    talk.event<EntriesRead>(entries(reading, 6, part, 1000));  // was on its way
    talk.event<Answered>(frame::Answer{end, frame::AnswerStatus::done, {}});
    talk.refuses(entries(reading, 7, part, 1000));
  }
  SUBCASE("the dispatcher ends it, answered or not") {
    CHECK(talk.event<ReadingOver>(frame::ReadingEnded{reading, {}}).reading == reading);
    talk.refuses(entries(reading, 5, part, 1000));
    talk.refuses(frame::ReadingEnded{reading, {}});
    CHECK(talk.session.next_deadline() == kStart + std::chrono::seconds(30));  // no answer is owed
  }
}

TEST_CASE("a reading until drained is over with its drained, one that is refused with that") {
  LogTalk talk;
  const auto first = talk.read(frame::Until::drained);
  talk.event<ReadingDrained>(frame::LogDrained{first, 0, 0, {}});
  talk.refuses(entries(first, 1, Bytes(1), 1));
  const auto second = talk.read(frame::Until::closed);
  talk.event<Answered>(frame::Answer{second, frame::AnswerStatus::refused, {}});
  talk.refuses(entries(second, 1, Bytes(1), 1));
}
