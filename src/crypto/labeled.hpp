#pragma once
// LabeledExtract and LabeledExpand, RFC 9180 §4. Internal: HPKE's KEM and key schedule use them.

#include "crypto/aead.hpp"
#include "crypto/dh.hpp"
#include "crypto/hash.hpp"

namespace taut::crypto::hpke {

/// One KDF bound to a suite_id, which keeps the KEM's derivations apart from the key schedule's.
class Labeled {
 public:
  Labeled(HashId hash, ByteView suite_id) : hash_(hash), suite_id_(suite_id) {}

  HashId hash() const { return hash_; }

  /// Extract(salt, concat("HPKE-v1", suite_id, label, ikm))
  DerivedKey extract(ByteView salt, std::string_view label, std::initializer_list<ByteView> ikm) const;
  /// Expand(prk, concat(I2OSP(L, 2), "HPKE-v1", suite_id, label, info), L), with L = out.size()
  /// @errors misuse: more than 255 blocks, or L over 2 bytes
  Status expand(ByteView prk, std::string_view label, std::initializer_list<ByteView> info,
                MutableByteView out) const;

 private:
  HashId hash_;
  BoundedBytes<10> suite_id_;
};

/// The KDF inside the KEM of a group: suite_id = concat("KEM", I2OSP(kem_id, 2)).   RFC 9180 §4.1, §7.1
Labeled kem_kdf(DhId kem);

}  // namespace taut::crypto::hpke
