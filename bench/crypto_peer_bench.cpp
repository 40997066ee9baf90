// The peer: the same work the plain way, as OpenSSL's manual pages show it: fetch, set up, use, free.

#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <array>
#include <vector>

using benchmark::State;

namespace {

using Bytes = std::vector<unsigned char>;

void peer_aes128gcm_seal(State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Bytes key(16, 1);
  const Bytes nonce(12, 2);
  const Bytes plaintext(size, 3);
  Bytes out(size + 16);
  for (auto _ : state) {
    EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    int written = 0;
    EVP_EncryptInit_ex2(context, cipher, key.data(), nonce.data(), nullptr);
    EVP_EncryptUpdate(context, out.data(), &written, plaintext.data(), static_cast<int>(size));
    EVP_EncryptFinal_ex(context, out.data() + written, &written);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, out.data() + size);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
  }
}

void peer_sha256(State& state) {
  const Bytes text(static_cast<std::size_t>(state.range(0)), 1);
  std::array<unsigned char, 32> digest{};
  for (auto _ : state) EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
}

void peer_hkdf_expand_32(State& state) {
  Bytes prk(32, 1);
  Bytes info(5, 2);
  std::array<unsigned char, 32> out{};
  int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
  std::array<char, 7> digest{"SHA256"};
  const std::array<OSSL_PARAM, 5> params{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, prk.data(), prk.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  EVP_KDF* kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  for (auto _ : state) {
    EVP_KDF_CTX* context = EVP_KDF_CTX_new(kdf);
    if (EVP_KDF_derive(context, out.data(), out.size(), params.data()) != 1) state.SkipWithError("HKDF");
    EVP_KDF_CTX_free(context);
  }
  EVP_KDF_free(kdf);
}

void agree(State& state, EVP_PKEY* mine, EVP_PKEY* theirs) {
  std::array<unsigned char, 66> secret{};
  for (auto _ : state) {
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, mine, nullptr);
    std::size_t size = secret.size();
    EVP_PKEY_derive_init(context);
    EVP_PKEY_derive_set_peer(context, theirs);
    if (EVP_PKEY_derive(context, secret.data(), &size) != 1) state.SkipWithError("derive");
    EVP_PKEY_CTX_free(context);
  }
  EVP_PKEY_free(mine);
  EVP_PKEY_free(theirs);
}
void peer_x25519(State& state) {
  agree(state, EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"), EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
}
void peer_p256(State& state) {
  agree(state, EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
        EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
}
void peer_p384(State& state) {
  agree(state, EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"),
        EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
}

void peer_ed25519_sign(State& state) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  const Bytes message(100, 1);
  std::array<unsigned char, 64> signature{};
  for (auto _ : state) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    std::size_t size = signature.size();
    EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key);
    EVP_DigestSign(context, signature.data(), &size, message.data(), message.size());
    EVP_MD_CTX_free(context);
  }
  EVP_PKEY_free(key);
}

void peer_ed25519_verify(State& state) {
  EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  const Bytes message(100, 1);
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  EVP_MD_CTX* signing = EVP_MD_CTX_new();
  EVP_DigestSignInit(signing, nullptr, nullptr, nullptr, key);
  EVP_DigestSign(signing, signature.data(), &size, message.data(), message.size());
  EVP_MD_CTX_free(signing);
  for (auto _ : state) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key);
    if (EVP_DigestVerify(context, signature.data(), size, message.data(), message.size()) != 1)
      state.SkipWithError("verify");
    EVP_MD_CTX_free(context);
  }
  EVP_PKEY_free(key);
}

BENCHMARK(peer_aes128gcm_seal)->Arg(100)->Arg(1024)->Arg(16384);
BENCHMARK(peer_sha256)->Arg(100)->Arg(1024)->Arg(16384);
BENCHMARK(peer_hkdf_expand_32);
BENCHMARK(peer_x25519);
BENCHMARK(peer_p256);
BENCHMARK(peer_p384);
BENCHMARK(peer_ed25519_sign);
BENCHMARK(peer_ed25519_verify);

}  // namespace
