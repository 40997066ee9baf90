#include "link/record.hpp"

#include "link/reasons.hpp"
#include "wire/reader.hpp"

namespace taut::link {
namespace {

Status check_frames(ByteView frames) {
  for (wire::Reader in(frames); !in.empty();) {
    TAUT_TRY(const ByteView frame, in.vector(kFrameBytesMax));
    if (frame.empty()) return malformed();
  }
  return {};
}

Result<OpenedRecord> parse_end(ByteView content) {
  wire::Reader in(content);
  TAUT_TRY(const std::uint8_t code, in.u8());
  TAUT_CHECK(in.finish());
  const bool is_refusal = code == static_cast<std::uint8_t>(EndCode::identity_refused);
  return OpenedRecord{{}, is_refusal ? EndCode::identity_refused : EndCode::done};
}

}  // namespace

Result<std::size_t> RecordSealer::seal_frames(MutableByteView content, MutableByteView out, Instant now) {
  const bool rekeys = is_rekey_due(now);
  content[0] = static_cast<Byte>(rekeys ? RecordKind::frames_then_rekey : RecordKind::frames);
  TAUT_TRY(const std::size_t size, seal(content, out));
  if (!rekeys) {
    if (!key_used_since_) key_used_since_ = now;
    return size;
  }
  TAUT_CHECK(cipher_.rekey());
  records_under_key_ = 0;
  key_used_since_.reset();
  return size;
}

Result<std::size_t> RecordSealer::seal_end(EndCode code, MutableByteView out) {
  const std::array content{static_cast<Byte>(RecordKind::end), static_cast<Byte>(code)};
  return seal(content, out);
}

Result<std::size_t> RecordSealer::seal(ByteView content, MutableByteView out) {
  TAUT_TRY(const std::size_t size, cipher_.encrypt_with_ad({}, content, out.subspan(2)));
  out[0] = static_cast<Byte>(size >> 8);
  out[1] = static_cast<Byte>(size);
  ++records_under_key_;
  return size + 2;
}

std::optional<Instant> RecordSealer::rekey_at() const {
  if (!key_used_since_) return std::nullopt;
  return *key_used_since_ + limits_.rekey_after;
}

bool RecordSealer::is_rekey_due(Instant now) const {
  const auto at = rekey_at();
  const std::uint64_t records_max = std::min(limits_.rekey_after_records, kRekeyRecordsMax);
  // The last record that the limit allows is the one that rekeys.
  return records_under_key_ + 1 >= records_max || (at && now >= *at);
}

Result<OpenedRecord> RecordOpener::open(MutableByteView message) {
  TAUT_TRY(const std::size_t size, cipher_.decrypt_with_ad({}, message, message));
  wire::Reader in(message.first(size));
  TAUT_TRY(const std::uint8_t kind, in.u8());
  ++records_under_key_;
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::frames:
      if (records_under_key_ >= kRekeyRecordsMax) return fail(Errc::violation, reasons::kRekeyMissed);
      TAUT_CHECK(check_frames(in.rest()));
      return OpenedRecord{in.rest(), std::nullopt};
    case RecordKind::frames_then_rekey:
      TAUT_CHECK(check_frames(in.rest()));
      TAUT_CHECK(cipher_.rekey());
      records_under_key_ = 0;
      return OpenedRecord{in.rest(), std::nullopt};
    case RecordKind::end:
      return parse_end(in.rest());
  }
  return malformed();
}

}  // namespace taut::link
