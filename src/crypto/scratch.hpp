#pragma once
// A digest context per thread and algorithm, for one-shot hashes: a new one costs as much as a short
// message. Internal. Between uses a context is freshly started and holds nothing.

#include "crypto/openssl.hpp"

namespace taut::crypto {

inline constexpr std::size_t kHashCount = 5;

/// Ready for a new message; whoever takes it finishes with `squeeze` before anyone else takes it.
EVP_MD_CTX* scratch_md(HashId id);

void absorb(EVP_MD_CTX* context, ByteView bytes);
/// The digest, of exactly the hash's size; the context is ready for a new message.
void squeeze(EVP_MD_CTX* context, MutableByteView digest);

}  // namespace taut::crypto
