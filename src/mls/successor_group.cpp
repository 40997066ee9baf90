// Groups that follow others: re-initialised (RFC 9420 §11.2) and branched (§11.3).

#include <set>

#include "mls/join.hpp"

namespace taut::mls {

namespace {

/// The members whose credential no member of `others` has, byte for byte.
std::vector<const Credential*> without_equal(const TreeView& tree, const TreeView& others) {
  std::set<Bytes> known;
  others.for_each_member([&](LeafIndex, const LeafNode& leaf) { known.insert(encoded(leaf.credential)); });
  std::vector<const Credential*> rest;
  tree.for_each_member([&](LeafIndex, const LeafNode& leaf) {
    if (!known.contains(encoded(leaf.credential))) rest.push_back(&leaf.credential);
  });
  return rest;
}

/// The application is asked only about those that are not equal: few, so the pairs are too.
bool all_have_match(const TreeView& before, const TreeView& after, ResumptionPskUsage usage,
                    const AuthenticationService& authentication) {
  const auto new_ones = without_equal(after, before);
  const auto succeeds = [&](const Credential& current, const Credential& next) {
    return authentication.validate_successor(current, next).has_value();
  };
  if (usage == ResumptionPskUsage::branch)  // each new member was a member
    return std::ranges::all_of(new_ones, [&](const Credential* next) {
      bool matches = false;
      before.for_each_member(
          [&](LeafIndex, const LeafNode& leaf) { matches = matches || succeeds(leaf.credential, *next); });
      return matches;
    });
  // Each old member is a member still.
  return std::ranges::all_of(without_equal(before, after), [&](const Credential* current) {
    return std::ranges::any_of(new_ones, [&](const Credential* next) { return succeeds(*current, *next); });
  });
}

bool matches(const ReInit& reinit, const GroupContext& context) {
  return reinit.version == ProtocolVersion::mls10 && reinit.cipher_suite == context.cipher_suite &&
         reinit.group_id == context.group_id && reinit.extensions == context.extensions;
}

}  // namespace

Status check_successor_group(const GroupState& previous, ResumptionPskUsage usage,
                             const GroupContext& context, const TreeView& tree,
                             const AuthenticationService& authentication) {
  if (context.epoch != 1) return refuse(errors::kNotPermitted);
  if (usage == ResumptionPskUsage::reinit && (!previous.reinit || !matches(*previous.reinit, context)))
    return refuse(errors::kNotPermitted);
  if (usage == ResumptionPskUsage::branch && context.cipher_suite != previous.suite->id)
    return refuse(errors::kNotPermitted);
  if (!all_have_match(previous.tree, tree, usage, authentication)) return refuse(errors::kNotPermitted);
  return {};
}

}  // namespace taut::mls
