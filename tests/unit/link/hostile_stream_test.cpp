// A stream in hostile hands: bits turned, messages replayed, reflected, cut off, and garbage.

#include <doctest/doctest.h>

#include "support/forged_end.hpp"

using namespace taut;
using namespace taut::test;

namespace {

Bytes with_bit_turned(ByteView bytes, std::size_t bit) {
  Bytes out = to_bytes(bytes);
  out[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
  return out;
}

/// Waits for more bytes until the deadline, if it was led to expect them.
void let_time_pass(End& end) {
  if (end.closed.empty()) end.tick(at(1h));
}

constexpr std::size_t kHelloBytes = 4 + 2 + 1 + 1 + 28;

}  // namespace

TEST_CASE("each bit of Hello and first message: refused, nobody claimed, nothing but one answer") {
  Node alice(1), bob(2);
  End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  const Bytes honest = a.flush();
  const auto attempt = [&](ByteView bytes) {
    End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
    b.receive(bytes);
    const Bytes answer = b.flush();
    let_time_pass(b);
    CHECK(b.link.is_over());
    return std::pair(b.told, answer);
  };
  for (std::size_t bit = 0; bit < honest.size() * 8; ++bit) {
    CAPTURE(bit);
    const auto [told, answer] = attempt(with_bit_turned(honest, bit));
    const std::size_t byte = bit / 8;
    if (byte < 4) {
      CHECK(told == "closed(broken not_taut)");
      CHECK(answer.empty());
    } else if (byte < 6) {
      CHECK(told == "closed(broken version_refused)");
    } else if (byte < 7) {
      CHECK(told == "closed(broken purpose_refused)");
    } else if (byte < kHelloBytes) {
      const bool is_name_length = byte == 7;
      CHECK((told == "closed(broken suite_refused)" || (is_name_length && told != "")));
      CHECK(told.find("claimed") == std::string::npos);
    } else if (byte < kHelloBytes + 2) {
      CHECK(told.find("claimed") == std::string::npos);  // too long, too short, or waiting for the rest
    } else {
      CHECK(told == "closed(broken identity_mismatch)");
      CHECK(answer == Bytes{0, 1, static_cast<Byte>(Refusal::handshake)});
    }
  }
}

TEST_CASE("each bit of the second message: the initiator is not fooled, and its frames stay") {
  TwoEnds ends;
  ends.b.receive(ends.a.flush());
  const Bytes honest = ends.b.flush();
  // Each attempt needs the same initiator again: same seeds, same bytes.
  for (std::size_t bit = 0; bit < honest.size() * 8; ++bit) {
    CAPTURE(bit);
    TwoEnds again;
    CHECK(again.a.link.send(frame_of(10)).has_value());
    again.a.flush();
    again.a.receive(with_bit_turned(honest, bit));
    let_time_pass(again.a);
    CHECK(again.a.authenticated.empty());
    CHECK(again.a.flush().empty());
    if (bit >= 16) CHECK(again.a.told == "closed(broken identity_mismatch)");
  }
  TwoEnds control;
  control.a.flush();
  control.a.receive(honest);
  CHECK(control.a.told == "authenticated");
}

TEST_CASE("each bit of a record: one outcome, no frame") {
  for (std::size_t bit = 0; bit < 8 * (2 + 1 + 2 * 12 + 16); ++bit) {
    CAPTURE(bit);
    TwoEnds ends;
    ends.pump();
    CHECK(ends.a.link.send(frame_of(11)).has_value());
    CHECK(ends.a.link.send(frame_of(11)).has_value());
    const Bytes honest = ends.a.flush();
    REQUIRE(honest.size() == 2 + 1 + 2 * 12 + 16);
    ends.b.receive(with_bit_turned(honest, bit));
    ends.b.receive_end();
    CHECK(ends.b.frames.empty());
    REQUIRE(ends.b.closed.size() == 1);
    if (bit >= 16) CHECK(ends.b.closed[0].error == Error{Errc::unauthentic, reasons::kBadTag});
    CHECK(ends.b.link.is_over());
    CHECK(ends.b.flush().empty());
  }
}

TEST_CASE("a replayed first message claims, and nothing follows from it") {
  Node alice(1), bob(2);
  End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  const Bytes first = a.flush();
  for (int i = 0; i < 3; ++i) {
    End replayed(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
    CHECK(replayed.link.send(frame_of(10)).has_value());
    replayed.receive(first);
    CHECK(replayed.flush().size() < 1000);  // the answer, and no frame
    CHECK(replayed.told == "claimed");
    CHECK(replayed.link.peer() == nullptr);
    CHECK(replayed.link.next_deadline() == at(10s));
    replayed.tick(at(10s));
    CHECK(replayed.told == "claimed closed(late deadline)");
  }
}

TEST_CASE("records replayed, swapped, left out or reflected end the link") {
  const auto told = [](auto meddle) {
    TwoEnds ends;
    ends.pump();
    CHECK(ends.a.link.send(frame_of(1, 1)).has_value());
    const Bytes one = ends.a.flush();
    CHECK(ends.a.link.send(frame_of(1, 2)).has_value());
    const Bytes two = ends.a.flush();
    ends.b.told.clear();
    ends.a.told.clear();
    meddle(ends, one, two);
    return ends.b.told + ends.a.told;
  };
  using Ends = TwoEnds&;
  const std::string bad_tag = "closed(broken bad_tag)";
  CHECK(told([](Ends e, const Bytes& one, const Bytes& two) { e.b.receive(one), e.b.receive(two); }) ==
        "frame frame");
  CHECK(told([](Ends e, const Bytes& one, const Bytes&) { e.b.receive(one), e.b.receive(one); }) ==
        "frame " + bad_tag);
  CHECK(told([](Ends e, const Bytes& one, const Bytes& two) { e.b.receive(two), e.b.receive(one); }) ==
        bad_tag);
  CHECK(told([](Ends e, const Bytes&, const Bytes& two) { e.b.receive(two); }) == bad_tag);
  CHECK(told([](Ends e, const Bytes& one, const Bytes&) { e.a.receive(one); }) == bad_tag);
}

TEST_CASE("a cut is told from an end, wherever it happens") {
  for (const std::size_t keep : {0UL, 1UL, 2UL, 10UL, 30UL}) {
    TwoEnds ends;
    ends.pump();
    CHECK(ends.a.link.send(frame_of(20)).has_value());
    ends.a.link.close({});
    const Bytes all = ends.a.flush();  // a frame's record and the end
    ends.b.receive(ByteView(all).first(keep));
    ends.b.receive_end();
    REQUIRE(ends.b.closed.size() == 1);
    CHECK(ends.b.closed[0].ending == Ending::cut);
    CHECK(ends.b.closed[0].error.reason == reasons::kCut);
    CHECK(ends.b.link.is_over());
  }
  TwoEnds whole;
  whole.pump();
  whole.a.link.close({});
  whole.b.receive(whole.a.flush());
  whole.b.receive_end();
  CHECK(whole.b.closed.size() == 1);
  CHECK(whole.b.closed[0].ending == Ending::clean);
}

TEST_CASE("garbage is refused at the first byte that cannot be right") {
  Node bob(2);
  for (const std::string_view garbage :
       {"GET / HTTP/1.1\r\n", "\x16\x03\x01\x02", "taux", "SSH-2.0", "t\xff"}) {
    End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
    std::size_t taken = 0;
    for (const Byte byte : as_bytes(garbage)) {
      if (!b.closed.empty()) break;
      b.receive(ByteView(&byte, 1));
      ++taken;
    }
    CHECK(b.told == "closed(broken not_taut)");
    CHECK(taken <= 4);
    CHECK(b.flush().empty());
    CHECK(b.link.is_over());
  }
}

TEST_CASE("lengths are refused before their bytes have come") {
  TwoEnds ends;
  const Bytes hello = ends.a.flush();
  Bytes huge(hello.begin(), hello.begin() + kHelloBytes);
  append(huge, Bytes{0xff, 0xff});
  ends.b.receive(huge);
  CHECK(ends.b.told == "closed(broken too_large)");

  TwoEnds initiator;
  initiator.a.flush();
  initiator.a.receive(Bytes{0x10, 0x01});
  CHECK(initiator.a.told == "closed(broken too_large)");

  TwoEnds open;
  open.pump();
  open.b.receive(Bytes{0, 0});
  CHECK(open.b.told == "claimed authenticated closed(broken bad_frame)");
}

TEST_CASE("versions, purposes and suites that are not spoken: both ends say which") {
  struct Case {
    std::uint16_t version;
    Purpose purpose;
    SuiteId suite;
    std::string reason;
  };
  for (const Case& one :
       {Case{2, Purpose::dispatcher, kDefaultSuite, "version_refused"},
        Case{0, Purpose::dispatcher, kDefaultSuite, "version_refused"},
        Case{1, Purpose::channel, kDefaultSuite, "purpose_refused"},
        Case{1, Purpose::dispatcher, SuiteId::p384_aes256gcm_sha384_p384, "suite_refused"}}) {
    Node alice(1), bob(2, std::array{kDefaultSuite});
    Node bobs_other_self(2);
    Remote remote = bobs_other_self.remote(one.suite);
    remote.version = one.version;
    End a(StreamLink::dial(alice.local(), remote, one.purpose, {}, kNoon).value());
    End b(StreamLink::accept(bob.local(), {Purpose::dispatcher, Purpose::peer}, {}, kNoon));
    b.receive(a.flush());
    a.receive(b.flush());
    CHECK(b.told == "closed(broken " + one.reason + ")");
    CHECK(a.told == "closed(refused " + one.reason + ")");
  }
}

TEST_CASE("a suite without a Noise name, or without a key of ours, is not dialled") {
  Node alice(1, std::array{kDefaultSuite}), bob(2);
  const auto dialled = [&](SuiteId suite) {
    Remote remote = bob.remote();
    remote.suite = suite;
    return StreamLink::dial(alice.local(), remote, Purpose::dispatcher, {}, kNoon);
  };
  CHECK(dialled(SuiteId::p521_aes256gcm_sha512_p521).error().reason == reasons::kSuiteRefused);
  CHECK(dialled(SuiteId::p256_aes128gcm_sha256_p256).error().reason == reasons::kSuiteRefused);
  CHECK(remote_of(bob.identity.card(), alice.identity)->suite == kDefaultSuite);
  Node carol(3, std::array{SuiteId::p384_aes256gcm_sha384_p384});
  CHECK(remote_of(carol.identity.card(), alice.identity).error().reason == reasons::kSuiteRefused);
  identity::Card future = bob.identity.card();
  future.versions = {2, 3};
  CHECK(remote_of(future, alice.identity).error().reason == reasons::kVersionRefused);
}
