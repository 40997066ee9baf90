// Objects of different threads share only what was fetched once. Run under TSan this is a proof, without
// it a chance.

#include <doctest/doctest.h>

#include <thread>

#include "crypto/hpke.hpp"
#include "crypto/signature.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

/// Everything once; the digest of what came out.
Digest work(std::uint64_t seed) {
  test::SeededRandom random(seed);
  Hash all(HashId::sha256);
  for (const DhId id : {DhId::x25519, DhId::x448, DhId::p256, DhId::p384, DhId::p521}) {
    const DhKeyPair mine = DhKeyPair::generate(id, random).value();
    const DhKeyPair theirs = DhKeyPair::generate(id, random).value();
    all.update(dh(mine, theirs.public_key).value().expose());
    const hpke::Algorithms algorithms{id, HashId::sha512, AeadId::chacha20poly1305};
    const hpke::Sealed sealed =
        hpke::seal(algorithms, theirs.public_key, {}, {}, as_bytes("text"), random).value();
    all.update(sealed.ciphertext);
    all.update(hpke::open(algorithms, sealed.enc.view(), theirs, {}, {}, sealed.ciphertext).value());
  }
  for (const SignatureId id : {SignatureId::ed25519, SignatureId::ed448, SignatureId::ecdsa_p256_sha256}) {
    const SignatureKeyPair key = SignatureKeyPair::generate(id, random).value();
    const Signature signature = sign(key, as_bytes("text")).value();
    if (!verify(key.public_key, as_bytes("text"), signature.view())) std::abort();
  }
  for (const HashId id : {HashId::sha384, HashId::blake2s, HashId::blake2b})
    all.update(hmac(id, as_bytes("key"), {as_bytes("text")}).expose());
  return all.finish();
}

}  // namespace

TEST_CASE("threads: the same work gives the same bytes, alone and beside others") {
  const Digest alone = work(1);
  std::array<Digest, 4> beside;
  std::vector<std::thread> threads;
  for (Digest& out : beside) threads.emplace_back([&out] { out = work(1); });
  for (std::thread& thread : threads) thread.join();
  for (const Digest& out : beside) CHECK(out == alone);
}
