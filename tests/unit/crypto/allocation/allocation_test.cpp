// Sealing and opening on a keyed object allocates nothing, neither here nor inside OpenSSL. A process of
// its own: OpenSSL takes other allocators only before its first use.

#include <doctest/doctest.h>
#include <openssl/crypto.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "crypto/aead.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

std::atomic<std::size_t> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  void* made = std::malloc(size);
  if (made == nullptr) std::abort();
  return made;
}

const bool kCounting =
    CRYPTO_set_mem_functions([](std::size_t size, const char*, int) { return counted(size); },
                             [](void* old, std::size_t size, const char*, int) {
                               ++allocations;
                               return std::realloc(old, size);
                             },
                             [](void* old, const char*, int) { std::free(old); }) == 1;

/// How many allocations `work` makes, once it has run before.
template <class Work>
std::size_t allocations_of(Work work) {
  work();
  const std::size_t before = allocations;
  work();
  return allocations - before;
}

}  // namespace

void* operator new(std::size_t size) { return counted(size); }
void operator delete(void* old) noexcept { std::free(old); }
void operator delete(void* old, std::size_t) noexcept { std::free(old); }

TEST_CASE("allocation: both allocators are counted") {
  REQUIRE(kCounting);
  CHECK(allocations_of([] { ::operator delete(::operator new(1)); }) > 0);
  CHECK(allocations_of([] { OPENSSL_free(OPENSSL_malloc(1)); }) > 0);
}

TEST_CASE("allocation: a keyed AEAD seals, opens and refuses without any") {
  for (const AeadId id :
       {AeadId::aes128gcm, AeadId::aes256gcm, AeadId::chacha20poly1305, AeadId::xchacha20poly1305}) {
    const Aead aead = Aead::create(id, Bytes(aead_key_size(id), 1)).value();
    const Bytes nonce(aead_nonce_size(id), 2);
    Bytes buffer(1000 + kTagBytes);
    const auto text = MutableByteView(buffer).first(1000);
    CHECK(allocations_of([&] {
            aead.seal(nonce, as_bytes("aad"), text, buffer);
            const bool opened = aead.open(nonce, as_bytes("aad"), buffer, text).has_value();
            const bool refused = !aead.open(nonce, as_bytes("add"), buffer, text).has_value();
            if (!opened || !refused) std::abort();
          }) == 0);
  }
}
