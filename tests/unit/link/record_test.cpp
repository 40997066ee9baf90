#include "link/record.hpp"

#include <doctest/doctest.h>

#include "support/forged_end.hpp"

using namespace taut;
using namespace taut::test;

namespace {

noise::CipherState keyed() {
  noise::CipherState state(crypto::AeadId::aes256gcm);
  state.initialize_key(noise::CipherKey{});
  return state;
}

/// Opens what a sender with our key says, whatever it is.
Result<OpenedRecord> opened(ByteView plaintext) {
  noise::CipherState sender = keyed();
  Bytes message(plaintext.size() + noise::kTagBytes);
  CHECK(sender.encrypt_with_ad({}, plaintext, message));
  RecordOpener opener(keyed());
  return opener.open(message);
}

Bytes with_frame(Byte kind, std::size_t size) {
  Bytes out{kind};
  wire::Writer(out).vector(frame_of(size));
  return out;
}

}  // namespace

TEST_CASE("plaintexts behind the tag: what is no record is refused") {
  CHECK(opened(with_frame(0, 5)).has_value());
  CHECK(opened(with_frame(1, 5)).has_value());
  CHECK(opened(Bytes{0}).value().frames.empty());
  CHECK(opened(with_frame(0, kFrameBytesMax)).has_value());
  CHECK(opened(Bytes{2, 0}).value().end == EndCode::done);
  CHECK(opened(Bytes{2, 1}).value().end == EndCode::identity_refused);
  CHECK(opened(Bytes{2, 77}).value().end == EndCode::done);

  for (const Bytes& bad : {Bytes{}, Bytes{3}, Bytes{0xff}, Bytes{2}, Bytes{2, 0, 0}, Bytes{0, 0},
                           Bytes{0, 5, 1, 2}, Bytes{0, 0x40, 0x01, 1}, Bytes{0, 0xc0}})
    CHECK(opened(bad).error().code == Errc::malformed);
  CHECK(opened(with_frame(0, kFrameBytesMax + 1)).error() == Error{Errc::malformed, reasons::kTooLarge});
}

TEST_CASE("a peer that we know may still not send frames that are none") {
  Node alice(1), bob(2);
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  ForgedEnd forged = ForgedEnd::initiator(alice, bob);
  b.receive(forged.hello_with(write_identity_payload(payload_of(alice, bob))));
  forged.read_answer(b.flush());
  b.receive(forged.record_with(with_frame(0, 5)));
  CHECK(b.told == "claimed authenticated frame");
  Bytes good_then_bad = with_frame(0, 5);
  good_then_bad.push_back(0);
  b.receive(forged.record_with(good_then_bad));
  CHECK(b.told == "claimed authenticated frame closed(broken bad_frame)");
}

TEST_CASE("rekey by count: both ends go on, at any limit") {
  for (const std::uint64_t limit : {1UL, 2UL, 7UL}) {
    Limits limits;
    limits.rekey_after_records = limit;
    TwoEnds ends(limits);
    ends.pump();
    for (int i = 0; i < 30; ++i) {
      REQUIRE(ends.a.link.send(frame_of(10)).has_value());
      if (i % 3 == 0) REQUIRE(ends.b.link.send(frame_of(10)).has_value());
      ends.pump();
    }
    CHECK(ends.b.frames.size() == 30);
    CHECK(ends.a.frames.size() == 10);
  }
}

TEST_CASE("after a rekey the old key opens nothing, and the new one is not the old") {
  Limits limits;
  limits.rekey_after_records = 2;
  RecordSealer sealer(keyed(), limits), never(keyed(), Limits{});
  Bytes one(40), other(40);
  for (int i = 0; i < 5; ++i) {
    Bytes content = with_frame(0, 5), same = content;
    const std::size_t size = sealer.seal_frames(content, one, {}).value();
    CHECK(never.seal_frames(same, other, {}).value() == size);
    CHECK(content[0] == (i % 2 == 1 ? 1 : 0));
    const bool is_same = equal(ByteView(one).first(size), ByteView(other).first(size));
    CHECK(is_same == (i == 0));  // the second says that it rekeys; all later ones have other keys
  }
}

TEST_CASE("rekey by age: by itself when idle, with the next frames when busy, never without use") {
  TwoEnds ends;
  ends.pump(at(1s));
  CHECK(ends.a.link.next_deadline() == at(121s));      // its first record was at 1 s
  CHECK(ends.b.link.next_deadline() == std::nullopt);  // it has sealed nothing
  ends.a.tick(at(120s));
  CHECK_FALSE(ends.a.link.wants_flush());
  ends.a.tick(at(121s));
  CHECK(ends.a.link.wants_flush());
  CHECK(ends.a.flush(at(121s)).size() == 2 + 1 + 16);
  CHECK(ends.a.link.next_deadline() == std::nullopt);

  TwoEnds busy;
  busy.pump(at(1s));
  CHECK(busy.a.link.send(frame_of(10)).has_value());
  busy.pump(at(200s));  // the timer was late: the record itself rekeys
  CHECK(busy.a.link.next_deadline() == std::nullopt);
  CHECK(busy.a.link.send(frame_of(10)).has_value());
  busy.pump(at(201s));
  CHECK(busy.b.frames.size() == 2);
  CHECK(busy.a.link.next_deadline() == at(321s));
}

TEST_CASE("a peer that goes past its rekey limit is cut off") {
  noise::CipherState sender = keyed();
  RecordOpener opener(keyed());
  Bytes message(1 + noise::kTagBytes);
  const Bytes no_frames{0};
  const auto next = [&] {
    if (!sender.encrypt_with_ad({}, no_frames, message)) FAIL("not sealed");
    return opener.open(message);
  };
  std::uint64_t opened_count = 0;
  Result<OpenedRecord> last = next();
  while (last) ++opened_count, last = next();
  CHECK(opened_count == kRekeyRecordsMax - 1);
  CHECK(last.error() == Error{Errc::violation, reasons::kRekeyMissed});
}

TEST_CASE("the last record that the limit allows is the one that rekeys") {
  RecordSealer sealer(keyed(), Limits{});
  RecordOpener opener(keyed());
  Bytes out(40);
  std::vector<std::uint64_t> rekeyed_at;
  std::uint64_t opened_count = 0;
  for (std::uint64_t i = 1; i <= kRekeyRecordsMax + 5; ++i) {
    Bytes content{0};
    const std::size_t size = sealer.seal_frames(content, out, {}).value();
    opened_count += opener.open(MutableByteView(out).subspan(2, size - 2)).has_value();
    if (content[0] == 1) rekeyed_at.push_back(i);
  }
  CHECK(opened_count == kRekeyRecordsMax + 5);
  CHECK(rekeyed_at == std::vector<std::uint64_t>{kRekeyRecordsMax});
}
