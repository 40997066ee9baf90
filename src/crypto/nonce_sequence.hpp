#pragma once
// The sequence number of an HPKE context and the nonce it makes, RFC 9180 §5.2.

#include "base/bounded_bytes.hpp"
#include "base/result.hpp"

namespace taut::crypto::hpke {

class NonceSequence {
 public:
  explicit NonceSequence(const BoundedBytes<24>& base_nonce, std::uint64_t first = 0)
      : base_nonce_(base_nonce), sequence_(first) {}

  /// ComputeNonce(seq) = xor(base_nonce, I2OSP(seq, Nn))
  /// @errors exhausted: the number after this one would wrap (MessageLimitReached)
  Result<BoundedBytes<24>> nonce() const {
    if (sequence_ == kEnd) return fail(Errc::exhausted, reasons::kKeyExhausted);
    BoundedBytes<24> nonce = base_nonce_;
    for (std::size_t i = 0; i < sizeof(sequence_); ++i)
      nonce.fill()[nonce.size() - 1 - i] ^= static_cast<Byte>(sequence_ >> 8 * i);
    return nonce;
  }
  /// IncrementSeq, once a message is sealed or a tag has held.
  void advance() { ++sequence_; }

 private:
  static constexpr std::uint64_t kEnd = ~std::uint64_t{0};

  BoundedBytes<24> base_nonce_;
  std::uint64_t sequence_;
};

}  // namespace taut::crypto::hpke
