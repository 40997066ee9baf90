#include "crypto/suite.hpp"

#include <doctest/doctest.h>

#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

TEST_CASE("suite: RFC 9420 §17.1's numbers, and no others") {
  std::size_t found = 0;
  for (std::uint32_t number = 0; number <= 0xffff; ++number) {
    const Suite* row = find_suite(static_cast<std::uint16_t>(number));
    if (row == nullptr) continue;
    ++found;
    CHECK(static_cast<std::uint32_t>(row->id) == number);
    CHECK(&suite(row->id) == row);
  }
  CHECK(found == 7);
  CHECK(all_suites().size() == 7);
}

TEST_CASE("suite: each row's parts fit together") {
  for (const Suite& row : all_suites()) {
    const bool is_aes128 = row.aead == AeadId::aes128gcm;
    CHECK(aead_key_size(row.aead) == (is_aes128 ? 16 : 32));
    CHECK(aead_nonce_size(row.aead) == 12);
    CHECK(signature_id(static_cast<std::uint16_t>(row.signature)).value() == row.signature);
    test::SeededRandom random(static_cast<std::uint64_t>(row.id));
    CHECK(DhKeyPair::generate(row.dh, random).has_value());
    CHECK(SignatureKeyPair::generate(row.signature, random).has_value());
  }
  CHECK(suite(SuiteId::x25519_aes128gcm_sha256_ed25519).dh == DhId::x25519);
  CHECK(suite(SuiteId::p384_aes256gcm_sha384_p384).hash == HashId::sha384);
  CHECK(suite(SuiteId::p256_aes128gcm_sha256_p256).signature == SignatureId::ecdsa_p256_sha256);
}
