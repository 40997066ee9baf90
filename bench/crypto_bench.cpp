// The primitives as the rooms above call them.

#include <benchmark/benchmark.h>

#include "crypto/hpke.hpp"
#include "crypto/signature.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;
using benchmark::State;

namespace {

test::SeededRandom& random_bytes() {
  static test::SeededRandom random(1);
  return random;
}

Bytes filled(std::size_t size) {
  Bytes bytes(size);
  random_bytes().fill(bytes);
  return bytes;
}

void count(State& state, std::size_t size) {
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * state.iterations());
}

void aead_seal(State& state, AeadId id) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Aead aead = Aead::create(id, filled(aead_key_size(id))).value();
  const Bytes nonce = filled(aead_nonce_size(id));
  const Bytes plaintext = filled(size);
  Bytes out(size + kTagBytes);
  for (auto _ : state) aead.seal(nonce, {}, plaintext, out);
  count(state, size);
}

void aead_open(State& state, AeadId id) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Aead aead = Aead::create(id, filled(aead_key_size(id))).value();
  const Bytes nonce = filled(aead_nonce_size(id));
  Bytes ciphertext(size + kTagBytes);
  aead.seal(nonce, {}, filled(size), ciphertext);
  Bytes out(size);
  for (auto _ : state) {
    if (!aead.open(nonce, {}, ciphertext, out)) state.SkipWithError("does not open");
  }
  count(state, size);
}

void aead_create(State& state, AeadId id) {
  const Bytes key = filled(aead_key_size(id));
  for (auto _ : state) benchmark::DoNotOptimize(Aead::create(id, key));
}

void hash_one_shot(State& state, HashId id) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Bytes text = filled(size);
  for (auto _ : state) benchmark::DoNotOptimize(hash(id, {text}));
  count(state, size);
}

void hmac_keyed(State& state, HashId id) {
  Hmac keyed(id, filled(32));
  const Bytes text = filled(64);
  for (auto _ : state) benchmark::DoNotOptimize(keyed.update(text).finish());
}

void hkdf_extract_32(State& state, HashId id) {
  const Bytes salt = filled(hash_size(id));
  const Bytes ikm = filled(32);
  for (auto _ : state) benchmark::DoNotOptimize(hkdf_extract(id, salt, {ikm}));
}

void hkdf_expand_32(State& state, HashId id) {
  const Bytes prk = filled(hash_size(id));
  Bytes out(32);
  for (auto _ : state) {
    if (!hkdf_expand(id, prk, {as_bytes("label")}, out)) state.SkipWithError("does not expand");
  }
}

DhKeyPair dh_pair(DhId id) { return DhKeyPair::generate(id, random_bytes()).value(); }

void dh_generate(State& state, DhId id) {
  for (auto _ : state) benchmark::DoNotOptimize(dh_pair(id));
}

void dh_shared(State& state, DhId id) {
  const DhKeyPair mine = dh_pair(id);
  const DhKeyPair theirs = dh_pair(id);
  for (auto _ : state) benchmark::DoNotOptimize(dh(mine, theirs.public_key));
}

void dh_from_bytes(State& state, DhId id) {
  const DhKeyPair theirs = dh_pair(id);
  for (auto _ : state) benchmark::DoNotOptimize(DhPublic::from_bytes(id, theirs.public_key.view()));
}

void sign_100(State& state, SignatureId id) {
  const SignatureKeyPair key = SignatureKeyPair::generate(id, random_bytes()).value();
  const Bytes message = filled(100);
  for (auto _ : state) benchmark::DoNotOptimize(sign(key, message));
}

void verify_100(State& state, SignatureId id) {
  const SignatureKeyPair key = SignatureKeyPair::generate(id, random_bytes()).value();
  const Bytes message = filled(100);
  const Signature signature = sign(key, message).value();
  for (auto _ : state) {
    if (!verify(key.public_key, message, signature.view())) state.SkipWithError("does not verify");
  }
}

hpke::Algorithms hpke_algorithms(DhId kem) { return {kem, HashId::sha256, AeadId::aes128gcm}; }

void hpke_seal_100(State& state, DhId kem) {
  const DhKeyPair recipient = dh_pair(kem);
  const Bytes text = filled(100);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        hpke::seal(hpke_algorithms(kem), recipient.public_key, {}, {}, text, random_bytes()));
}

void hpke_open_100(State& state, DhId kem) {
  const DhKeyPair recipient = dh_pair(kem);
  const hpke::Sealed sealed =
      hpke::seal(hpke_algorithms(kem), recipient.public_key, {}, {}, filled(100), random_bytes()).value();
  for (auto _ : state) {
    if (!hpke::open(hpke_algorithms(kem), sealed.enc.view(), recipient, {}, {}, sealed.ciphertext))
      state.SkipWithError("does not open");
  }
}

#define TAUT_SIZES Arg(100)->Arg(1024)->Arg(16384)

BENCHMARK_CAPTURE(aead_seal, aes128gcm, AeadId::aes128gcm)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_seal, aes256gcm, AeadId::aes256gcm)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_seal, chacha20poly1305, AeadId::chacha20poly1305)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_open, aes128gcm, AeadId::aes128gcm)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_open, aes256gcm, AeadId::aes256gcm)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_open, chacha20poly1305, AeadId::chacha20poly1305)->TAUT_SIZES;
BENCHMARK_CAPTURE(aead_create, aes128gcm, AeadId::aes128gcm);
BENCHMARK_CAPTURE(aead_create, chacha20poly1305, AeadId::chacha20poly1305);

BENCHMARK_CAPTURE(hash_one_shot, sha256, HashId::sha256)->TAUT_SIZES;
BENCHMARK_CAPTURE(hash_one_shot, sha384, HashId::sha384)->TAUT_SIZES;
BENCHMARK_CAPTURE(hash_one_shot, blake2s, HashId::blake2s)->TAUT_SIZES;
BENCHMARK_CAPTURE(hash_one_shot, blake2b, HashId::blake2b)->TAUT_SIZES;
BENCHMARK_CAPTURE(hmac_keyed, sha256, HashId::sha256);
BENCHMARK_CAPTURE(hkdf_extract_32, sha256, HashId::sha256);
BENCHMARK_CAPTURE(hkdf_expand_32, sha256, HashId::sha256);
BENCHMARK_CAPTURE(hkdf_expand_32, sha384, HashId::sha384);

BENCHMARK_CAPTURE(dh_generate, x25519, DhId::x25519);
BENCHMARK_CAPTURE(dh_generate, p256, DhId::p256);
BENCHMARK_CAPTURE(dh_shared, x25519, DhId::x25519);
BENCHMARK_CAPTURE(dh_shared, x448, DhId::x448);
BENCHMARK_CAPTURE(dh_shared, p256, DhId::p256);
BENCHMARK_CAPTURE(dh_shared, p384, DhId::p384);
BENCHMARK_CAPTURE(dh_shared, p521, DhId::p521);
BENCHMARK_CAPTURE(dh_from_bytes, p256, DhId::p256);

BENCHMARK_CAPTURE(sign_100, ed25519, SignatureId::ed25519);
BENCHMARK_CAPTURE(sign_100, ed448, SignatureId::ed448);
BENCHMARK_CAPTURE(sign_100, ecdsa_p256, SignatureId::ecdsa_p256_sha256);
BENCHMARK_CAPTURE(sign_100, ecdsa_p384, SignatureId::ecdsa_p384_sha384);
BENCHMARK_CAPTURE(verify_100, ed25519, SignatureId::ed25519);
BENCHMARK_CAPTURE(verify_100, ed448, SignatureId::ed448);
BENCHMARK_CAPTURE(verify_100, ecdsa_p256, SignatureId::ecdsa_p256_sha256);
BENCHMARK_CAPTURE(verify_100, ecdsa_p384, SignatureId::ecdsa_p384_sha384);

BENCHMARK_CAPTURE(hpke_seal_100, x25519, DhId::x25519);
BENCHMARK_CAPTURE(hpke_seal_100, p256, DhId::p256);
BENCHMARK_CAPTURE(hpke_open_100, x25519, DhId::x25519);
BENCHMARK_CAPTURE(hpke_open_100, p256, DhId::p256);

}  // namespace
