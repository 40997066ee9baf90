// No file may lie in the folder unread and unnamed.

#include "groups.hpp"

using namespace taut::test;

namespace {

/// Read by the other sources of this runner.
bool is_ours(const std::string& name) {
  static const std::vector<std::string> kPrefixes{"aes_gcm_", "chacha20_", "ecdh_", "ecdsa_",
                                                  "ed25519_", "hkdf_",     "hmac_", "x25519_"};
  return std::ranges::any_of(kPrefixes, [&](const auto& prefix) { return name.starts_with(prefix); });
}

/// Who will read it, or nothing when nobody is known.
std::string belongs_to(const std::string& name) {
  if (name.starts_with("json_web_") || name.starts_with("rsa_")) return "the JOSE room";
  if (name.starts_with("mlkem_")) return "the hybrid suites";
  return {};
}

}  // namespace

TEST_CASE("Wycheproof: every file is read here or named as another room's") {
  std::size_t ours = 0;
  for (const auto& entry : std::filesystem::directory_iterator(vector_folder("wycheproof"))) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json") continue;
    if (is_ours(name)) {
      ++ours;
      continue;
    }
    CHECK_MESSAGE(!belongs_to(name).empty(), name << " is read by nobody");
    std::cout << "wycheproof/" << name << ": not run here, it is for " << belongs_to(name) << std::endl;
  }
  CHECK(ours == 16);  // as many as the test cases of this runner name
}
