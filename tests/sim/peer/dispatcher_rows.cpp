// Over a link to a dispatcher: docs/protocol/frames.md and dispatcher.md.

#include "dispatcher_bench.hpp"
#include "row.hpp"

namespace taut::test {

namespace {

using namespace frame;

constexpr auto kSentAway = "goodbye violation";
const std::string kF2 =
    "A frame MUST end where its last field ends: cut frames and trailing bytes are refused.";
const std::string kF3 =
    "Lengths MUST be encoded minimally, enumerations MUST hold a listed value, vectors MUST keep the bounds "
    "given "
    "with them.";
const std::string kF5 =
    "Extensions MUST ascend strictly by type. An unknown one is ignored, unless the top bit of its type is "
    "set: then "
    "the frame MUST be refused, which is a violation.";
const std::string kF4 =
    "A type whose top bit is set (0x80–0xff) and that the receiver does not know MUST be ignored. An unknown "
    "type "
    "below 0x80 is a violation.";
const std::string kF11 =
    "A Release MUST name 1 to 1,024 ranges with first ≤ last, ascending and not touching: one encoding for "
    "one set of "
    "numbers.";
const std::string kP2 =
    "A PutChunk MUST begin where the last one of its upload ended, and MUST NOT go beyond `size`.";

using Act = std::function<void(DispatcherBench&)>;

Bytes with_byte(Bytes frame, std::size_t at, Byte value) {
  frame.at(at) = value;
  return frame;
}

template <class Body>
Bytes longer(const Body& body) {
  Bytes frame = written(body);
  frame.push_back(0);
  return frame;
}

template <class Body>
Bytes cut(const Body& body) {
  Bytes frame = written(body);
  frame.pop_back();
  return frame;
}

Put put_of(std::size_t size, ByteView chunk, RequestId request = 1) {
  Put put;
  put.request = request;
  put.inbox = DispatcherBench::stranger();
  put.size = static_cast<std::uint32_t>(size);
  put.chunk = chunk;
  return put;
}

const Bytes kBody(40'000, 3);
constexpr std::size_t kWhole = 80'000;
ByteView piece(std::size_t size) { return ByteView(kBody).first(size); }

class Table {
 public:
  explicit Table(Over over) : over_(over), suffix_(over == Over::stream ? " (stream)" : " (datagrams)") {}
  void row(std::string page, std::string sentence, const std::string& does, std::string expected, Act act) {
    rows.push_back({std::move(page), std::move(sentence), does + suffix_, std::move(expected),
                    [over = over_, act = std::move(act)] {
                      DispatcherBench bench(over);
                      bench.connect();
                      act(bench);
                      return bench.outcome();
                    }});
  }
  void frames(std::string sentence, const std::string& does, std::string expected, Act act) {
    row("frames.md", std::move(sentence), does, std::move(expected), std::move(act));
  }
  void rules(std::string sentence, const std::string& does, std::string expected, Act act) {
    row("dispatcher.md", std::move(sentence), does, std::move(expected), std::move(act));
  }
  Rows rows;

 private:
  Over over_;
  std::string suffix_;
};

void forms(Table& table) {
  table.frames(kF2, "cuts a frame short", kSentAway, [](auto& b) { b.say_bytes(cut(Ping{1})); });
  table.frames(kF2, "adds a byte to a frame", kSentAway, [](auto& b) { b.say_bytes(longer(Ping{1})); });
  table.frames(kF3, "encodes a length in two bytes that fits one", kSentAway, [](auto& b) {
    Bytes frame = cut(Subscribe{1, Until::drained, 100, {}});
    frame.insert(frame.end(), {0x40, 0x00});
    b.say_bytes(frame);
  });
  table.frames(kF3, "gives an enumeration a value that is not listed", kSentAway,
               [](auto& b) { b.say_bytes(with_byte(written(Subscribe{1, Until::drained, 100, {}}), 5, 7)); });
  table.frames(kF3, "puts a message of no bytes", kSentAway, [](auto& b) { b.say(put_of(0, {})); });
  table.frames(kF4, "sends a frame of an unknown type below 0x80", kSentAway,
               [](auto& b) { b.say_bytes(Bytes{0x7f, 1, 2}); });
  table.frames(kF4, "sends a frame of an unknown type above 0x80", "ignored",
               [](auto& b) { b.say_bytes(Bytes{0x85, 1, 2}); });
  table.frames(kF5, "gives extensions in falling order", kSentAway,
               [](auto& b) { b.say(Subscribe{1, Until::drained, 100, {{9, {}}, {4, {}}}}); });
  table.frames(kF5, "adds a critical extension that nobody knows", kSentAway,
               [](auto& b) { b.say(Subscribe{1, Until::drained, 100, {{0x8042, {}}}}); });
  table.frames(kF5, "adds an extension that nobody knows", "answer refused",
               [](auto& b) { b.say(PublishCard{1, as_bytes("no card"), {{0x42, {}}}}); });
}

void phases(Table& table) {
  table.frames("A node MUST NOT send a frame that the table gives to dispatchers.",
               "says hello like a dispatcher", kSentAway, [](auto& b) {
                 Hello hello;
                 hello.message_bytes_max = 1;
                 b.say(hello);
               });
  table.frames("A node MUST NOT send a frame that the table gives to dispatchers.",
               "delivers to a dispatcher", kSentAway,
               [](auto& b) { b.say(Delivery{1, {}, {}, 4, piece(4), {}}); });
  table.frames("A Pong that nobody asked for is ignored.", "says pong unasked", "ignored",
               [](auto& b) { b.say(Pong{4}); });
  table.rows.push_back(
      {"frames.md", "A node MUST NOT send anything but Goodbye before the Hello.",
       std::string("speaks before the hello") +
           (table.rows.back().does.ends_with("(stream)") ? " (stream)" : " (datagrams)"),
       kSentAway, [over = table.rows.back().does.ends_with("(stream)") ? Over::stream : Over::datagram] {
         DispatcherBench bench(over);
         bench.hold_store();
         bench.connect();
         bench.say(Ping{1});
         return bench.outcome();
       }});
  table.frames("A node MUST NOT have more than 256 questions open.", "opens 257 questions", kSentAway,
               [](auto& b) {
                 b.hold_store();
                 for (RequestId i = 1; i <= 257; ++i) b.say(OutcomeQuery{i, b.peer_id(), {}, {}});
               });
}

void puts(Table& table) {
  table.frames("`size` MUST be at least the length of `chunk`.", "puts more bytes than it says", kSentAway,
               [](auto& b) { b.say(put_of(3, piece(4))); });
  table.rules("`size` MUST NOT be over the `message_bytes_max` of the Hello.",
              "puts a message over the limit", kSentAway, [](auto& b) { b.say(put_of(100'001, piece(4))); });
  table.rules(kP2, "leaves a hole in an upload", kSentAway, [](auto& b) {
    b.say(put_of(kWhole, piece(100)));
    b.say(PutChunk{1, 101, piece(10)});
  });
  table.rules(kP2, "uploads beyond the size", kSentAway, [](auto& b) {
    b.say(put_of(200, piece(100)));
    b.say(PutChunk{1, 100, piece(101)});
  });
  table.rules("A PutChunk whose `request` belongs to no upload is ignored",
              "goes on with an upload that is none", "ignored",
              [](auto& b) { b.say(PutChunk{9, 0, piece(10)}); });
  table.rules("A node MUST NOT begin an upload with the `request` of one that is unfinished.",
              "begins an upload under the request of another", kSentAway, [](auto& b) {
                b.say(put_of(kWhole, piece(100)));
                b.say(put_of(kWhole, piece(100)));
              });
  table.rules("An inbox that is not here, whose owner is revoked, or into which the sender may not put",
              "writes to an inbox that is not here", "outcome declined",
              [](auto& b) { b.say(put_of(4, piece(4))); });
}

void inboxes(Table& table) {
  table.rules("Credit that is outstanding MUST NOT grow beyond `credit_bytes_max`.",
              "grants more credit than may be", kSentAway, [](auto& b) {
                b.say(Credit{4U << 20});
                b.say(Credit{1});
              });
  table.rules(
      "A node MUST NOT release a number above the highest that was delivered to it on this link (of each "
      "kind).",
      "releases what was not delivered to it", kSentAway, [](auto& b) {
        b.bystander_writes(10);
        b.say(Release{1, {{1, 1}}, {}});
      });
  table.frames(kF11, "releases nothing", kSentAway, [](auto& b) { b.say(Release{1, {}, {}}); });
  table.frames(kF11, "releases a range that runs backwards", kSentAway,
               [](auto& b) { b.say(Release{1, {{2, 1}}, {}}); });
  table.frames(kF11, "releases ranges that touch", kSentAway,
               [](auto& b) { b.say(Release{1, {{1, 1}, {2, 3}}, {}}); });
  table.frames(kF11, "releases ranges that fall", kSentAway,
               [](auto& b) { b.say(Release{1, {{9, 9}, {1, 1}}, {}}); });
  table.frames(kF11, "releases 1,025 ranges", kSentAway, [](auto& b) {
    Release release{1, {}, {}};
    for (QueueNumber i = 0; i < 1025; ++i) release.ranges.push_back({2 * i + 1, 2 * i + 1});
    b.say(release);
  });
  table.rules("Another's card, one that does not verify, or one that has expired: `refused`.",
              "publishes a card that does not verify", "answer refused",
              [](auto& b) { b.say(PublishCard{1, as_bytes("no card at all"), {}}); });
}

}  // namespace

Rows dispatcher_rows(Over over) {
  Table table(over);
  forms(table);
  phases(table);
  puts(table);
  inboxes(table);
  return std::move(table.rows);
}

}  // namespace taut::test
