#include "noise/symmetric_state.hpp"

namespace taut::noise {
namespace {

/// HKDF(chaining_key, input_key_material, num_outputs) of §4.3: RFC 5869 with empty info.
class HkdfOutputs {
 public:
  static Result<HkdfOutputs> derive(crypto::HashId hash, const ChainingKey& ck, ByteView input_key_material,
                                    std::size_t count) {
    HkdfOutputs outputs(crypto::hash_size(hash));
    const auto temp_key = crypto::hkdf_extract(hash, ck.expose(), {input_key_material});
    TAUT_CHECK(crypto::hkdf_expand(hash, temp_key.expose(), {},
                                   MutableByteView(outputs.bytes_.fill()).first(count * outputs.hash_size_)));
    return outputs;
  }
  ByteView operator[](std::size_t i) const {
    return ByteView(bytes_.expose()).subspan(i * hash_size_, hash_size_);
  }
  /// A cipher key: the first 32 bytes of an output.
  CipherKey key(std::size_t i) const { return CipherKey((*this)[i].first<CipherKey::size_bytes>()); }

 private:
  explicit HkdfOutputs(std::size_t hash_size) : hash_size_(hash_size) {}
  Secret<struct HkdfOutputsTag, 3 * crypto::kHashBytesMax> bytes_;
  std::size_t hash_size_;
};

HandshakeHash first_hash(const Protocol& protocol) {
  const std::size_t hash_size = crypto::hash_size(protocol.hash);
  const ByteView name = as_bytes(protocol.name);
  if (name.size() > hash_size) return crypto::hash(protocol.hash, {name});
  auto h = HandshakeHash::of_size(hash_size);  // padded with zeros
  std::ranges::copy(name, h.fill().begin());
  return h;
}

}  // namespace

SymmetricState::SymmetricState(const Protocol& protocol)
    : hash_(protocol.hash),
      cipher_(protocol.cipher),
      h_(first_hash(protocol)),
      cipher_state_(protocol.cipher) {
  ck_ = ChainingKey(h_.view());
}

SymmetricState::SymmetricState(crypto::HashId hash, crypto::AeadId cipher, ChainingKey ck, HandshakeHash h,
                               CipherState cipher_state)
    : hash_(hash), cipher_(cipher), ck_(std::move(ck)), h_(h), cipher_state_(std::move(cipher_state)) {}

SymmetricState SymmetricState::copy_of(const SymmetricState& other) {
  return {other.hash_, other.cipher_, ChainingKey::copy_of(other.ck_), other.h_,
          CipherState::copy_of(other.cipher_state_)};
}

Status SymmetricState::mix_key(ByteView input_key_material) {
  TAUT_TRY(const auto outputs, HkdfOutputs::derive(hash_, ck_, input_key_material, 2));
  ck_ = ChainingKey(outputs[0]);
  cipher_state_.initialize_key(outputs.key(1));
  return {};
}

void SymmetricState::mix_hash(ByteView data) { h_ = crypto::hash(hash_, {h_.view(), data}); }

Status SymmetricState::mix_key_and_hash(ByteView input_key_material) {
  TAUT_TRY(const auto outputs, HkdfOutputs::derive(hash_, ck_, input_key_material, 3));
  ck_ = ChainingKey(outputs[0]);
  mix_hash(outputs[1]);
  cipher_state_.initialize_key(outputs.key(2));
  return {};
}

Result<std::size_t> SymmetricState::encrypt_and_hash(ByteView plaintext, MutableByteView out) {
  TAUT_TRY(const std::size_t size, cipher_state_.encrypt_with_ad(h_.view(), plaintext, out));
  mix_hash(out.first(size));
  return size;
}

Result<std::size_t> SymmetricState::decrypt_and_hash(ByteView ciphertext, MutableByteView out) {
  // Hashed before it is opened, for the plaintext may take its place; taken over only if the tag holds.
  const HandshakeHash mixed = crypto::hash(hash_, {h_.view(), ciphertext});
  TAUT_TRY(const std::size_t size, cipher_state_.decrypt_with_ad(h_.view(), ciphertext, out));
  h_ = mixed;
  return size;
}

Result<SymmetricState::Split> SymmetricState::split() const {
  TAUT_TRY(const auto outputs, HkdfOutputs::derive(hash_, ck_, {}, 2));
  Split made{CipherState(cipher_), CipherState(cipher_)};
  made.from_initiator.initialize_key(outputs.key(0));
  made.from_responder.initialize_key(outputs.key(1));
  return made;
}

}  // namespace taut::noise
