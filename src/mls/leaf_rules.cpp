#include "mls/leaf_rules.hpp"

#include "mls/labelled.hpp"

namespace taut::mls {

Result<LeafRules> LeafRules::of_suite(CipherSuite suite) {
  LeafRules rules;
  rules.suite_ = crypto::find_suite(static_cast<std::uint16_t>(suite));
  if (rules.suite_ == nullptr) return refuse(errors::kUnsupportedSuite);
  return rules;
}

Result<LeafRules> LeafRules::of_group(CipherSuite suite, const GroupId& group_id,
                                      const Extensions& extensions) {
  TAUT_TRY(LeafRules rules, of_suite(suite));
  rules.group_id_ = group_id;
  TAUT_TRY(auto required, extensions.find_as<RequiredCapabilities>(ExtensionType::required_capabilities));
  if (required) rules.required_ = std::move(*required);
  // §13.4: every extension of the GroupContext must be supported by every member.
  for (const Extension& one : extensions.list()) rules.required_.extension_types.push_back(one.type);
  return rules;
}

Status LeafRules::check(const LeafNode& leaf, LeafNodeSource source) const {
  if (leaf.source() != source) return refuse(errors::kWrongSource);
  return check(leaf);
}

Status LeafRules::check(const LeafNode& leaf) const {
  const Capabilities& capabilities = leaf.capabilities;
  const auto is_listed = [&](const Extension& one) { return capabilities.supports(one.type); };
  // §11.1 asks it of whoever is added; a member that renews its leaf has shown it long ago.
  if (leaf.source() == LeafNodeSource::key_package &&
      (!capabilities.supports(ProtocolVersion::mls10) || !capabilities.supports(suite_->id)))
    return refuse(errors::kUnsupportedCapability);
  if (!capabilities.supports(leaf.credential.type()) || !capabilities.supports(required_) ||
      !std::ranges::all_of(leaf.extensions.list(), is_listed))
    return refuse(errors::kUnsupportedCapability);
  if (!crypto::SignaturePublic::from_bytes(suite_->signature, leaf.signature_key.view()))
    return refuse(errors::kBadKey);
  return check_encryption_key(*suite_, leaf.encryption_key);
}

Status LeafRules::check_signature(const LeafNode& leaf, LeafIndex place) const {
  const auto key = crypto::SignaturePublic::from_bytes(suite_->signature, leaf.signature_key.view());
  if (!key) return refuse(errors::kBadKey);
  const LeafPlace here{group_id_, place};
  return verify_with_label(*key, "LeafNodeTBS", leaf_node_tbs(leaf, &here), leaf.signature);
}

Status check_encryption_key(const crypto::Suite& suite, const HpkePublicKey& key) {
  const auto parsed = crypto::DhPublic::from_bytes(suite.dh, key.view());
  if (!parsed || parsed->is_low_order()) return refuse(errors::kBadKey);
  return {};
}

Status check_lifetime(const LeafNode& leaf, std::uint64_t now_unix_s, std::uint64_t total_s_max) {
  const auto* lifetime = std::get_if<Lifetime>(&leaf.from);
  if (lifetime == nullptr) return {};
  if (!lifetime->covers(now_unix_s) || lifetime->total_s() > total_s_max) return refuse(errors::kExpired);
  return {};
}

}  // namespace taut::mls
