#include "envelope/letter.hpp"

#include "envelope/bucket.hpp"
#include "identity/node_id.hpp"

namespace taut::envelope {

namespace {

constexpr std::string_view kLabel = "Envelope";

using identity::SignedCard;

Bytes letter_bytes(const Letter& letter) {
  wire::Extensions extensions;
  if (letter.sender_card) extensions.push_back({kSenderCardExtension, to_bytes(letter.sender_card->bytes())});
  if (!letter.delivery_token.empty()) extensions.push_back({kDeliveryTokenExtension, letter.delivery_token});
  if (letter.release == ReleaseWord::wanted) extensions.push_back({kReleaseWantedExtension, {}});
  return wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(letter.signature_key.id))
        .vector(letter.signature_key.bytes.view())
        .raw(letter.message_id.view())
        .u64(letter.stream)
        .u64(letter.counter)
        .u64(letter.time.unix_ms)
        .u16(static_cast<std::uint16_t>(letter.content.type))
        .vector(letter.content.body);
    wire::write_extensions(out, extensions);
  });
}

Result<crypto::SignaturePublic> read_signature_key(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t algorithm, in.u16());
  TAUT_TRY(const crypto::SignatureId id, crypto::signature_id(algorithm));
  TAUT_TRY(const ByteView key, in.vector(crypto::kSignaturePublicBytesMax));
  return crypto::SignaturePublic::from_bytes(id, key);
}

/// A card of a later version is passed over: the letter itself can be read.
Result<std::optional<SignedCard>> read_sender_card(const wire::Extensions& extensions,
                                                   const crypto::SignaturePublic& sender) {
  const Bytes* bytes = wire::find_extension(extensions, kSenderCardExtension);
  if (bytes == nullptr) return std::nullopt;
  Result<SignedCard> card = SignedCard::parse(*bytes);
  if (!card && card.error().code == Errc::incompatible) return std::nullopt;
  if (!card) return std::unexpected(card.error());
  if (card->card().signature_key != sender) return fail(Errc::unauthentic, reasons::kIdentityMismatch);
  return *std::move(card);
}

Result<Bytes> read_delivery_token(const wire::Extensions& extensions) {
  const Bytes* bytes = wire::find_extension(extensions, kDeliveryTokenExtension);
  if (bytes == nullptr) return Bytes{};
  if (bytes->empty() || bytes->size() > kDeliveryTokenBytesMax) return malformed();
  return *bytes;
}

Result<ReleaseWord> read_release_word(const wire::Extensions& extensions) {
  const Bytes* bytes = wire::find_extension(extensions, kReleaseWantedExtension);
  if (bytes == nullptr) return ReleaseWord::unwanted;
  if (!bytes->empty()) return malformed();
  return ReleaseWord::wanted;
}

/// @param letter_view  the letter's bytes, whose signature holds
Result<Letter> read_letter(ByteView letter_view) {
  wire::Reader in(letter_view);
  Letter letter;
  TAUT_TRY(letter.signature_key, read_signature_key(in));
  TAUT_TRY(letter.message_id, in.value<MessageId>());
  TAUT_TRY(letter.stream, in.u64());
  TAUT_TRY(letter.counter, in.u64());
  if (letter.counter > kCounterMax) return malformed();
  TAUT_TRY(letter.time.unix_ms, in.u64());
  TAUT_TRY(const std::uint16_t type, in.u16());
  TAUT_TRY(const ByteView body, in.vector(kContentBytesMax));
  letter.content = {static_cast<ContentType>(type), to_bytes(body)};
  constexpr std::array known{kSenderCardExtension, kDeliveryTokenExtension, kReleaseWantedExtension};
  TAUT_TRY(const wire::Extensions extensions, wire::read_extensions(in, known));
  TAUT_CHECK(in.finish());
  TAUT_TRY(letter.sender_card, read_sender_card(extensions, letter.signature_key));
  TAUT_TRY(letter.delivery_token, read_delivery_token(extensions));
  TAUT_TRY(letter.release, read_release_word(extensions));
  return letter;
}

Bytes tbs(const NodeId& sender, const Binding& binding, ByteView letter) {
  Bytes bytes;
  bytes.reserve(letter.size() + 256);
  wire::Writer(bytes)
      .raw(sender.view())
      .raw(binding.recipient.view())
      .raw(binding.sealing_key.view())
      .vector(binding.enc)
      .raw(letter);
  return bytes;
}

}  // namespace

NodeId Letter::sender() const { return identity::node_id_of(signature_key); }

Result<Bytes> write_plaintext(const Letter& letter, const Binding& binding,
                              const crypto::SignatureKeyPair& signer) {
  const bool is_own_card =
      !letter.sender_card || letter.sender_card->card().signature_key == signer.public_key;
  if (letter.signature_key != signer.public_key || !is_own_card) return fail(Errc::misuse, reasons::kMisuse);
  if (letter.delivery_token.size() > kDeliveryTokenBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (letter.content.body.size() > kContentBytesMax) return fail(Errc::misuse, reasons::kTooLarge);

  const Bytes inside = letter_bytes(letter);
  TAUT_TRY(const crypto::Signature signature, crypto::sign_with_label(signer, crypto::kTautPrefix, kLabel,
                                                                      tbs(letter.sender(), binding, inside)));
  Bytes plaintext = wire::written([&](wire::Writer& out) { out.vector(inside).vector(signature.view()); });
  plaintext.resize(bucket_for(plaintext.size()));
  return plaintext;
}

Result<Letter> parse_plaintext(ByteView plaintext, const Binding& binding) {
  if (plaintext.size() > kBucketBytesMax) return fail(Errc::malformed, reasons::kTooLarge);
  wire::Reader in(plaintext);
  TAUT_TRY(const ByteView letter_view, in.vector());
  TAUT_TRY(const ByteView signature, in.vector(crypto::kSignatureBytesMax));
  if (std::ranges::any_of(in.rest(), [](Byte byte) { return byte != 0; })) return malformed();

  wire::Reader key_reader(letter_view);
  TAUT_TRY(const crypto::SignaturePublic sender, read_signature_key(key_reader));
  const Bytes signed_bytes = tbs(identity::node_id_of(sender), binding, letter_view);
  TAUT_CHECK(crypto::verify_with_label(sender, crypto::kTautPrefix, kLabel, signed_bytes, signature));
  return read_letter(letter_view);
}

}  // namespace taut::envelope
