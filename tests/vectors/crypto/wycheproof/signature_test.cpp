#include "crypto/signature.hpp"

#include <openssl/ecdsa.h>

#include <memory>

#include "groups.hpp"

using namespace taut;
using namespace taut::crypto;
using namespace taut::test;

namespace {

bool verifies(SignatureId id, const Bytes& public_key, const Json& test, const Bytes& signature) {
  const Result<SignaturePublic> key = SignaturePublic::from_bytes(id, public_key);
  return key.has_value() && verify(*key, hex(test, "msg"), signature).has_value();
}

void run_ed25519(Tally& tally, const Json& group, const Json& test) {
  const bool holds = verifies(SignatureId::ed25519, hex(group.at("publicKey"), "pk"), test, hex(test, "sig"));
  tally.expect(holds == is_valid(test), named(test));
}

void run_ecdsa(SignatureId id, Tally& tally, const Json& group, const Json& test) {
  const Bytes public_key = hex(group.at("publicKey"), "uncompressed");
  tally.expect(verifies(id, public_key, test, hex(test, "sig")) == is_valid(test), named(test));
}

/// IEEE P1363's r || s as the DER that our interface takes; nullopt where it has another size.
std::optional<Bytes> to_der(const Bytes& r_s, std::size_t scalar_size) {
  if (r_s.size() != 2 * scalar_size) return std::nullopt;
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> value(ECDSA_SIG_new(), ECDSA_SIG_free);
  const int size = static_cast<int>(scalar_size);
  ECDSA_SIG_set0(value.get(), BN_bin2bn(r_s.data(), size, nullptr),
                 BN_bin2bn(r_s.data() + scalar_size, size, nullptr));
  Byte* encoded = nullptr;
  const int length = i2d_ECDSA_SIG(value.get(), &encoded);
  Bytes der(encoded, encoded + length);
  OPENSSL_free(encoded);
  return der;
}

void run_p1363(SignatureId id, std::size_t scalar_size, Tally& tally, const Json& group, const Json& test) {
  const std::optional<Bytes> der = to_der(hex(test, "sig"), scalar_size);
  if (!der && !is_valid(test)) return tally.skip("invalid: r || s has another size, so it has no DER form");
  const Bytes public_key = hex(group.at("publicKey"), "uncompressed");
  tally.expect(der && verifies(id, public_key, test, *der) == is_valid(test), named(test));
}

}  // namespace

TEST_CASE("Wycheproof: Ed25519") { for_each_test("ed25519_test.json", run_ed25519); }

TEST_CASE("Wycheproof: ECDSA in DER") {
  const auto with = [](SignatureId id) {
    return [id](Tally& tally, const Json& group, const Json& test) { run_ecdsa(id, tally, group, test); };
  };
  for_each_test("ecdsa_secp256r1_sha256_test.json", with(SignatureId::ecdsa_p256_sha256));
  for_each_test("ecdsa_secp384r1_sha384_test.json", with(SignatureId::ecdsa_p384_sha384));
}

TEST_CASE("Wycheproof: ECDSA as r || s") {
  const auto with = [](SignatureId id, std::size_t scalar_size) {
    return [=](Tally& tally, const Json& group, const Json& test) {
      run_p1363(id, scalar_size, tally, group, test);
    };
  };
  for_each_test("ecdsa_secp256r1_sha256_p1363_test.json", with(SignatureId::ecdsa_p256_sha256, 32));
  for_each_test("ecdsa_secp384r1_sha384_p1363_test.json", with(SignatureId::ecdsa_p384_sha384, 48));
}
