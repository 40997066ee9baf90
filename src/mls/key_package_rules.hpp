#pragma once

#include "mls/key_package.hpp"
#include "mls/leaf_rules.hpp"

namespace taut::mls {

inline constexpr std::string_view kKeyPackageLabel = "KeyPackageTBS";
Bytes key_package_tbs(const KeyPackage& key_package);

/// KeyPackage validation (RFC 9420 §10.1) against a group's rules, or a suite's alone: everything that
/// the bytes can tell. The credential is the hook's matter, the lifetime the proposer's.
/// @errors kUnsupportedVersion, kUnsupportedSuite, kBadKey, kDuplicateKey (init_key is encryption_key),
///         kBadSignature, kUnsupportedCapability, and those of LeafRules::check
Status verify_key_package(const LeafRules& rules, const KeyPackage& key_package);

}  // namespace taut::mls
