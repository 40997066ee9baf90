#include "examples.hpp"

namespace taut::mls::examples {

// [client]
Result<Client> make_client(std::string_view name, Random& random) {
  const auto suite = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
  TAUT_TRY(auto key, crypto::SignatureKeyPair::generate(crypto::suite(suite).signature, random));
  return Client{.suite = suite,
                .signature_key = std::move(key),
                .credential = Credential::basic(as_bytes(name)),
                .capabilities = with_grease(our_capabilities(suite), random)};
}
// [client]

}  // namespace taut::mls::examples
