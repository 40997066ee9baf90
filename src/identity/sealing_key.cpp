#include "identity/sealing_key.hpp"

#include "crypto/hash.hpp"
#include "identity/secret_form.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

namespace {
constexpr std::uint8_t kSealingKeyFormat = 1;
constexpr std::size_t kSealingKeyBytesMax = 1 + 2 + 4 + crypto::kDhPrivateBytesMax + 8;
}  // namespace

SealingKeyHash SealingKey::hash() const {
  const Bytes input = wire::written(
      [&](wire::Writer& out) { out.vector(as_bytes("taut 1 SealingKey")).u16(suite).vector(key); });
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {input});
  return SealingKeyHash(digest.view().first<SealingKeyHash::size_bytes>());
}

Result<SealingKeyPair> SealingKeyPair::create(crypto::SuiteId suite, WallTime not_after, Random& random) {
  TAUT_TRY(crypto::DhKeyPair pair, crypto::DhKeyPair::generate(crypto::suite(suite).dh, random));
  return SealingKeyPair{suite, std::move(pair), not_after};
}

SealingKey SealingKeyPair::public_part() const {
  return {static_cast<std::uint16_t>(suite), to_bytes(pair.public_key.view()), not_after};
}

SecretBytes SealingKeyPair::serialise() const {
  return written_secret(kSealingKeyBytesMax, [&](wire::Writer& out) {
    out.u8(kSealingKeyFormat)
        .u16(static_cast<std::uint16_t>(suite))
        .vector(pair.private_key.expose())
        .u64(not_after.unix_ms);
  });
}

Result<SealingKeyPair> SealingKeyPair::parse(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kSealingKeyFormat) return fail(Errc::incompatible, reasons::kBadFrame);
  TAUT_TRY(const std::uint16_t number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(number);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  TAUT_TRY(const ByteView private_key, in.vector(crypto::kDhPrivateBytesMax));
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  TAUT_CHECK(in.finish());
  TAUT_TRY(crypto::DhKeyPair pair, crypto::DhKeyPair::from_private(suite->dh, private_key));
  return SealingKeyPair{suite->id, std::move(pair), {not_after}};
}

}  // namespace taut::identity
