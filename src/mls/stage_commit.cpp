#include "mls/stage_commit.hpp"

#include "mls/treekem.hpp"

namespace taut::mls {

Result<std::vector<ListedProposal>> list_proposals(const ProposalCache& cache, const Commit& commit,
                                                   const Sender& committer) {
  std::vector<ListedProposal> list;
  for (const ProposalOrRef& one : commit.proposals) {
    if (const auto* proposal = std::get_if<Proposal>(&one.value)) {
      list.push_back({proposal, committer, ProposalOrigin::by_value});
      continue;
    }
    const PendingProposal* pending = cache.find(std::get<ProposalRef>(one.value));
    if (pending == nullptr) return refuse(errors::kMissingProposal);
    list.push_back({&pending->proposal, pending->sender, ProposalOrigin::by_reference});
  }
  return list;
}

Result<GroupContext> provisional_context(const GroupContext& current, const Extensions& extensions) {
  if (current.epoch == UINT64_MAX) return refuse(errors::kLimit);
  GroupContext provisional = current;
  ++provisional.epoch;
  provisional.extensions = extensions;
  return provisional;
}

CommitEffects effects_of(const AuthenticatedContent& content, LeafIndex committer_leaf,
                         const ProposalList& list, const AppliedProposals& applied) {
  CommitEffects effects;
  effects.epoch = content.content.epoch + 1;
  effects.committer = content.content.sender;
  effects.committer_leaf = committer_leaf;
  effects.added = applied.added;
  effects.updated = applied.updated;
  effects.removed = applied.removed;
  if (list.reinit != nullptr) effects.reinit = *list.reinit;
  effects.changes_extensions = applied.changes_extensions;
  if (applied.changes_extensions) effects.new_extensions = applied.extensions;
  for (const Add* add : list.adds) effects.added_credentials.push_back(add->key_package.leaf_node.credential);
  effects.authenticated_data = content.content.authenticated_data;
  return effects;
}

namespace {

bool contains(const std::vector<LeafIndex>& leaves, LeafIndex leaf) {
  return std::ranges::find(leaves, leaf) != leaves.end();
}

/// One commit on its way through §12.4.2, step by step.
class Stage {
 public:
  Stage(const GroupState& group, const AuthenticatedContent& content)
      : group_(group),
        content_(content),
        commit_(*content.content.content.as<Commit>()),
        diff_(group.tree),
        staged_(std::make_unique<CommitChanges>()) {}

  Result<std::unique_ptr<CommitChanges>> run(const KnownSecrets* known) {
    TAUT_TRY(const auto listed, list_proposals(group_.proposals, commit_, content_.content.sender));
    TAUT_TRY(const ProposalList list, ProposalList::sort(*group_.suite, committer(), listed));
    if (list.requires_path && !commit_.path) return refuse(errors::kPathRequired);
    TAUT_TRY(const AppliedProposals applied,
             apply_proposals(diff_, group_.epoch.context, list, group_.hooks.authentication));
    TAUT_TRY(const LeafIndex leaf, place_committer());
    TAUT_TRY(GroupContext provisional, provisional_context(group_.epoch.context, applied.extensions));
    TAUT_CHECK(merge_path(leaf, list, applied, provisional));
    TAUT_CHECK(check_tree(diff_, applied));
    describe(leaf, list, applied);
    if (staged_->effects.removes_me) return std::move(staged_);

    TAUT_TRY(OwnPart own, known != nullptr ? copy_of(known->own) : own_part(applied));
    TAUT_TRY(const CommitSecrets secrets, commit_secrets(leaf, list, applied, provisional, known, own));
    return finish(std::move(provisional), secrets, std::move(own));
  }

 private:
  Committer committer() const {
    const auto* member = std::get_if<MemberSender>(&content_.content.sender.value);
    return {.leaf = member == nullptr ? std::nullopt : std::optional(member->leaf_index)};
  }

  /// A joiner by external commit takes the leftmost blank leaf.
  Result<LeafIndex> place_committer() {
    if (const auto leaf = committer().leaf) return *leaf;
    return diff_.free_leaf();
  }

  Status merge_path(LeafIndex leaf, const ProposalList& list, const AppliedProposals& applied,
                    GroupContext& provisional) {
    if (!commit_.path) {
      provisional.tree_hash = diff_.tree_hash();
      return {};
    }
    const LeafNode& next = commit_.path->leaf_node;
    const AuthenticationService& authentication = group_.hooks.authentication;
    const LeafNode* current = committer().leaf ? group_.tree.leaf(leaf) : nullptr;
    if (list.resync) current = group_.tree.leaf(*list.resync);
    if (current != nullptr) {
      // §12.2: the same criteria as an Update for the leaf that it replaces.
      if (next.encryption_key == current->encryption_key) return refuse(errors::kDuplicateKey);
      TAUT_CHECK(check_successor(authentication, *current, next));
    } else {
      TAUT_CHECK(authentication.validate(next.credential, next.signature_key));
    }
    return merge_update_path(diff_, leaf, *commit_.path, applied.rules, provisional, applied.added);
  }

  void describe(LeafIndex leaf, const ProposalList& list, const AppliedProposals& applied) {
    staged_->base = group_.epoch.interim_transcript_hash;
    staged_->effects = effects_of(content_, leaf, list, applied);
    staged_->effects.removes_me = contains(applied.removed, group_.own_leaf);
    for (const ProposalOrRef& one : commit_.proposals)
      if (const auto* ref = std::get_if<ProposalRef>(&one.value)) staged_->covered.push_back(*ref);
  }

  static Result<OwnPart> copy_of(const OwnPart& known) {
    OwnPart own{PrivateTree::copy_of(known.private_tree), std::nullopt};
    if (known.signature_key) own.signature_key = crypto::SignatureKeyPair::copy_of(*known.signature_key);
    return own;
  }

  /// This member's keys before the path is opened: an own Update among the proposals brings its own.
  Result<OwnPart> own_part(const AppliedProposals& applied) const {
    OwnPart own{PrivateTree::copy_of(*group_.private_tree), std::nullopt};
    if (!contains(applied.updated, group_.own_leaf)) return own;
    for (const ProposalRef& ref : staged_->covered) {
      const PendingProposal* pending = group_.proposals.find(ref);
      if (pending == nullptr || !pending->own || !pending->own->encryption_key) continue;
      own.private_tree.replace_leaf_key(crypto::DhKeyPair::copy_of(*pending->own->encryption_key));
      if (pending->own->signature_key)
        own.signature_key = crypto::SignatureKeyPair::copy_of(*pending->own->signature_key);
    }
    return own;
  }

  Result<CommitSecrets> commit_secrets(LeafIndex leaf, const ProposalList& list,
                                       const AppliedProposals& applied, const GroupContext& provisional,
                                       const KnownSecrets* known, OwnPart& own) const {
    TAUT_TRY(KdfSecret init_secret, next_init_secret(list));
    if (known != nullptr)
      return CommitSecrets{std::move(init_secret), KdfSecret::copy_of(known->commit_secret),
                           KdfSecret::copy_of(known->psk_secret)};
    const PskFinder psks{group_.hooks.psks, &group_};
    TAUT_TRY(KdfSecret psk_secret, psks.psk_secret(*group_.suite, list.psks));
    if (!commit_.path)
      return CommitSecrets{std::move(init_secret), zero_secret(*group_.suite), std::move(psk_secret)};
    TAUT_TRY(PathResult path,
             open_update_path(diff_, own.private_tree, leaf, *commit_.path, provisional, applied.added));
    own.private_tree = std::move(path.private_tree);
    return CommitSecrets{std::move(init_secret), std::move(path.commit_secret), std::move(psk_secret)};
  }

  Result<KdfSecret> next_init_secret(const ProposalList& list) const {
    const EpochSecrets& secrets = group_.epoch.secrets;
    if (list.external_init == nullptr) return KdfSecret::copy_of(secrets.init_secret);
    TAUT_TRY(const crypto::DhKeyPair key, derive_external_key_pair(*group_.suite, secrets.external_secret));
    return receive_external_init(*group_.suite, key, list.external_init->kem_output);
  }

  Result<std::unique_ptr<CommitChanges>> finish(GroupContext provisional, const CommitSecrets& secrets,
                                                OwnPart own) {
    NextEpoch next = advance_epoch(*group_.suite, group_.epoch.interim_transcript_hash,
                                   std::move(provisional), content_, secrets, diff_.size());
    const auto& tag = content_.auth.confirmation_tag;
    if (!tag || !equals_in_constant_time(tag->view(), next.epoch.confirmation_tag.view()))
      return refuse(errors::kBadConfirmationTag);
    own.private_tree.keep_only(diff_);
    // Only a saved state could say otherwise: a pending commit that is not of this leaf.
    if (!own.private_tree.is_consistent_with(diff_)) return refuse(errors::kBadKey);
    staged_->next.emplace(std::move(next.epoch), std::move(diff_).take(), std::move(own));
    return std::move(staged_);
  }

  const GroupState& group_;
  const AuthenticatedContent& content_;
  const Commit& commit_;
  TreeDiff diff_;
  std::unique_ptr<CommitChanges> staged_;
};

}  // namespace

Result<std::unique_ptr<CommitChanges>> stage_commit(const GroupState& group,
                                                    const AuthenticatedContent& content,
                                                    const KnownSecrets* known) {
  return Stage(group, content).run(known);
}

}  // namespace taut::mls
