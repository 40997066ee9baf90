#pragma once
// What this room's sources share about OpenSSL. Internal: no other room includes it.

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

#include "crypto/hash.hpp"

namespace taut::crypto {

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, Release<Free>>;

using MdContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using CipherContext = Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

/// For what can fail only when memory is out, or when a caller broke a contract: there is no safe way
/// on, and half a ciphertext is worse than none.
inline void insist(bool holds) {  // NOLINT: an assertion that stays in release builds
  if (!holds) std::abort();
}

/// Fetched once for the life of the process: a fetch costs more than a short hash. Never freed, since
/// OpenSSL's own exit handler may run before ours would.
const EVP_MD* fetched_md(HashId id);

}  // namespace taut::crypto
