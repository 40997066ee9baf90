#include "crypto/dh.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "groups.hpp"

using namespace taut;
using namespace taut::crypto;
using namespace taut::test;

namespace {

/// The file writes private keys as numbers; ours have the group's full size.
Bytes full_size(DhId id, Bytes number) {
  const std::size_t size = dh_private_size(id);
  while (number.size() > size && number.front() == 0) number.erase(number.begin());
  if (number.size() < size) number.insert(number.begin(), size - number.size(), 0);
  return number;
}

Result<DhSecret> shared(DhId id, ByteView private_key, ByteView public_key) {
  TAUT_TRY(const DhKeyPair mine, DhKeyPair::from_private(id, private_key));
  TAUT_TRY(const DhPublic theirs, DhPublic::from_bytes(id, public_key));
  return dh(mine, theirs);
}

bool gives(const Result<DhSecret>& secret, const Json& test) {
  return secret.has_value() && equal(secret->expose(), hex(test, "shared"));
}

/// X25519 takes every u (RFC 7748 §5) and refuses only where the secret is zero (§6.1).
void run_x25519(Tally& tally, const Json&, const Json& test) {
  const Result<DhSecret> secret = shared(DhId::x25519, hex(test, "private"), hex(test, "public"));
  const Bytes expected = hex(test, "shared");
  if (is_acceptable(test) && expected == Bytes(expected.size())) {
    tally.note("acceptable refused: the shared secret is zero");
    return tally.expect(!secret.has_value(), named(test));
  }
  if (is_acceptable(test)) tally.note("acceptable computed: a twist or a non-canonical u");
  tally.expect(gives(secret, test), named(test));
}

void run_point(DhId id, Tally& tally, const Json& test) {
  const Result<DhSecret> secret = shared(id, full_size(id, hex(test, "private")), hex(test, "public"));
  if (is_acceptable(test)) {
    tally.note("acceptable refused: a compressed point");
    return tally.expect(has_flag(test, "CompressedPoint") && !secret.has_value(), named(test));
  }
  tally.expect(is_valid(test) ? gives(secret, test) : !secret.has_value(), named(test));
}

struct Spki {
  std::string group;
  Bytes point;
};

/// The SEC1 point inside a SubjectPublicKeyInfo, as far as OpenSSL reads it and it encodes a named curve.
std::optional<Spki> read_spki(const Bytes& der) {
  const Byte* in = der.data();
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      d2i_PUBKEY(nullptr, &in, static_cast<long>(der.size())), EVP_PKEY_free);
  if (!key || in != der.data() + der.size()) return std::nullopt;
  std::array<char, 32> group{};
  if (EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) != 1) return std::nullopt;
  Byte* encoded = nullptr;
  const std::size_t size = EVP_PKEY_get1_encoded_public_key(key.get(), &encoded);
  if (size == 0) return std::nullopt;
  Spki spki{group.data(), Bytes(encoded, encoded + size)};
  OPENSSL_free(encoded);
  return spki;
}

/// SubjectPublicKeyInfo is no format of ours: OpenSSL reads it here, and the point inside is what counts.
void run_spki(DhId id, const std::string& group, Tally& tally, const Json& test) {
  const std::optional<Spki> spki = read_spki(hex(test, "public"));
  if (!spki) {
    if (is_valid(test)) return tally.expect(false, named(test));
    return tally.skip(std::string(is_acceptable(test) ? "acceptable" : "invalid") +
                      ": OpenSSL reads no key of a named curve from the SPKI");
  }
  const bool ours = spki->group == group;
  const Result<DhSecret> secret = shared(id, full_size(id, hex(test, "private")), spki->point);
  if (is_valid(test)) return tally.expect(ours && gives(secret, test), named(test));
  // A point of another curve is off ours, whatever the SPKI says of it.
  if (!ours) return tally.expect(!secret.has_value(), named(test));
  if (is_acceptable(test)) {
    tally.note(secret.has_value() ? "acceptable computed" : "acceptable refused");
    return tally.expect(!secret.has_value() || gives(secret, test), named(test));
  }
  // The fault is in the wrapping that OpenSSL let pass; the point itself is what ours sees.
  tally.skip("invalid: the SPKI's fault, not the point's");
}

}  // namespace

TEST_CASE("Wycheproof: X25519") { for_each_test("x25519_test.json", run_x25519); }

TEST_CASE("Wycheproof: ECDH on raw points") {
  const auto with = [](DhId id) {
    return [id](Tally& tally, const Json&, const Json& test) { run_point(id, tally, test); };
  };
  for_each_test("ecdh_secp256r1_ecpoint_test.json", with(DhId::p256));
  for_each_test("ecdh_secp384r1_ecpoint_test.json", with(DhId::p384));
}

TEST_CASE("Wycheproof: ECDH on the points of SubjectPublicKeyInfo") {
  const auto with = [](DhId id, const std::string& group) {
    return [=](Tally& tally, const Json&, const Json& test) { run_spki(id, group, tally, test); };
  };
  for_each_test("ecdh_secp256r1_test.json", with(DhId::p256, "prime256v1"));
  for_each_test("ecdh_secp384r1_test.json", with(DhId::p384, "secp384r1"));
}
