#include "mls/create_commit.hpp"

#include "mls/message.hpp"
#include "mls/own_leaf.hpp"
#include "mls/select_proposals.hpp"
#include "mls/stage_commit.hpp"
#include "mls/treekem.hpp"
#include "mls/welcome_message.hpp"

namespace taut::mls {

namespace {

/// One commit on its way through §12.4.1, step by step.
class Creation {
 public:
  Creation(const GroupState& group, const CommitOptions& options, const Time& now, SelectionWidth width)
      : group_(group), options_(options), now_(now), width_(width), diff_(group.tree) {}

  Result<CreatedCommit> run(CommitPurpose purpose, const GroupState* previous) {
    TAUT_CHECK(choose_proposals());
    TAUT_TRY(const auto listed, list_proposals(group_.proposals, commit_, sender()));
    TAUT_TRY(const ProposalList list, ProposalList::sort(*group_.suite, {group_.own_leaf, purpose}, listed));
    TAUT_TRY(const AppliedProposals applied,
             apply_proposals(diff_, group_.epoch.context, list, group_.hooks.authentication));
    TAUT_TRY(GroupContext provisional, provisional_context(group_.epoch.context, applied.extensions));
    TAUT_CHECK(make_path(list, applied, provisional));
    TAUT_CHECK(check_tree(diff_, applied));
    const PskFinder psks{group_.hooks.psks, &group_, previous};
    TAUT_TRY(KdfSecret psk_secret, psks.psk_secret(*group_.suite, list.psks));

    // From here on the commit is inside `content`; what `list` points to has moved with it, in place.
    TAUT_TRY(AuthenticatedContent content,
             sign_as_member(group_, handshake_format(group_.settings), Content{std::move(commit_)},
                            options_.authenticated_data));
    CommitSecrets secrets{KdfSecret::copy_of(group_.epoch.secrets.init_secret), commit_secret(),
                          std::move(psk_secret)};
    NextEpoch next = advance_epoch(*group_.suite, group_.epoch.interim_transcript_hash,
                                   std::move(provisional), content, secrets, diff_.size());
    content.auth.confirmation_tag = next.epoch.confirmation_tag;
    TAUT_TRY(ProtectedMessage message, protect_message(group_, content));
    TAUT_TRY(std::optional<Bytes> welcome, make_welcome(list, applied, next));
    CommitEffects effects = effects_of(content, group_.own_leaf, list, applied);
    return finish(std::move(content), std::move(secrets), std::move(next), std::move(message),
                  std::move(welcome), std::move(effects));
  }

 private:
  Sender sender() const { return Sender::member(group_.own_leaf); }

  Status choose_proposals() {
    if (options_.references) {
      covered_ = *options_.references;
    } else {
      ProposalSelection selection = select_proposals(group_, options_.proposals, now_, width_);
      for (const PendingProposal* pending : selection.covered) covered_.push_back(pending->ref);
      left_out_ = std::move(selection.left_out);
    }
    for (const ProposalRef& ref : covered_) commit_.proposals.push_back({ref});
    for (const Proposal& proposal : options_.proposals) {
      TAUT_CHECK(check_sending(group_, proposal, now_));
      commit_.proposals.push_back({proposal});
    }
    return {};
  }

  const crypto::SignatureKeyPair& new_signature_key() const {
    return options_.leaf.signature_key ? *options_.leaf.signature_key : group_.signature_key;
  }

  Status make_path(const ProposalList& list, const AppliedProposals& applied, GroupContext& provisional) {
    if (!list.requires_path && options_.path == PathChoice::if_required && !changes_anything(options_.leaf)) {
      provisional.tree_hash = diff_.tree_hash();
      return {};
    }
    const LeafNode& current = *group_.tree.leaf(group_.own_leaf);
    NewLeaf leaf = NewLeaf::like(current);
    TAUT_CHECK(apply_change(options_.leaf, *group_.suite, leaf));
    TAUT_TRY(path_, create_update_path(diff_, {group_.own_leaf, new_signature_key()}, std::move(leaf),
                                       provisional, applied.added, group_.hooks.random));
    const LeafNode& next = path_->path.leaf_node;
    TAUT_CHECK(applied.rules.check(next, LeafNodeSource::commit));
    TAUT_CHECK(check_successor(group_.hooks.authentication, current, next));
    commit_.path = path_->path;
    return {};
  }

  KdfSecret commit_secret() const {
    return path_ ? KdfSecret::copy_of(path_->result.commit_secret) : zero_secret(*group_.suite);
  }

  Result<std::optional<Bytes>> make_welcome(const ProposalList& list, const AppliedProposals& applied,
                                            const NextEpoch& next) {
    if (applied.added.empty()) return std::nullopt;
    TAUT_TRY(const GroupInfo group_info,
             make_group_info(next.epoch, diff_, options_.tree, {}, {group_.own_leaf, new_signature_key()}));
    std::vector<NewMember> members;
    for (std::size_t i = 0; i < list.adds.size(); ++i)
      members.push_back({&list.adds[i]->key_package,
                         path_ ? path_->path_secret_for(group_.own_leaf, applied.added[i]) : nullptr});
    TAUT_TRY(Welcome welcome,
             mls::make_welcome(*group_.suite, next, group_info, members, list.psks, group_.hooks.random));
    return encoded(MlsMessage{std::move(welcome)});
  }

  OwnPart own_part() const {
    OwnPart own{PrivateTree::copy_of(path_ ? path_->result.private_tree : *group_.private_tree),
                std::nullopt};
    if (options_.leaf.signature_key)
      own.signature_key = crypto::SignatureKeyPair::copy_of(*options_.leaf.signature_key);
    own.private_tree.keep_only(diff_);
    return own;
  }

  CreatedCommit finish(AuthenticatedContent content, CommitSecrets secrets, NextEpoch next,
                       ProtectedMessage message, std::optional<Bytes> welcome, CommitEffects effects) {
    auto staged = std::make_unique<CommitChanges>();
    staged->base = group_.epoch.interim_transcript_hash;
    staged->effects = std::move(effects);
    staged->is_own = true;
    staged->covered = std::move(covered_);
    OwnPart own = own_part();
    OwnPart kept = own_part();
    staged->next.emplace(std::move(next.epoch), std::move(diff_).take(), std::move(own));
    const Digest message_hash = hash_message(*group_.suite, message.message);
    return {{message_hash, std::move(content), std::move(kept), std::move(secrets.commit_secret),
             std::move(secrets.psk_secret), std::move(staged)},
            std::move(message),
            std::move(welcome),
            std::move(left_out_)};
  }

  const GroupState& group_;
  const CommitOptions& options_;
  const Time& now_;
  SelectionWidth width_;
  TreeDiff diff_;
  Commit commit_;
  std::vector<ProposalRef> covered_;
  std::optional<CreatedPath> path_;
  std::vector<std::pair<ProposalRef, Error>> left_out_;
};

}  // namespace

Result<CreatedCommit> create_commit(const GroupState& group, const CommitOptions& options, const Time& now,
                                    CommitPurpose purpose, const GroupState* previous) {
  Result<CreatedCommit> made = Creation(group, options, now, SelectionWidth::all).run(purpose, previous);
  if (made || options.references || group.proposals.empty()) return made;
  for (const auto width :
       {SelectionWidth::without_extensions, SelectionWidth::removals, SelectionWidth::none}) {
    made = Creation(group, options, now, width).run(purpose, previous);
    if (made) break;
  }
  return made;
}

}  // namespace taut::mls
