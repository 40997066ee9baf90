// Over a link to a dispatcher: docs/protocol/topic-log.md.

#include "dispatcher_bench.hpp"
#include "row.hpp"

namespace taut::test {

namespace {

using namespace frame;

constexpr auto kGoodbye = "goodbye violation";
const std::string kL2 =
    "An AppendChunk MUST begin where the last one of its Append ended, and MUST NOT go beyond `size`.";
const std::string kOneAnswer =
    "The answer is `done`, or `refused`: for a bad signature, an unknown key, one that has lapsed, and a log "
    "that is not here.";
const std::string kF15 = "A ReleaseIntroductions MUST name 1 to 64 numbers, ascending.";

const LogId kLog;
const Bytes kEntry(40'000, 3);

crypto::SignatureKeyPair key_pair() { return access_key_pair(AccessSeed()).value(); }
AccessKey key() { return access_key_of(key_pair()); }
AccessProof proof(const SessionId& session) { return prove_log_access(key_pair(), session, kLog).value(); }

Append append_of(std::size_t size, std::size_t chunk_size) {
  return {
      1, kLog, key(), {}, std::nullopt, static_cast<std::uint32_t>(size), ByteView(kEntry).first(chunk_size),
      {}};
}

ReadLog reading(Until until) { return {5, kLog, key(), Shelf::entries, 0, until, 1000, {}}; }

using LogAct = std::function<void(DispatcherBench&)>;
struct LogRow {
  std::string page;
  std::string sentence;
  std::string does;
  std::string expected;
  LogAct act;
};

std::vector<LogRow> rows_of_appends() {
  const std::string page = "topic-log.md";
  return {
      {page, "`size` MUST NOT be over the `message_bytes_max` of the Hello.",
       "appends an entry over the limit", kGoodbye, [](auto& b) { b.say(append_of(100'001, 4)); }},
      {"frames.md",
       "When an Append's `size` is more than the length of its `chunk`, which it MUST NOT be less than, "
       "AppendChunks with the same `request` follow.",
       "appends more bytes than it says", kGoodbye, [](auto& b) { b.say(append_of(3, 4)); }},
      {page, kL2, "leaves a hole in an entry", kGoodbye,
       [](auto& b) {
         b.say(append_of(80'000, 100));
         b.say(AppendChunk{1, 101, ByteView(kEntry).first(10)});
       }},
      {page, kL2, "appends beyond the size", kGoodbye,
       [](auto& b) {
         b.say(append_of(200, 100));
         b.say(AppendChunk{1, 100, ByteView(kEntry).first(101)});
       }},
      {page, "One whose `request` belongs to no Append is ignored.", "goes on with an entry that is none",
       "ignored", [](auto& b) { b.say(AppendChunk{9, 0, ByteView(kEntry).first(10)}); }},
      {page, "A node MUST NOT begin an Append with the `request` of one that is unfinished.",
       "begins an entry under the request of another", kGoodbye,
       [](auto& b) {
         b.say(append_of(80'000, 100));
         b.say(append_of(80'000, 100));
       }},
      {page, "not under a key proven here that is open: `refused`.", "appends without a proof",
       "appended refused", [](auto& b) { b.say(append_of(4, 4)); }},
  };
}

std::vector<LogRow> rows_of_access() {
  const std::string page = "topic-log.md";
  SessionId other;
  other.fill()[0] = 1;
  return {
      {page, kOneAnswer, "proves a key of a log that is not here", "answer refused",
       [](auto& b) { b.say(ProveAccess{1, kLog, key(), proof({}), {}}); }},
      {page, kOneAnswer, "shows a proof of another link", "answer refused",
       [other](auto& b) {
         b.say(OpenLog{1, kLog, key(), proof({}), 0, 0, {}});
         b.say(ProveAccess{2, kLog, key(), proof(other), {}});
       }},
      {page, "A key that was not proven here: `refused`.", "reads without a proof", "answer refused",
       [](auto& b) { b.say(reading(Until::closed)); }},
      {page, "A ReadLog MUST NOT have the `request` of a reading that lasts on this link.",
       "begins a reading under the request of another", kGoodbye,
       [](auto& b) {
         b.say(OpenLog{1, kLog, key(), proof({}), 0, 0, {}});
         b.say(reading(Until::closed));
         b.say(reading(Until::closed));
       }},
      {page, "A cursor beyond the end waits there.", "reads beyond the end", "drained",
       [](auto& b) {
         b.say(OpenLog{1, kLog, key(), proof({}), 0, 0, {}});
         ReadLog beyond = reading(Until::drained);
         beyond.after = ~LogNumber{0};
         b.say(beyond);
       }},
      {page, "Strangers get one answer, Introduced, at once", "introduces itself to nobody", "introduced",
       [](auto& b) { b.say(Introduce{1, kLog, {}, 0, as_bytes("it is me"), {}}); }},
      {"frames.md", kF15, "takes out no introduction", kGoodbye,
       [](auto& b) { b.say(ReleaseIntroductions{1, kLog, key(), {}, {}}); }},
      {"frames.md", kF15, "takes out introductions in falling order", kGoodbye,
       [](auto& b) { b.say(ReleaseIntroductions{1, kLog, key(), {2, 1}, {}}); }},
      {"frames.md", "A node MUST NOT send a frame that the table gives to dispatchers.",
       "says entries to a dispatcher", kGoodbye,
       [](auto& b) { b.say(LogEntries{1, {{1, {}, 4, ByteView(kEntry).first(4)}}}); }},
  };
}

}  // namespace

Rows log_rows(Over over) {
  Rows rows;
  for (const auto& table : {rows_of_appends(), rows_of_access()}) {
    for (const LogRow& one : table) {
      const std::string suffix = over == Over::stream ? " (stream)" : " (datagrams)";
      rows.push_back({one.page, one.sentence, one.does + suffix, one.expected, [over, act = one.act] {
                        DispatcherBench bench(over);
                        bench.connect();
                        act(bench);
                        return bench.outcome();
                      }});
    }
  }
  return rows;
}

}  // namespace taut::test
