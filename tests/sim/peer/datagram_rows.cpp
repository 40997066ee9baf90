// The packets of a link over datagrams: docs/protocol/datagram.md.

#include "packet_forger.hpp"
#include "row.hpp"

namespace taut::test {

namespace {

using namespace datagram;

const std::string kSilence =
    "Whatever a receiver cannot use it drops, counts, and does not answer: there is one answer on UDP, "
    "silence.";
const std::string kViolations =
    "Bytes beyond the window or the end, an end that moves, an end inside a frame, or an acknowledgement of "
    "a number "
    "that was not sent are violations: the link ends, with a close segment.";
const std::string kOld =
    "A receiver drops numbers that it accepted before and numbers more than 8,192 below the newest; it looks "
    "only after "
    "the tag held, and changes no state before.";

std::string counted(PacketForger& forger) {
  const Counters& now = forger.endpoint().counters();
  std::string what = forger.answers.empty() ? "silence" : "an answer";
  if (now.malformed > 0) what += ", counted as malformed";
  if (now.unknown_session > 0) what += ", counted as of no session";
  if (now.refused > 0) what += ", counted as refused";
  return what;
}

void handshakes(Rows& rows) {
  const auto add = [&](std::string sentence, std::string does, std::string expected,
                       std::function<std::string(PacketForger&)> act) {
    rows.push_back(
        {"datagram.md", std::move(sentence), std::move(does), std::move(expected), [act = std::move(act)] {
           PacketForger forger;
           return act(forger);
         }});
  };
  add(kSilence, "sends a packet of a type that is none", "silence, counted as malformed",
      [](PacketForger& f) {
        f.give(Bytes{9, 1, 2, 3});
        return counted(f);
      });
  add(kSilence, "sends data to a session that is not there", "silence, counted as of no session",
      [](PacketForger& f) {
        f.give(Bytes(40, 4));
        return counted(f);
      });
  add("A responder MUST drop an Initiation whose mac1 does not hold, before any Diffie-Hellman.",
      "calls with a mac1 that does not hold", "silence, counted as refused", [](PacketForger& f) {
        Bytes packet = f.initiation();
        packet[packet.size() - 20] ^= 1;
        f.give(packet);
        return counted(f);
      });
  add("A responder answers the same Initiation from the same address with the same Response; it MUST NOT run "
      "a second handshake for it.",
      "calls twice with the same packet", "the same answer, one handshake", [](PacketForger& f) {
        const Bytes packet = f.initiation();
        f.give(packet);
        const Bytes first = f.answers.at(0);
        f.give(packet);
        const bool is_same = f.answers.at(0) == first && f.endpoint().counters().handshakes == 1;
        return std::string(is_same ? "the same answer, one handshake" : "another answer");
      });
  add("The responder MUST treat the link as open only after a Data packet under the new index was authentic: "
      "a replayed Initiation opens nothing and replaces nothing.",
      "calls, and says nothing more", "no link", [](PacketForger& f) {
        f.give(f.initiation());
        return std::string(f.told.empty() && f.endpoint().link_count() == 0 ? "no link" : "a link");
      });
  add("At most 2 half-open handshakes are kept for one node, of which the oldest makes room for a third",
      "calls three times at once", "an answer", [](PacketForger& f) {
        for (int i = 0; i < 3; ++i) f.give(f.initiation());
        return counted(f);
      });
  add("an Initiation with `resumes` set to the responder's current index, answered only if the same node "
      "began that session.",
      "renews a session that is not there", "silence, counted as refused", [](PacketForger& f) {
        f.give(f.initiation(77));
        return counted(f);
      });
}

void numbers(Rows& rows) {
  const auto add = [&](std::string does, std::string expected, std::function<void(PacketForger&)> act) {
    rows.push_back({"datagram.md", kOld, std::move(does), std::move(expected), [act = std::move(act)] {
                      PacketForger forger;
                      forger.open();
                      act(forger);
                      return forger.told + (forger.answers.empty() ? ", silence" : ", an answer");
                    }});
  };
  const Bytes ping{static_cast<Byte>(SegmentType::ping)};
  add("uses a number twice", "authenticated, silence",
      [ping](PacketForger& f) { f.give(f.data(0, ByteView(ping))); });
  add("uses a number that is 8,193 below the newest", "authenticated, silence", [ping](PacketForger& f) {
    f.give(f.data(9000, ByteView(ping)));
    f.give(f.data(9000 - 8193, ByteView(ping)));
  });
  add("bends a packet of a session", "authenticated, silence", [ping](PacketForger& f) {
    Bytes packet = f.data(1, ByteView(ping));
    packet.back() ^= 1;
    f.give(packet);
  });
}

void segments(Rows& rows) {
  const auto add = [&](std::string sentence, std::string does, std::function<void(wire::Writer&)> write,
                       std::string reason = "bad_frame") {
    rows.push_back({"datagram.md", std::move(sentence), std::move(does),
                    "authenticated closed " + reason + ", a close segment", [write = std::move(write)] {
                      PacketForger forger;
                      forger.open();
                      forger.give(forger.data(1, write));
                      return forger.told +
                             (forger.has_heard_close ? ", a close segment" : ", no close segment");
                    }});
  };
  const auto offset = [](SegmentType type, std::uint64_t at) {
    return [=](wire::Writer& out) { write_offset(out, type, at); };
  };
  const auto stream = [](std::uint64_t at, Bytes bytes) {
    return [=](wire::Writer& out) { write_stream(out, {at, bytes}); };
  };
  add("An unknown type is a violation and ends the link.", "sends a segment of a type that is none",
      [](wire::Writer& out) { out.u8(99); });
  add(kViolations, "sends bytes beyond the window", stream(262'144, Bytes(1)), "too_large");
  add(kViolations, "moves its end", [=](wire::Writer& out) {
    offset(SegmentType::end, 100)(out);
    offset(SegmentType::end, 101)(out);
  });
  add(kViolations, "sends bytes beyond its end", [=](wire::Writer& out) {
    offset(SegmentType::end, 2)(out);
    stream(2, Bytes(1))(out);
  });
  add(kViolations, "ends inside a frame", [=](wire::Writer& out) {
    stream(0, Bytes{0, 5, 1})(out);
    offset(SegmentType::end, 3)(out);
  });
  add(kViolations, "acknowledges what was not sent",
      [](wire::Writer& out) { out.u8(2).u64(5'000).u32(0).u16(0).vector({}); });
  add("`uint64 offset; opaque bytes<V>;` not empty", "sends a stream segment of no bytes",
      [](wire::Writer& out) { out.u8(3).u64(0).vector({}); });
  add("Each direction is one stream of bytes: frames, each behind a `uint16` size of 1 to 61,440.",
      "sends a frame of no bytes in datagrams", stream(0, Bytes{0, 0}));
  add("Each direction is one stream of bytes: frames, each behind a `uint16` size of 1 to 61,440.",
      "announces a frame of 61,441 bytes in datagrams", stream(0, Bytes{0xf0, 0x01}));
}

}  // namespace

Rows datagram_rows() {
  Rows rows;
  handshakes(rows);
  numbers(rows);
  segments(rows);
  return rows;
}

}  // namespace taut::test
