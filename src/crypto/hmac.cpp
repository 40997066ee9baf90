// HMAC (RFC 2104) and HKDF (RFC 5869) over a reused digest context: OpenSSL's own EVP_MAC and EVP_KDF
// cost two to four times as much for the short inputs of a key schedule.

#include "crypto/hash.hpp"
#include "crypto/scratch.hpp"

namespace taut::crypto {
namespace {

constexpr std::size_t kBlockBytesMax = 128;
constexpr Byte kInner = 0x36;
constexpr Byte kOuter = 0x5c;

/// K XOR ipad: the key padded to a block (RFC 2104 §2), longer keys hashed first.
BoundedSecret<kBlockBytesMax> inner_block(HashId id, ByteView key) {
  auto block = BoundedSecret<kBlockBytesMax>::of_size(hash_block_size(id));
  if (key.size() > block.size()) {
    EVP_MD_CTX* context = scratch_md(id);
    absorb(context, key);
    squeeze(context, block.fill().first(hash_size(id)));
  } else {
    std::ranges::copy(key, block.fill().begin());
  }
  for (Byte& byte : block.fill()) byte ^= kInner;
  return block;
}

/// One key and a context it may use; each message runs from `begin` to `finish`.
class KeyedHash {
 public:
  KeyedHash(HashId id, ByteView key, EVP_MD_CTX* context)
      : id_(id), context_(context), inner_(inner_block(id, key)) {}

  void begin() { absorb(context_, inner_.expose()); }
  void update(ByteView bytes) { absorb(context_, bytes); }

  /// H(K XOR opad, H(K XOR ipad, text))
  DerivedKey finish() {
    DerivedKey tag = DerivedKey::of_size(hash_size(id_));
    squeeze(context_, tag.fill());
    auto outer = BoundedSecret<kBlockBytesMax>::copy_of(inner_);
    for (Byte& byte : outer.fill()) byte ^= kInner ^ kOuter;
    absorb(context_, outer.expose());
    absorb(context_, tag.expose());
    squeeze(context_, tag.fill());
    return tag;
  }

 private:
  HashId id_;
  EVP_MD_CTX* context_;
  BoundedSecret<kBlockBytesMax> inner_;
};

}  // namespace

struct Hmac::State {
  State(HashId id, ByteView key, MdContext own) : context(std::move(own)), keyed(id, key, context.get()) {}
  MdContext context;
  KeyedHash keyed;
};

Hmac::Hmac(HashId id, ByteView key) {
  MdContext context(EVP_MD_CTX_new());
  insist(context && EVP_DigestInit_ex2(context.get(), fetched_md(id), nullptr) == 1);
  state_ = std::make_unique<State>(id, key, std::move(context));
  state_->keyed.begin();
}
Hmac::Hmac(Hmac&&) noexcept = default;
Hmac& Hmac::operator=(Hmac&&) noexcept = default;
Hmac::~Hmac() = default;

Hmac& Hmac::update(ByteView bytes) {
  state_->keyed.update(bytes);
  return *this;
}

DerivedKey Hmac::finish() {
  DerivedKey tag = state_->keyed.finish();
  state_->keyed.begin();
  return tag;
}

DerivedKey hmac(HashId id, ByteView key, std::initializer_list<ByteView> parts) {
  KeyedHash keyed(id, key, scratch_md(id));
  keyed.begin();
  for (const ByteView part : parts) keyed.update(part);
  return keyed.finish();
}

DerivedKey hkdf_extract(HashId id, ByteView salt, std::initializer_list<ByteView> key_material) {
  // A key of zeros and an empty one fill the same block, so RFC 5869's default salt needs no case.
  return hmac(id, salt, key_material);
}

Status hkdf_expand(HashId id, ByteView pseudorandom_key, std::initializer_list<ByteView> info,
                   MutableByteView out) {
  if (out.size() > 255 * hash_size(id)) return fail(Errc::misuse, reasons::kTooLarge);
  KeyedHash keyed(id, pseudorandom_key, scratch_md(id));
  DerivedKey block;
  for (Byte counter = 1; !out.empty(); ++counter) {
    keyed.begin();
    keyed.update(block.expose());
    for (const ByteView part : info) keyed.update(part);
    keyed.update({&counter, 1});
    block = keyed.finish();
    const std::size_t taken = std::min(out.size(), block.size());
    std::ranges::copy(block.expose().first(taken), out.begin());
    out = out.subspan(taken);
  }
  return {};
}

}  // namespace taut::crypto
