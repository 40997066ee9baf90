#include "topic/entry.hpp"

#include "envelope/bucket.hpp"
#include "mls/message.hpp"

namespace taut::topic {

namespace {

constexpr std::uint8_t kEntryFormat = 1;
constexpr std::size_t kNonceBytes = 24;
constexpr std::size_t kStepBytes = 64 * 1024;
constexpr auto kWrapAead = crypto::AeadId::xchacha20poly1305;

std::unexpected<Error> foreign() { return fail(Errc::unauthentic, reasons::kForeignEntry); }

std::size_t padded_size(std::size_t size) {
  if (size <= envelope::kBucketBytesMax) return envelope::bucket_for(size);
  return (size + kStepBytes - 1) / kStepBytes * kStepBytes;
}

bool is_kind(std::uint8_t number) {
  return number >= static_cast<std::uint8_t>(EntryKind::message) &&
         number <= static_cast<std::uint8_t>(EntryKind::acknowledgement);
}

}  // namespace

Wrapper::Wrapper(ByteView wrap_key, const LogId& log_id)
    : aead_(crypto::Aead::create(kWrapAead, wrap_key).value()),  // a WrapKey is of this cipher's size
      aad_(wire::written(
          [&](wire::Writer& out) { out.vector(as_bytes("taut 1 topic entry")).raw(log_id.view()); })) {}

Bytes Wrapper::wrap(EntryKind kind, ByteView body, Random& random) const {
  Bytes plaintext =
      wire::written([&](wire::Writer& out) { out.u8(static_cast<std::uint8_t>(kind)).vector(body); });
  plaintext.resize(padded_size(plaintext.size()));
  Bytes entry(1 + kNonceBytes + plaintext.size() + crypto::kTagBytes);
  entry[0] = kEntryFormat;
  const MutableByteView nonce = MutableByteView(entry).subspan(1, kNonceBytes);
  random.fill(nonce);
  aead_.seal(nonce, aad_, plaintext, MutableByteView(entry).subspan(1 + kNonceBytes));
  return entry;
}

Result<EntryBody> Wrapper::unwrap(ByteView entry) const {
  constexpr std::size_t kAround = 1 + kNonceBytes + crypto::kTagBytes;
  if (entry.size() < kAround || entry.size() > kEntryBytesMax || entry[0] != kEntryFormat) return foreign();
  Bytes plaintext(entry.size() - kAround);
  if (!aead_.open(entry.subspan(1, kNonceBytes), aad_, entry.subspan(1 + kNonceBytes), plaintext))
    return foreign();
  wire::Reader in(plaintext);
  const auto kind = in.u8();
  const auto body = in.vector();
  const bool is_padded = std::ranges::all_of(in.rest(), [](Byte byte) { return byte == 0; });
  if (!kind || !body || !is_kind(*kind) || !is_padded) return foreign();
  return EntryBody{static_cast<EntryKind>(*kind), to_bytes(*body)};
}

Result<MessageFrame> read_frame(ByteView message, const TopicId& topic_id) {
  wire::Reader in(message);
  TAUT_TRY(const std::uint16_t version, in.u16());
  TAUT_TRY(const std::uint16_t wire_format, in.u16());
  TAUT_TRY(const ByteView group_id, in.vector());
  TAUT_TRY(const std::uint64_t epoch, in.u64());
  TAUT_TRY(const mls::ContentType content, mls::read_content_type(in));
  if (version != static_cast<std::uint16_t>(mls::ProtocolVersion::mls10) ||
      wire_format != static_cast<std::uint16_t>(mls::WireFormat::private_message) ||
      !equal(group_id, topic_id.view()))
    return malformed();
  return MessageFrame{epoch, content};
}

EntryHash hash_body(ByteView body) {
  return EntryHash(crypto::hash(crypto::HashId::sha256, {body}).view().first<EntryHash::size_bytes>());
}

}  // namespace taut::topic
