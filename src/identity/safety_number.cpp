#include "identity/safety_number.hpp"

#include <utility>

#include "crypto/hash.hpp"
#include "wire/writer.hpp"

namespace taut::identity {

namespace {

constexpr std::size_t kGroupCount = 7;
constexpr std::uint64_t kGroupRange = 100'000;

/// Seven groups, each 64 bits of SHA-512(label, node ID) modulo 10^5: the bias is below 2^-47.
std::string digits_of(const NodeId& id) {
  const Bytes input =
      wire::written([&](wire::Writer& out) { out.vector(as_bytes("taut 1 SafetyNumber")).raw(id.view()); });
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha512, {input});
  std::string text;
  for (std::size_t group = 0; group < kGroupCount; ++group) {
    std::uint64_t value = 0;
    for (const Byte byte : digest.view().subspan(8 * group, 8)) value = value << 8 | byte;
    const std::string digits = std::to_string(value % kGroupRange);
    if (!text.empty()) text += ' ';
    text.append(5 - digits.size(), '0').append(digits);
  }
  return text;
}

}  // namespace

std::string safety_number(const NodeId& one, const NodeId& other) {
  const auto [lower, higher] = std::minmax(one, other);
  return digits_of(lower) + ' ' + digits_of(higher);
}

}  // namespace taut::identity
