#include "envelope/envelope.hpp"

namespace taut::envelope {

namespace {

namespace hpke = crypto::hpke;

constexpr std::uint8_t kFormat = 1;

struct Outside {
  const crypto::Suite* suite;
  ByteView key_hint;
  ByteView enc;
  ByteView ciphertext;
};

Result<Outside> read_outside(ByteView envelope) {
  if (envelope.size() > kEnvelopeBytesMax) return fail(Errc::malformed, reasons::kTooLarge);
  wire::Reader in(envelope);
  TAUT_TRY(const std::uint8_t format, in.u8());
  TAUT_TRY(const std::uint16_t number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(number);
  if (format != kFormat || suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  TAUT_TRY(const ByteView key_hint, in.take(kKeyHintBytes));
  TAUT_TRY(const ByteView enc, in.vector(crypto::kDhPublicBytesMax));
  TAUT_TRY(const ByteView ciphertext, in.vector());
  TAUT_CHECK(in.finish());
  return Outside{suite, key_hint, enc, ciphertext};
}

Result<Letter> open_with(const identity::SealingKeyPair& key, const identity::SealingKeyHash& key_hash,
                         const Outside& outside, const NodeId& recipient) {
  const Bytes context = context_bytes(static_cast<std::uint16_t>(outside.suite->id), recipient, key_hash);
  TAUT_TRY(const Bytes plaintext, hpke::open(hpke_algorithms(*outside.suite), outside.enc, key.pair, context,
                                             context, outside.ciphertext));
  return parse_plaintext(plaintext, {recipient, key_hash, outside.enc});
}

Result<Letter> try_open(ByteView envelope, const NodeId& recipient,
                        std::span<const identity::SealingKeyPair> keys) {
  TAUT_TRY(const Outside outside, read_outside(envelope));
  for (const identity::SealingKeyPair& key : keys) {
    const identity::SealingKeyHash hash = key.public_part().hash();
    if (key.suite == outside.suite->id && equal(hash.view().first<kKeyHintBytes>(), outside.key_hint))
      return open_with(key, hash, outside, recipient);
  }
  return fail(Errc::unauthentic, reasons::kBadKey);
}

}  // namespace

hpke::Algorithms hpke_algorithms(const crypto::Suite& suite) { return {suite.dh, suite.hash, suite.aead}; }

Bytes context_bytes(std::uint16_t suite, const NodeId& recipient, const identity::SealingKeyHash& key) {
  return wire::written([&](wire::Writer& out) {
    out.vector(as_bytes("taut 1 Envelope")).u16(suite).raw(recipient.view()).raw(key.view());
  });
}

Result<Bytes> seal(const Letter& letter, const Recipient& recipient, const crypto::SignatureKeyPair& signer,
                   Random& random) {
  const crypto::Suite* suite = crypto::find_suite(recipient.sealing_key.suite);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  TAUT_TRY(const crypto::DhPublic key, crypto::DhPublic::from_bytes(suite->dh, recipient.sealing_key.key));
  const identity::SealingKeyHash key_hash = recipient.sealing_key.hash();
  const Bytes context = context_bytes(recipient.sealing_key.suite, recipient.node_id, key_hash);

  TAUT_TRY(hpke::SenderContext sender, hpke::setup_sender(hpke_algorithms(*suite), key, context, random));
  const Binding binding{recipient.node_id, key_hash, sender.enc.view()};
  TAUT_TRY(const Bytes plaintext, write_plaintext(letter, binding, signer));
  TAUT_TRY(const Bytes ciphertext, sender.context.seal(context, plaintext));
  Bytes envelope;
  envelope.reserve(ciphertext.size() + 256);
  wire::Writer(envelope)
      .u8(kFormat)
      .u16(recipient.sealing_key.suite)
      .raw(key_hash.view().first<kKeyHintBytes>())
      .vector(sender.enc.view())
      .vector(ciphertext);
  return envelope;
}

Result<Letter> open(ByteView envelope, const NodeId& recipient,
                    std::span<const identity::SealingKeyPair> keys) {
  Result<Letter> letter = try_open(envelope, recipient, keys);
  if (!letter) return fail(Errc::unauthentic, reasons::kBadEnvelope);
  return letter;
}

}  // namespace taut::envelope
