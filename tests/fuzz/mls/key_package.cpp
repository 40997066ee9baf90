// A KeyPackage from a stranger: it is read, judged, and asked what it supports.

#include "mls/key_package.hpp"

#include "mls/leaf_rules.hpp"
#include "round_trip.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

void judge(const KeyPackage& key_package) {
  const auto rules = LeafRules::of_suite(key_package.cipher_suite);
  TAUT_REQUIRE(rules.has_value() ==
               (crypto::find_suite(static_cast<std::uint16_t>(key_package.cipher_suite)) != nullptr));
  if (!rules) return;
  const LeafNode& leaf = key_package.leaf_node;
  if (rules->check(leaf, LeafNodeSource::key_package)) {
    TAUT_REQUIRE(leaf.source() == LeafNodeSource::key_package);
    TAUT_REQUIRE(leaf.capabilities.supports(key_package.cipher_suite));
    for (const Extension& one : leaf.extensions.list()) TAUT_REQUIRE(leaf.capabilities.supports(one.type));
    static_cast<void>(rules->check_signature(leaf, {}));
  }
  static_cast<void>(check_lifetime(leaf, 1'000'000, 100));
  static_cast<void>(is_last_resort(key_package.extensions));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto key_package = round_trip<KeyPackage>({data, size})) judge(*key_package);
  return 0;
}
