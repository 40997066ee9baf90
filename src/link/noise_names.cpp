#include "link/noise_names.hpp"

namespace taut::link {
namespace {

constexpr std::array kPatterns{&kIk, &kNk};

struct Algorithms {
  crypto::SuiteId suite;
  std::string_view names;
};

// Noise's AESGCM is AES-256 whatever the suite's own key size, and its hashes have 32 or 64 bytes, so
// that SHA-384's place is taken by SHA-512 (docs/protocol/link.md, "Noise names").
constexpr std::array kAlgorithms{
    Algorithms{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519, "25519_AESGCM_SHA256"},
    Algorithms{crypto::SuiteId::p256_aes128gcm_sha256_p256, "P256_AESGCM_SHA256"},
    Algorithms{crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519, "25519_ChaChaPoly_SHA256"},
    Algorithms{crypto::SuiteId::p384_aes256gcm_sha384_p384, "P384_AESGCM_SHA512"},
};

std::string noise_name(const LinkPattern& pattern, const Algorithms& algorithms) {
  return std::string("Noise_").append(pattern.name).append("_").append(algorithms.names);
}

}  // namespace

Result<LinkProtocol> link_protocol(const LinkPattern& pattern, crypto::SuiteId suite) {
  const auto row = std::ranges::find(kAlgorithms, suite, &Algorithms::suite);
  if (row == kAlgorithms.end()) return fail(Errc::incompatible, reasons::kSuiteRefused);
  return LinkProtocol{&pattern, suite, noise_name(pattern, *row)};
}

Result<LinkProtocol> link_protocol(std::string_view name) {
  for (const LinkPattern* pattern : kPatterns) {
    for (const Algorithms& algorithms : kAlgorithms) {
      if (std::string known = noise_name(*pattern, algorithms); known == name)
        return LinkProtocol{pattern, algorithms.suite, std::move(known)};
    }
  }
  return fail(Errc::incompatible, reasons::kSuiteRefused);
}

}  // namespace taut::link
