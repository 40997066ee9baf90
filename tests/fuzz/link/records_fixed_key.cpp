// Records whose plaintext is the input, sealed under a key that both sides have: what lies behind the
// AEAD. Every frame that comes out has an allowed size, and a record's frames, written again, are the
// record's bytes.
//
// Input: a byte that is odd when a whole link is to take them too, then records, each a 2-byte length
// and its plaintext; a top bit set in the length: sealed wrongly.

#include "support/forged_end.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

using namespace taut;
using namespace taut::test;

namespace {

noise::CipherState keyed() {
  noise::CipherState state(crypto::AeadId::chacha20poly1305);
  state.initialize_key(noise::CipherKey{});
  return state;
}

/// The peer's side: it keeps to Noise, and to nothing else.
class Sender {
 public:
  Bytes seal(ByteView plaintext) {
    Bytes message(plaintext.size() + noise::kTagBytes);
    TAUT_REQUIRE(cipher_.encrypt_with_ad({}, plaintext, message).has_value());
    if (!plaintext.empty() && plaintext[0] == static_cast<Byte>(RecordKind::frames_then_rekey))
      TAUT_REQUIRE(cipher_.rekey().has_value());
    return message;
  }

 private:
  noise::CipherState cipher_ = keyed();
};

#ifdef TAUT_PLANTED_BUG
/// What a careless reader of frames might do; `planted_link_records` has to find it.
void read_past_the_end(ByteView frame) {
  static volatile Byte last = 0;
  if (frame.size() < 3 || frame[0] != 'b' || frame[1] != 'u' || frame[2] != 'g') return;
  const Bytes copy(frame.begin(), frame.end());
  last = copy.data()[copy.size()];
}
#endif

void check_frames(ByteView frames) {
  Bytes again;
  for (wire::Reader in(frames); !in.empty();) {
    const auto frame = in.vector();
    TAUT_REQUIRE(frame.has_value() && !frame->empty() && frame->size() <= kFrameBytesMax);
#ifdef TAUT_PLANTED_BUG
    read_past_the_end(*frame);
#endif
    wire::Writer(again).vector(*frame);
  }
  TAUT_REQUIRE(equal(again, frames));
}

/// False: the link would be closed.
bool take(RecordOpener& opener, ByteView plaintext, ByteView message) {
  Inbox inbox;
  Bytes block;
  append_block(block, message);
  inbox.append(ByteView(block).first(block.size() / 2));
  TAUT_REQUIRE(!inbox.take_block(kRecordBytesMax).value());
  inbox.append(ByteView(block).subspan(block.size() / 2));
  const auto whole = inbox.take_block(kRecordBytesMax).value();
  const auto opened = opener.open(*whole);
  if (!opened) return false;
  check_frames(opened->frames);
  TAUT_REQUIRE(opened->end.has_value() == (plaintext[0] == static_cast<Byte>(RecordKind::end)));
  TAUT_REQUIRE(opened->end.has_value() || equal(opened->frames, plaintext.subspan(1)));
  return !opened->end;
}

/// One record of the input.
struct Given {
  ByteView plaintext;
  bool is_forged;
};

std::vector<Given> records_of(ByteView input) {
  std::vector<Given> records;
  wire::Reader in(input);
  while (const auto length = in.u16()) {
    const std::size_t wanted = *length & 0x7fff;
    records.push_back({in.take(std::min(wanted, in.rest().size())).value(), (*length & 0x8000) != 0});
  }
  return records;
}

void through_the_opener(const std::vector<Given>& records) {
  Sender sender;
  RecordOpener opener(keyed());
  for (const Given& one : records) {
    Bytes message = sender.seal(one.plaintext);
    if (one.is_forged) message[one.plaintext.size() % message.size()] ^= 1;
    const bool goes_on = take(opener, one.plaintext, message);
    TAUT_REQUIRE(!one.is_forged || !goes_on);
    if (!goes_on) return;
  }
}

void through_a_link(const std::vector<Given>& records) {
  static Node alice(1, std::array{kDefaultSuite}), bob(2, std::array{kDefaultSuite});
  static const Bytes payload = write_identity_payload(payload_of(alice, bob));
  ForgedEnd forged = ForgedEnd::initiator(alice, bob);
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  b.receive(forged.hello_with(payload));
  forged.read_answer(b.flush());
  for (const Given& one : records) {
    Bytes record = forged.record_with(one.plaintext);
    if (one.is_forged) record.back() ^= 1;
    const std::size_t frames = b.frames.size();
    const bool was_closed = !b.closed.empty();
    b.receive(record);
    TAUT_REQUIRE(b.closed.size() <= 1);
    TAUT_REQUIRE(!(was_closed || one.is_forged) || b.frames.size() == frames);
    TAUT_REQUIRE(!one.is_forged || !b.closed.empty());
    TAUT_REQUIRE(b.frames.empty() || b.authenticated.size() == 1);
  }
  b.receive_end();
  TAUT_REQUIRE(b.closed.size() == 1 && b.link.is_over());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<Given> records = records_of(ByteView(data, size).subspan(1));
  through_the_opener(records);
  if (data[0] % 2 == 1) through_a_link(records);
  return 0;
}
