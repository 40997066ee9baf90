#include "crypto/hash.hpp"

#include "crypto/openssl.hpp"
#include "crypto/scratch.hpp"

namespace taut::crypto {
namespace {

struct HashShape {
  const char* name;
  std::size_t size_bytes;
  std::size_t block_bytes;
};
constexpr std::array<HashShape, kHashCount> kShapes{{
    {"SHA2-256", 32, 64},
    {"SHA2-384", 48, 128},
    {"SHA2-512", 64, 128},
    {"BLAKE2S-256", 32, 64},
    {"BLAKE2B-512", 64, 128},
}};

const HashShape& shape(HashId id) { return kShapes[static_cast<std::size_t>(id)]; }

MdContext started(HashId id) {
  MdContext context(EVP_MD_CTX_new());
  insist(context && EVP_DigestInit_ex2(context.get(), fetched_md(id), nullptr) == 1);
  return context;
}

}  // namespace

std::size_t hash_size(HashId id) { return shape(id).size_bytes; }
std::size_t hash_block_size(HashId id) { return shape(id).block_bytes; }

const EVP_MD* fetched_md(HashId id) {
  static const auto kFetched = [] {
    std::array<EVP_MD*, kHashCount> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = EVP_MD_fetch(nullptr, kShapes[i].name, nullptr);
      insist(all[i] != nullptr);
    }
    return all;
  }();
  return kFetched[static_cast<std::size_t>(id)];
}

EVP_MD_CTX* scratch_md(HashId id) {
  thread_local std::array<MdContext, kHashCount> contexts;
  MdContext& context = contexts[static_cast<std::size_t>(id)];
  if (!context) context = started(id);
  return context.get();
}

void absorb(EVP_MD_CTX* context, ByteView bytes) {
  insist(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

void squeeze(EVP_MD_CTX* context, MutableByteView digest) {
  insist(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  // Starting again also clears what the last message left in the state.
  insist(EVP_DigestInit_ex2(context, nullptr, nullptr) == 1);
}

struct Hash::State {
  HashId id;
  MdContext context;
};

Hash::Hash(HashId id) : state_(new State{id, started(id)}) {}
Hash::Hash(const Hash& other) : state_(new State{other.state_->id, MdContext(EVP_MD_CTX_new())}) {
  insist(state_->context && EVP_MD_CTX_copy_ex(state_->context.get(), other.state_->context.get()) == 1);
}
Hash& Hash::operator=(const Hash& other) { return *this = Hash(other); }
Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

Hash& Hash::update(ByteView bytes) {
  absorb(state_->context.get(), bytes);
  return *this;
}

Digest Hash::finish() {
  Digest digest = Digest::of_size(hash_size(state_->id));
  squeeze(state_->context.get(), digest.fill());
  return digest;
}

Digest hash(HashId id, std::initializer_list<ByteView> parts) {
  EVP_MD_CTX* context = scratch_md(id);
  for (const ByteView part : parts) absorb(context, part);
  Digest digest = Digest::of_size(hash_size(id));
  squeeze(context, digest.fill());
  return digest;
}

}  // namespace taut::crypto
