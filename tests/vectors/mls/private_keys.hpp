#pragma once
// Private keys as the vector files hold them: big-endian integers, some without their leading zeros.

#include "crypto/suite.hpp"
#include "support/vectors.hpp"

namespace taut::test {

inline Bytes padded(Bytes bytes, std::size_t size) {
  if (bytes.size() < size) bytes.insert(bytes.begin(), size - bytes.size(), Byte{0});
  return bytes;
}

inline Bytes dh_private(const crypto::Suite& suite, const Json& one, std::string_view member) {
  return padded(hex(one, member), crypto::dh_private_size(suite.dh));
}

inline Bytes signature_private(const crypto::Suite& suite, const Json& one, std::string_view member) {
  // EdDSA's seeds are strings; ECDSA's scalars are as long as those of the suite's group, the same curve.
  const bool is_scalar =
      suite.dh == crypto::DhId::p256 || suite.dh == crypto::DhId::p384 || suite.dh == crypto::DhId::p521;
  return is_scalar ? dh_private(suite, one, member) : hex(one, member);
}

}  // namespace taut::test
