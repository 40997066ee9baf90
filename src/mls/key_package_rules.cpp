#include "mls/key_package_rules.hpp"

#include "mls/labelled.hpp"

namespace taut::mls {

namespace {

/// §10: extensions of a KeyPackage are listed in its capabilities, and unknown ones are ignored. So what
/// we understand must be listed; what we do not, GREASE among it, passes.
Status check_extensions(const KeyPackage& key_package) {
  for (const ExtensionType type : {ExtensionType::last_resort, ExtensionType::app_data_dictionary})
    if (key_package.extensions.find(type) != nullptr && !key_package.leaf_node.capabilities.supports(type))
      return refuse(errors::kUnsupportedCapability);
  return {};
}

}  // namespace

Bytes key_package_tbs(const KeyPackage& key_package) {
  return wire::written([&](wire::Writer& out) { key_package.write_tbs(out); });
}

Status verify_key_package(const LeafRules& rules, const KeyPackage& key_package) {
  if (key_package.version != ProtocolVersion::mls10) return refuse(errors::kUnsupportedVersion);
  if (key_package.cipher_suite != rules.suite().id) return refuse(errors::kUnsupportedSuite);
  const LeafNode& leaf = key_package.leaf_node;
  TAUT_CHECK(rules.check(leaf, LeafNodeSource::key_package));
  if (!crypto::DhPublic::from_bytes(rules.suite().dh, key_package.init_key.view()))
    return refuse(errors::kBadKey);
  if (key_package.init_key == leaf.encryption_key) return refuse(errors::kDuplicateKey);
  TAUT_CHECK(check_extensions(key_package));
  TAUT_CHECK(rules.check_signature(leaf, LeafIndex{}));
  TAUT_TRY(const auto key,
           crypto::SignaturePublic::from_bytes(rules.suite().signature, leaf.signature_key.view()));
  return verify_with_label(key, kKeyPackageLabel, key_package_tbs(key_package), key_package.signature);
}

}  // namespace taut::mls
