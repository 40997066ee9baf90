#include "mls/apply_proposals.hpp"

#include "mls/extension_types.hpp"
#include "mls/key_package_rules.hpp"
#include "mls/tree_validation.hpp"

namespace taut::mls {

namespace {

/// §5.3.1: senders that are new, or changed, are judged.
Status check_external_senders(const Extensions& before, const Extensions& after,
                              const AuthenticationService& authentication) {
  const Bytes* data = after.find(ExtensionType::external_senders);
  const Bytes* old_data = before.find(ExtensionType::external_senders);
  if (data == nullptr || (old_data != nullptr && *data == *old_data)) return {};
  TAUT_TRY(const ExternalSenders senders, decoded<ExternalSenders>(*data));
  for (const ExternalSender& sender : senders.list)
    TAUT_CHECK(authentication.validate(sender.credential, sender.signature_key));
  return {};
}

/// §12.2: members who process the commit support its types; those it adds or removes need not.
Status check_support(const TreeView& tree, const std::set<ProposalType>& types) {
  if (types.empty()) return {};
  bool all = true;
  tree.for_each_member([&](LeafIndex, const LeafNode& leaf) {
    all = all &&
          std::ranges::all_of(types, [&](ProposalType type) { return leaf.capabilities.supports(type); });
  });
  if (!all) return refuse(errors::kUnsupportedCapability);
  return {};
}

Status apply_update(TreeDiff& diff, const UpdateOf& update, const LeafRules& rules,
                    const AuthenticationService& authentication) {
  const LeafNode& leaf = update.update->leaf_node;
  const LeafNode* current = diff.leaf(update.leaf);
  if (current == nullptr) return refuse(errors::kNoSuchLeaf);
  if (leaf.encryption_key == current->encryption_key) return refuse(errors::kDuplicateKey);
  TAUT_CHECK(rules.check(leaf, LeafNodeSource::update));
  TAUT_CHECK(rules.check_signature(leaf, update.leaf));
  TAUT_CHECK(check_successor(authentication, *current, leaf));
  return diff.update_leaf(update.leaf, leaf);
}

Result<LeafIndex> apply_add(TreeDiff& diff, const Add& add, const LeafRules& rules,
                            const AuthenticationService& authentication) {
  TAUT_CHECK(verify_key_package(rules, add.key_package));
  const LeafNode& leaf = add.key_package.leaf_node;
  TAUT_CHECK(authentication.validate(leaf.credential, leaf.signature_key));
  return diff.add_leaf(leaf);
}

}  // namespace

Status check_successor(const AuthenticationService& authentication, const LeafNode& current,
                       const LeafNode& next) {
  if (next.credential == current.credential && next.signature_key == current.signature_key) return {};
  TAUT_CHECK(authentication.validate(next.credential, next.signature_key));
  return authentication.validate_successor(current.credential, next.credential);
}

Result<AppliedProposals> apply_proposals(TreeDiff& diff, const GroupContext& context,
                                         const ProposalList& list,
                                         const AuthenticationService& authentication) {
  Extensions extensions = list.extensions != nullptr ? list.extensions->extensions : context.extensions;
  TAUT_CHECK(check_external_senders(context.extensions, extensions, authentication));
  TAUT_TRY(LeafRules rules, LeafRules::of_group(context.cipher_suite, context.group_id, extensions));
  AppliedProposals applied{std::move(rules), std::move(extensions), list.extensions != nullptr, {}, {},
                           list.removed};

  for (const UpdateOf& update : list.updates) {
    TAUT_CHECK(apply_update(diff, update, applied.rules, authentication));
    applied.updated.push_back(update.leaf);
  }
  for (const LeafIndex leaf : list.removed) TAUT_CHECK(diff.remove_leaf(leaf));
  TAUT_CHECK(check_support(diff, list.beyond_default));
  for (const Add* add : list.adds) {
    TAUT_TRY(const LeafIndex leaf, apply_add(diff, *add, applied.rules, authentication));
    applied.added.push_back(leaf);
  }
  return applied;
}

Status check_tree(const TreeDiff& diff, const AppliedProposals& applied) {
  if (applied.changes_extensions) TAUT_CHECK(check_members(diff, applied.rules));
  TAUT_CHECK(diff.check_unique_keys());
  return diff.check_credential_support();
}

}  // namespace taut::mls
