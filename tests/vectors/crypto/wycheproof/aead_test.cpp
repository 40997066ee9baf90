#include "crypto/aead.hpp"

#include "groups.hpp"

using namespace taut;
using namespace taut::crypto;
using namespace taut::test;

namespace {

/// Sealing gives the file's ciphertext and opening gives the text back.
bool seals_and_opens(const Aead& aead, const Json& test) {
  const Bytes nonce = hex(test, "iv");
  const Bytes aad = hex(test, "aad");
  const Bytes plaintext = hex(test, "msg");
  Bytes expected = hex(test, "ct");
  append(expected, hex(test, "tag"));
  Bytes sealed(plaintext.size() + kTagBytes);
  aead.seal(nonce, aad, plaintext, sealed);
  Bytes opened(plaintext.size());
  return sealed == expected && aead.open(nonce, aad, expected, opened).has_value() && opened == plaintext;
}

/// Opening fails, and what was decrypted on the way is gone.
bool is_refused(const Aead& aead, const Json& test) {
  Bytes ciphertext = hex(test, "ct");
  append(ciphertext, hex(test, "tag"));
  Bytes opened(ciphertext.size() - kTagBytes, 0xaa);
  return !aead.open(hex(test, "iv"), hex(test, "aad"), ciphertext, opened).has_value() &&
         opened == Bytes(opened.size());
}

void run(Tally& tally, const Json& group, const Json& test) {
  const int key_bits = group.at("keySize");
  if (key_bits == 192) return tally.skip("AES-192 is in no suite");
  if (group.at("ivSize") != 96) return tally.skip("the nonce is always 12 bytes: no other can be passed");
  if (group.at("tagSize") != 128) return tally.skip("the tag is always 16 bytes");
  const bool is_aes = tally.content().at("algorithm") == "AES-GCM";
  const AeadId id = !is_aes           ? AeadId::chacha20poly1305
                    : key_bits == 128 ? AeadId::aes128gcm
                                      : AeadId::aes256gcm;
  const Aead aead = Aead::create(id, hex(test, "key")).value();
  tally.expect(is_valid(test) ? seals_and_opens(aead, test) : is_refused(aead, test), named(test));
}

}  // namespace

TEST_CASE("Wycheproof: AES-GCM") { for_each_test("aes_gcm_test.json", run); }
TEST_CASE("Wycheproof: ChaCha20-Poly1305") { for_each_test("chacha20_poly1305_test.json", run); }
