#include "mls/external_join.hpp"

#include "mls/extension_types.hpp"
#include "mls/join.hpp"
#include "mls/message.hpp"
#include "mls/stage_commit.hpp"
#include "mls/treekem.hpp"

namespace taut::mls {

namespace {

/// A pending SelfRemove as an outsider can judge it: all but the membership_tag.
Result<PendingProposal> read_self_remove(const Suite& suite, ByteView bytes, const GroupContext& context,
                                         ByteView group_context, const TreeView& tree) {
  TAUT_TRY(const MlsMessage message, decoded<MlsMessage>(bytes));
  const auto* in_public = message.as<PublicMessage>();
  if (in_public == nullptr) return refuse(errors::kMalformed);
  AuthenticatedContent content{WireFormat::public_message, in_public->content, in_public->auth};
  const auto* proposal = content.content.content.as<Proposal>();
  const auto* member = std::get_if<MemberSender>(&content.content.sender.value);
  if (proposal == nullptr || proposal->as<SelfRemove>() == nullptr || member == nullptr)
    return refuse(errors::kNotPermitted);
  if (content.content.group_id != context.group_id || content.content.epoch != context.epoch)
    return refuse(errors::kWrongEpoch);
  const LeafNode* leaf = tree.leaf(member->leaf_index);
  if (leaf == nullptr) return refuse(errors::kUnknownSender);
  TAUT_CHECK(verify_content(suite, content, group_context, leaf->signature_key));
  const ProposalRef ref = make_proposal_ref(suite, encoded(content));
  return PendingProposal{ref, content.content.sender, *proposal, WireFormat::public_message, std::nullopt};
}

class ExternalJoining {
 public:
  ExternalJoining(const Hooks& hooks, const Client& client, const ExternalJoinOptions& options,
                  VerifiedGroup verified)
      : hooks_(hooks),
        client_(client),
        options_(options),
        suite_(crypto::suite(client.suite)),
        verified_(std::move(verified)),
        group_context_(encoded(context())),
        diff_(verified_.tree) {}

  Result<ExternalJoinResult> run() {
    TAUT_TRY(const auto external_pub,
             verified_.group_info.extensions.find_as<ExternalPub>(ExtensionType::external_pub));
    if (!external_pub) return refuse(errors::kNotPermitted);
    TAUT_TRY(const auto public_key,
             crypto::DhPublic::from_bytes(suite_.dh, external_pub->external_pub.view()));
    TAUT_TRY(ExternalInitSecret init, send_external_init(suite_, public_key, hooks_.random));
    TAUT_CHECK(list_all(init));
    const Sender sender{NewMemberCommit{}};
    TAUT_TRY(const auto listed, list_proposals(self_removes_, commit_, sender));
    TAUT_TRY(const ProposalList list, ProposalList::sort(suite_, Committer{}, listed));
    TAUT_TRY(const AppliedProposals applied, apply_proposals(diff_, context(), list, hooks_.authentication));
    TAUT_TRY(const LeafIndex leaf, diff_.free_leaf());
    TAUT_TRY(GroupContext provisional, provisional_context(context(), applied.extensions));
    TAUT_TRY(CreatedPath path, create_update_path(diff_, {leaf, client_.signature_key}, new_leaf(),
                                                  provisional, applied.added, hooks_.random));
    TAUT_CHECK(applied.rules.check(path.path.leaf_node, LeafNodeSource::commit));
    TAUT_CHECK(check_tree(diff_, applied));
    commit_.path = std::move(path.path);

    const PskFinder psks{hooks_.psks};
    TAUT_TRY(KdfSecret psk_secret, psks.psk_secret(suite_, list.psks));
    const CommitSecrets secrets{std::move(init.init_secret), std::move(path.result.commit_secret),
                                std::move(psk_secret)};
    TAUT_TRY(AuthenticatedContent content, sign(sender));
    return finish(std::move(content), std::move(provisional), secrets, std::move(path.result.private_tree));
  }

 private:
  const GroupContext& context() const { return verified_.group_info.group_context; }

  Status list_all(const ExternalInitSecret& init) {
    commit_.proposals.push_back({Proposal{ExternalInit{to_bytes(init.kem_output.view())}}});
    if (options_.replaces) commit_.proposals.push_back({Proposal{Remove{*options_.replaces}}});
    for (const PreSharedKeyId& psk : options_.psks)
      commit_.proposals.push_back({Proposal{PreSharedKey{psk}}});
    Journal unused;
    for (const Bytes& message : options_.self_removes) {
      TAUT_TRY(PendingProposal proposal,
               read_self_remove(suite_, message, context(), group_context_, verified_.tree));
      commit_.proposals.push_back({proposal.ref});
      TAUT_CHECK(self_removes_.add(std::move(proposal), options_.join.settings, unused));
    }
    return {};
  }

  NewLeaf new_leaf() const {
    return {SignaturePublicKey(client_.signature_key.public_key.bytes.view()), client_.credential,
            client_.capabilities, client_.leaf_extensions};
  }

  Result<AuthenticatedContent> sign(const Sender& sender) {
    FramedContent framed{context().group_id, context().epoch, sender, options_.authenticated_data,
                         Content{std::move(commit_)}};
    return sign_content(client_.signature_key, WireFormat::public_message, std::move(framed), group_context_);
  }

  Result<ExternalJoinResult> finish(AuthenticatedContent content, GroupContext provisional,
                                    const CommitSecrets& secrets, PrivateTree private_tree) {
    const Digest interim = next_interim_transcript_hash(suite_, context().confirmed_transcript_hash.view(),
                                                        verified_.group_info.confirmation_tag.view());
    NextEpoch next = advance_epoch(suite_, interim, std::move(provisional), content, secrets, diff_.size());
    content.auth.confirmation_tag = next.epoch.confirmation_tag;
    const PublicMessage message{content.content, content.auth, std::nullopt};
    const LeafIndex leaf = private_tree.own_leaf();
    verified_.tree.apply(std::move(diff_).take());
    return ExternalJoinResult{
        std::make_unique<GroupState>(
            hooks_, options_.join.settings, &suite_, std::move(verified_.tree), leaf, std::move(private_tree),
            crypto::SignatureKeyPair::copy_of(client_.signature_key), std::move(next.epoch)),
        encoded(MlsMessage{message})};
  }

  const Hooks& hooks_;
  const Client& client_;
  const ExternalJoinOptions& options_;
  const Suite& suite_;
  VerifiedGroup verified_;
  Bytes group_context_;
  TreeDiff diff_;
  ProposalCache self_removes_;
  Commit commit_;
};

}  // namespace

Result<ExternalJoinResult> join_by_external_commit(const Hooks& hooks, const Client& client,
                                                   ByteView group_info, const ExternalJoinOptions& options) {
  TAUT_TRY(const MlsMessage message, decoded<MlsMessage>(group_info));
  const GroupInfo* info = message.as<GroupInfo>();
  if (info == nullptr) return refuse(errors::kMalformed);
  TAUT_TRY(VerifiedGroup verified,
           verify_group(crypto::suite(client.suite), *info, options.join.ratchet_tree, hooks));
  return ExternalJoining(hooks, client, options, std::move(verified)).run();
}

}  // namespace taut::mls
