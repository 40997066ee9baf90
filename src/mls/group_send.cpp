// What a member sends.

#include "mls/create_commit.hpp"
#include "mls/group.hpp"
#include "mls/own_leaf.hpp"
#include "mls/select_proposals.hpp"

namespace taut::mls {

namespace {

Status check_open(const GroupState& group) {
  if (group.status != GroupStatus::active) return refuse(errors::kGroupClosed);
  return {};
}

/// The last step of sending: from here the key is gone, and the message may leave.
Bytes release(GroupState& group, ProtectedMessage sent) {
  if (sent.key) group.epoch.secret_tree.consume(*std::move(sent.key), group.journal);
  return std::move(sent.message);
}

Result<SentProposal> send_proposal(GroupState& group, const Proposal& proposal, ByteView authenticated_data,
                                   OwnProposal own) {
  const Sender sender = Sender::member(group.own_leaf);
  // SelfRemove is read by external joiners too (draft-ietf-mls-extensions, "SelfRemove").
  const WireFormat wire_format =
      proposal.as<SelfRemove>() != nullptr ? WireFormat::public_message : handshake_format(group.settings);
  TAUT_CHECK(check_sender(sender, proposal, wire_format));
  TAUT_TRY(const AuthenticatedContent content,
           sign_as_member(group, wire_format, Content{proposal}, authenticated_data));
  const ProposalRef ref = make_proposal_ref(*group.suite, encoded(content));
  TAUT_TRY(ProtectedMessage message, protect_message(group, content));
  own.message_hash = hash_message(*group.suite, message.message);
  TAUT_CHECK(group.proposals.add({ref, sender, proposal, wire_format, std::move(own)}, group.settings,
                                 group.journal));
  return SentProposal{release(group, std::move(message)), ref};
}

}  // namespace

Result<Bytes> Group::protect(ByteView data, ByteView authenticated_data) {
  TAUT_CHECK(check_open(*state_));
  // RFC 9420 §12.4: who has seen valid proposals commits before it sends application data.
  if (!state_->proposals.empty() && !state_->pending) return refuse(errors::kPendingProposals);
  TAUT_TRY(const AuthenticatedContent content,
           sign_as_member(*state_, WireFormat::private_message, Content{ApplicationData{to_bytes(data)}},
                          authenticated_data));
  TAUT_TRY(ProtectedMessage message, protect_message(*state_, content));
  return release(*state_, std::move(message));
}

Result<SentProposal> Group::propose(const Proposal& proposal, Time now, ByteView authenticated_data) {
  TAUT_CHECK(check_open(*state_));
  if (proposal.as<Update>() != nullptr) return refuse(errors::kMisuse);
  TAUT_CHECK(check_sending(*state_, proposal, now));
  return send_proposal(*state_, proposal, authenticated_data, {});
}

Result<SentProposal> Group::propose_update(LeafChange change, ByteView authenticated_data) {
  TAUT_CHECK(check_open(*state_));
  const GroupContext& context = state_->epoch.context;
  NewLeaf content = NewLeaf::like(*state_->tree.leaf(own_leaf()));
  TAUT_CHECK(apply_change(change, *state_->suite, content));
  const auto& signer = change.signature_key ? *change.signature_key : state_->signature_key;
  TAUT_TRY(NewUpdate update, make_update_leaf(*state_->suite, std::move(content),
                                              {context.group_id, own_leaf()}, signer, state_->hooks.random));
  OwnProposal own{{}, std::move(update.encryption_key), std::move(change.signature_key)};
  return send_proposal(*state_, {Update{std::move(update.leaf_node)}}, authenticated_data, std::move(own));
}

Result<SentCommit> Group::commit(CommitOptions options, Time now) {
  return commit_for(CommitPurpose::ordinary, nullptr, std::move(options), now);
}

Result<SentCommit> Group::commit_for(CommitPurpose purpose, const GroupState* previous, CommitOptions options,
                                     Time now) {
  TAUT_CHECK(check_open(*state_));
  if (state_->pending) return refuse(errors::kPendingCommit);
  TAUT_TRY(CreatedCommit created, create_commit(*state_, options, now, purpose, previous));
  state_->pending = std::move(created.pending);
  state_->journal.touch({.kind = RecordKind::pending_commit});
  return SentCommit{release(*state_, std::move(created.message)), std::move(created.welcome),
                    std::move(created.left_out)};
}

void Group::drop_pending() {
  state_->pending.reset();
  state_->journal.touch({.kind = RecordKind::pending_commit});
}

bool Group::has_pending_commit() const { return state_->pending.has_value(); }

void Group::drop_proposal(const ProposalRef& ref) { state_->proposals.erase(ref, state_->journal); }

}  // namespace taut::mls
