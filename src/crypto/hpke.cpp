#include "crypto/hpke.hpp"

#include <cstdlib>

#include "crypto/kem.hpp"
#include "crypto/labeled.hpp"

namespace taut::crypto::hpke {
namespace {

constexpr std::uint16_t kExportOnly = 0xffff;  // RFC 9180 §7.3
constexpr std::size_t kPskBytesMin = 32;       // RFC 9180 §5.1.2

std::unexpected<Error> misuse() { return fail(Errc::misuse, reasons::kMisuse); }

bool is_registered(const Algorithms& algorithms) {
  const bool kdf = algorithms.kdf == HashId::sha256 || algorithms.kdf == HashId::sha384 ||
                   algorithms.kdf == HashId::sha512;
  return kdf && (algorithms.export_only || algorithms.aead != AeadId::xchacha20poly1305);
}

/// suite_id = concat("HPKE", I2OSP(kem_id, 2), I2OSP(kdf_id, 2), I2OSP(aead_id, 2))   RFC 9180 §5.1
Labeled schedule_kdf(const Algorithms& algorithms) {
  const std::array<std::uint16_t, 3> ids{
      kem_id(algorithms.kem), kdf_id(algorithms.kdf),
      algorithms.export_only ? kExportOnly : static_cast<std::uint16_t>(algorithms.aead)};
  std::array<Byte, 10> suite_id{'H', 'P', 'K', 'E'};
  for (std::size_t i = 0; i < ids.size(); ++i) {
    suite_id[4 + 2 * i] = static_cast<Byte>(ids[i] >> 8);
    suite_id[5 + 2 * i] = static_cast<Byte>(ids[i]);
  }
  return {algorithms.kdf, suite_id};
}

/// VerifyPSKInputs, RFC 9180 §5.1: both or neither; and a psk that can be guessed is none.
Status check_psk(const Psk* psk) {
  if (psk != nullptr && (psk->psk.size() < kPskBytesMin || psk->psk_id.empty())) return misuse();
  return {};
}

enum Mode : Byte { kBase = 0, kPsk = 1, kAuth = 2, kAuthPsk = 3 };  // RFC 9180 §5

Mode mode_of(const Psk* psk, const void* sender) {
  if (sender == nullptr) return psk == nullptr ? kBase : kPsk;
  return psk == nullptr ? kAuth : kAuthPsk;
}

}  // namespace

std::uint16_t kdf_id(HashId kdf) {
  switch (kdf) {
    case HashId::sha256:
      return 1;
    case HashId::sha384:
      return 2;
    case HashId::sha512:
      return 3;
    case HashId::blake2s:
    case HashId::blake2b:
      break;  // RFC 9180 §7.2 has no numbers for them; is_registered comes first
  }
  std::abort();
}

struct Setup {
  /// KeySchedule, RFC 9180 §5.1.
  static Result<Context> key_schedule(const Algorithms& algorithms, Mode mode,
                                      const SharedSecret& shared_secret, ByteView info, const Psk* psk) {
    const Labeled kdf = schedule_kdf(algorithms);
    const Psk given = psk != nullptr ? *psk : Psk{};
    const DerivedKey psk_id_hash = kdf.extract({}, "psk_id_hash", {given.psk_id});
    const DerivedKey info_hash = kdf.extract({}, "info_hash", {info});
    return from_hashes(algorithms, mode, shared_secret, {psk_id_hash, info_hash}, given.psk);
  }

  /// SetupBaseS under an `info` that was hashed before.
  static Result<SenderContext> sender(const SharedInfo& info, const DhPublic& recipient, Random& random) {
    const Algorithms& algorithms = info.algorithms_;
    if (!is_registered(algorithms) || recipient.id() != algorithms.kem) return misuse();
    TAUT_TRY(const DhKeyPair ephemeral, DhKeyPair::generate(algorithms.kem, random));
    TAUT_TRY(const SharedSecret shared_secret, encap(recipient, ephemeral, nullptr));
    TAUT_TRY(Context context,
             from_hashes(algorithms, kBase, shared_secret, {info.psk_id_hash_, info.info_hash_}, {}));
    return SenderContext{Encapsulated(ephemeral.public_key.view()), std::move(context)};
  }

 private:
  struct Hashes {
    const DerivedKey& psk_id_hash;
    const DerivedKey& info_hash;
  };
  static Result<Context> from_hashes(const Algorithms& algorithms, Mode mode,
                                     const SharedSecret& shared_secret, const Hashes& hashes, ByteView psk) {
    const Labeled kdf = schedule_kdf(algorithms);
    const Byte mode_octet = mode;
    const DerivedKey secret = kdf.extract(shared_secret.expose(), "secret", {psk});
    // key_schedule_context = concat(mode, psk_id_hash, info_hash)
    const auto derive = [&](std::string_view label, MutableByteView out) {
      return kdf.expand(secret.expose(), label,
                        {ByteView(&mode_octet, 1), hashes.psk_id_hash.expose(), hashes.info_hash.expose()},
                        out);
    };

    DerivedKey exporter_secret = DerivedKey::of_size(hash_size(algorithms.kdf));
    TAUT_CHECK(derive("exp", exporter_secret.fill()));
    if (algorithms.export_only)
      return Context(algorithms, std::nullopt, NonceSequence({}), std::move(exporter_secret));

    auto key = BoundedSecret<32>::of_size(aead_key_size(algorithms.aead));
    auto base_nonce = BoundedBytes<24>::of_size(aead_nonce_size(algorithms.aead));
    TAUT_CHECK(derive("key", key.fill()));
    TAUT_CHECK(derive("base_nonce", base_nonce.fill()));
    TAUT_TRY(Aead aead, Aead::create(algorithms.aead, key.expose()));
    return Context(algorithms, std::move(aead), NonceSequence(base_nonce), std::move(exporter_secret));
  }
};

SharedInfo::SharedInfo(const Algorithms& algorithms, ByteView info)
    : algorithms_(algorithms),
      psk_id_hash_(schedule_kdf(algorithms).extract({}, "psk_id_hash", {})),
      info_hash_(schedule_kdf(algorithms).extract({}, "info_hash", {info})) {}

Context::Context(Algorithms algorithms, std::optional<Aead> aead, NonceSequence nonces,
                 DerivedKey exporter_secret)
    : algorithms_(algorithms),
      aead_(std::move(aead)),
      nonces_(nonces),
      exporter_secret_(std::move(exporter_secret)) {}

Result<Bytes> Context::seal(ByteView aad, ByteView plaintext) {
  if (!aead_) return misuse();
  TAUT_TRY(const BoundedBytes<24> nonce, nonces_.nonce());
  Bytes ciphertext(plaintext.size() + kTagBytes);
  aead_->seal(nonce.view(), aad, plaintext, ciphertext);
  nonces_.advance();
  return ciphertext;
}

Result<Bytes> Context::open(ByteView aad, ByteView ciphertext) {
  if (!aead_) return misuse();
  TAUT_TRY(const BoundedBytes<24> nonce, nonces_.nonce());
  if (ciphertext.size() < kTagBytes) return fail(Errc::unauthentic, reasons::kBadTag);
  Bytes plaintext(ciphertext.size() - kTagBytes);
  TAUT_CHECK(aead_->open(nonce.view(), aad, ciphertext, plaintext));
  nonces_.advance();
  return plaintext;
}

Result<SecretBytes> Context::export_secret(ByteView exporter_context, std::size_t size) const {
  if (size > 255 * hash_size(algorithms_.kdf)) return fail(Errc::misuse, reasons::kTooLarge);
  SecretBytes exported(size);
  TAUT_CHECK(schedule_kdf(algorithms_)
                 .expand(exporter_secret_.expose(), "sec", {exporter_context}, exported.fill()));
  return exported;
}

Result<SenderContext> setup_sender(const Algorithms& algorithms, const DhPublic& recipient, ByteView info,
                                   Random& random, const Options& options) {
  TAUT_TRY(const DhKeyPair ephemeral, DhKeyPair::generate(algorithms.kem, random));
  return setup_sender_with(algorithms, recipient, info, ephemeral, options);
}

Result<SenderContext> setup_sender_with(const Algorithms& algorithms, const DhPublic& recipient,
                                        ByteView info, const DhKeyPair& ephemeral, const Options& options) {
  // A sender that names only its public key asked for a mode it cannot have: never fall back to base.
  if (!is_registered(algorithms) || recipient.id() != algorithms.kem || options.sender_public != nullptr)
    return misuse();
  TAUT_CHECK(check_psk(options.psk));
  TAUT_TRY(const SharedSecret shared_secret, encap(recipient, ephemeral, options.sender_key));
  const Mode mode = mode_of(options.psk, options.sender_key);
  TAUT_TRY(Context context, Setup::key_schedule(algorithms, mode, shared_secret, info, options.psk));
  return SenderContext{Encapsulated(ephemeral.public_key.view()), std::move(context)};
}

Result<Context> setup_recipient(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient,
                                ByteView info, const Options& options) {
  if (!is_registered(algorithms) || recipient.public_key.id() != algorithms.kem ||
      options.sender_key != nullptr)
    return misuse();
  TAUT_CHECK(check_psk(options.psk));
  TAUT_TRY(const SharedSecret shared_secret, decap(enc, recipient, options.sender_public));
  const Mode mode = mode_of(options.psk, options.sender_public);
  return Setup::key_schedule(algorithms, mode, shared_secret, info, options.psk);
}

Result<Sealed> seal(const Algorithms& algorithms, const DhPublic& recipient, ByteView info, ByteView aad,
                    ByteView plaintext, Random& random) {
  TAUT_TRY(SenderContext sender, setup_sender(algorithms, recipient, info, random));
  TAUT_TRY(Bytes ciphertext, sender.context.seal(aad, plaintext));
  return Sealed{sender.enc, std::move(ciphertext)};
}

Result<Sealed> seal(const SharedInfo& info, const DhPublic& recipient, ByteView aad, ByteView plaintext,
                    Random& random) {
  TAUT_TRY(SenderContext sender, Setup::sender(info, recipient, random));
  TAUT_TRY(Bytes ciphertext, sender.context.seal(aad, plaintext));
  return Sealed{sender.enc, std::move(ciphertext)};
}

Result<Bytes> open(const Algorithms& algorithms, ByteView enc, const DhKeyPair& recipient, ByteView info,
                   ByteView aad, ByteView ciphertext) {
  Result<Context> context = setup_recipient(algorithms, enc, recipient, info);
  // An encapsulated key that is none is one more ciphertext that does not open: one answer for all.
  if (!context && context.error().code == Errc::malformed) return fail(Errc::unauthentic, reasons::kBadTag);
  if (!context) return std::unexpected(context.error());
  return context->open(aad, ciphertext);
}

}  // namespace taut::crypto::hpke
