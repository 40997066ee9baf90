// Over a link from a node: what a dispatcher may not say (docs/protocol/frames.md, node.md).

#include "node_bench.hpp"
#include "row.hpp"

namespace taut::test {

namespace {

using namespace frame;

const std::string kF8 = "The dispatcher's first frame is Hello or Goodbye.";
const std::string kF10 =
    "Chunks of one message follow one another without a gap, and no other Delivery comes between them; a "
    "node MUST "
    "treat anything else as a broken link.";
const std::string kAnswers = "`request` in a question comes back in its answer.";

class Table {
 public:
  explicit Table(Over over) : over_(over), suffix_(over == Over::stream ? " (stream)" : " (datagrams)") {}
  void row(std::string page, std::string sentence, const std::string& does, std::string expected,
           std::function<void(NodeBench&)> act) {
    rows.push_back({std::move(page), std::move(sentence), "dispatcher " + does + suffix_, std::move(expected),
                    [over = over_, act = std::move(act)] {
                      NodeBench bench(over);
                      act(bench);
                      return bench.outcome();
                    }});
  }
  /// After an honest hello.
  void frames(std::string sentence, const std::string& does, std::string expected,
              std::function<void(NodeBench&)> act) {
    row("frames.md", std::move(sentence), does, std::move(expected),
        [act = std::move(act)](NodeBench& bench) {
          bench.say_hello();
          act(bench);
        });
  }
  Rows rows;

 private:
  Over over_;
  std::string suffix_;
};

void greetings(Table& table) {
  table.row("frames.md", kF8, "answers before its hello", "violation not_now",
            [](auto& b) { b.say(Answer{1, AnswerStatus::done, {}}); });
  table.frames(kF8, "says hello twice", "violation not_now", [](auto& b) { b.say_hello(); });
  table.row("frames.md", "uint16 version; 1", "speaks another version", "incompatible suite_refused",
            [](auto& b) {
              Hello hello;
              hello.version = 2;
              hello.message_bytes_max = 1;
              b.say(hello);
            });
  table.row("frames.md",
            "Extensions MUST ascend strictly by type. An unknown one is ignored, unless the top bit of its "
            "type is set: then "
            "the frame MUST be refused, which is a violation.",
            "adds a critical extension to its hello", "incompatible bad_frame", [](auto& b) {
              Hello hello;
              hello.message_bytes_max = 1;
              hello.extensions = {{0x8001, {}}};
              b.say(hello);
            });
}

void forms(Table& table) {
  const std::string f4 =
      "A type whose top bit is set (0x80–0xff) and that the receiver does not know MUST be ignored. An "
      "unknown type below "
      "0x80 is a violation.";
  table.frames(f4, "sends a frame of an unknown type below 0x80", "violation unknown_frame",
               [](auto& b) { b.say_bytes(Bytes{0x7e}); });
  table.frames(f4, "sends a frame of an unknown type above 0x80", "done", [](auto& b) {
    b.say_bytes(Bytes{0x90, 1});
    b.say_drained();
  });
  table.frames("A frame MUST end where its last field ends: cut frames and trailing bytes are refused.",
               "adds a byte to a frame", "malformed bad_frame", [](auto& b) {
                 Bytes ping = written(Ping{1});
                 ping.push_back(0);
                 b.say_bytes(ping);
               });
  table.frames("node → dispatcher", "subscribes at a node", "violation not_now",
               [](auto& b) { b.say(Subscribe{1, Until::drained, 10, {}}); });
  table.frames("A Pong that nobody asked for is ignored.", "says pong unasked", "done", [](auto& b) {
    b.say(Pong{1});
    b.say_drained();
  });
}

void answers(Table& table) {
  table.frames(kAnswers, "answers a question that nobody asked", "violation not_now",
               [](auto& b) { b.say(Answer{4711, AnswerStatus::done, {}}); });
  table.frames(kAnswers, "gives an outcome to who put nothing", "violation not_now",
               [](auto& b) { b.say(Outcome{b.subscribe_request(), {}, OutcomeState::stored, 0, {}}); });
  table.frames(kAnswers, "answers one question twice", "hung up, shows one", [](auto& b) {
    const Bytes one = b.envelope("one");
    (void)b.envelope("two");  // never delivered: the node stays to wait for it
    const Bytes held = b.envelope("three");
    b.deliver(1, one);
    b.deliver(2, held);
    b.say_drained();
    const RequestId answered = b.subscribe_request();
    b.say(Drained{answered, 0, {}});
    b.say(Drained{answered, 0, {}});
  });
}

void deliveries(Table& table) {
  table.frames(kF10, "goes on with a message that it did not begin", "violation not_now",
               [](auto& b) { b.say(DeliveryChunk{1, 0, as_bytes("chunk")}); });
  table.frames(kF10, "delivers another message in the middle of one", "violation not_now", [](auto& b) {
    b.say(Delivery{1, {}, {}, 100, as_bytes("the first bytes"), {}});
    b.say(Delivery{2, {}, {}, 5, as_bytes("whole"), {}});
  });
  table.frames(kF10, "leaves a hole between chunks", "violation not_now", [](auto& b) {
    b.say(Delivery{1, {}, {}, 100, as_bytes("0123456789"), {}});
    b.say(DeliveryChunk{1, 11, as_bytes("more")});
  });
  table.frames(kF10, "delivers more than it said", "violation not_now", [](auto& b) {
    b.say(Delivery{1, {}, {}, 12, as_bytes("0123456789"), {}});
    b.say(DeliveryChunk{1, 10, as_bytes("more")});
  });
  table.frames(kF10, "says drained in the middle of a message", "violation not_now", [](auto& b) {
    b.say(Delivery{1, {}, {}, 100, as_bytes("0123456789"), {}});
    b.say_drained();
  });
  table.row("dispatcher.md", "It begins only while credit is above zero, and may overdraw it",
            "delivers without credit", "violation not_now", [](auto& b) {
              b.say_hello();
              const Bytes large(9'990, 1);
              b.say_together({written(Delivery{1, {}, {}, 9'990, large, {}}),
                              written(Delivery{2, {}, {}, 9'990, large, {}})});
            });
}

void entries(Table& table) {
  const std::string f14 =
      "A node MUST treat anything else as a broken link, and so entries of no reading of its own, and "
      "numbers "
      "that do not grow within a reading.";
  table.frames(f14, "sends entries of a reading that is none", "violation not_now",
               [](auto& b) { b.say(LogEntries{b.subscribe_request(), {{1, {}, 5, as_bytes("whole")}}}); });
  table.frames(f14, "goes on with an entry that it did not begin", "violation not_now",
               [](auto& b) { b.say(LogEntryChunk{b.subscribe_request(), 1, 0, as_bytes("chunk")}); });
  table.frames(f14, "ends a reading that is none", "violation not_now",
               [](auto& b) { b.say(ReadingEnded{4711, {}}); });
}

void messages(Table& table) {
  table.row("node.md",
            "A message ID that was seen before from its sender is a duplicate and changes nothing.",
            "delivers a message twice", "done, shows once", [](auto& b) {
              b.say_hello();
              const Bytes envelope = b.envelope("once");
              b.deliver(1, envelope);
              b.deliver(2, envelope);
              b.say_drained();
            });
  table.row("node.md", "What did not open is released too, and counted.",
            "delivers a message that it made up", "done", [](auto& b) {
              b.say_hello();
              b.deliver(1, Bytes(600, 1));
              b.say_drained();
            });
  table.row("envelope.md",
            "There is **one answer** (`bad_envelope`) for everything that can be wrong, from a foreign "
            "format to a bad signature",
            "bends a message", "done", [](auto& b) {
              b.say_hello();
              Bytes envelope = b.envelope("bent");
              envelope[envelope.size() / 2] ^= 1;
              b.deliver(1, envelope);
              b.say_drained();
            });
}

}  // namespace

Rows node_rows(Over over) {
  Table table(over);
  greetings(table);
  forms(table);
  answers(table);
  deliveries(table);
  entries(table);
  messages(table);
  return std::move(table.rows);
}

}  // namespace taut::test
