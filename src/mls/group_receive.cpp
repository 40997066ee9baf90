// What a member receives.

#include "mls/group.hpp"
#include "mls/merge.hpp"
#include "mls/message.hpp"
#include "mls/protect_message.hpp"
#include "mls/stage_commit.hpp"
#include "mls/unprotect_message.hpp"

namespace taut::mls {

namespace {

/// Group and epoch, before any key is touched.
Status check_address(const GroupState& group, const GroupId& group_id, std::uint64_t epoch) {
  const GroupContext& context = group.epoch.context;
  if (group_id != context.group_id) return refuse(errors::kWrongGroup);
  if (epoch <= context.epoch) return {};
  return refuse(group.status == GroupStatus::active ? errors::kFutureEpoch : errors::kGroupClosed);
}

/// Whether a handshake message can belong to the epoch that is.
Status check_current(const GroupState& group, std::uint64_t epoch) {
  if (group.status != GroupStatus::active) return refuse(errors::kGroupClosed);
  if (epoch != group.epoch.context.epoch) return refuse(errors::kPastEpoch);
  return {};
}

LeafIndex member_leaf(const AuthenticatedContent& content) {
  return std::get<MemberSender>(content.content.sender.value).leaf_index;
}

ApplicationMessage deliver(UnprotectedMessage opened, const PrivateMessage& message,
                           std::uint32_t generation) {
  FramedContent& content = opened.content.content;
  return {.sender = member_leaf(opened.content),
          .epoch = message.epoch,
          .generation = generation,
          .credential = *std::move(opened.credential),
          .data = std::move(std::get<ApplicationData>(content.content.value).bytes),
          .authenticated_data = std::move(content.authenticated_data)};
}

Result<ReceivedProposal> take_proposal(GroupState& group, UnprotectedMessage opened) {
  const AuthenticatedContent& content = opened.content;
  const Proposal& proposal = *content.content.content.as<Proposal>();
  TAUT_CHECK(check_sender(content.content.sender, proposal, content.wire_format));
  const ProposalRef ref = make_proposal_ref(*group.suite, encoded(content));
  TAUT_CHECK(group.proposals.add({ref, content.content.sender, proposal, content.wire_format, std::nullopt},
                                 group.settings, group.journal));
  if (opened.key) opened.key_tree->consume(*std::move(opened.key), group.journal);
  return ReceivedProposal{ref, content.content.sender, proposal, content.content.authenticated_data};
}

}  // namespace

Result<Received> Group::receive(ByteView message, Time now) {
  TAUT_TRY(MlsMessage decoded_message, decoded<MlsMessage>(message));
  if (auto* in_public = std::get_if<PublicMessage>(&decoded_message.value))
    return receive_public(std::move(*in_public), message);
  if (const auto* in_private = decoded_message.as<PrivateMessage>())
    return receive_private(*in_private, message, now);
  return refuse(errors::kMalformed);
}

Result<Received> Group::receive_public(PublicMessage message, ByteView bytes) {
  TAUT_CHECK(check_address(*state_, message.content.group_id, message.content.epoch));
  TAUT_CHECK(check_current(*state_, message.content.epoch));
  if (message.content.sender == Sender::member(state_->own_leaf)) return receive_own(bytes);
  TAUT_TRY(UnprotectedMessage opened, unprotect(*state_, std::move(message)));
  return take_handshake(std::move(opened));
}

Result<Received> Group::receive_private(const PrivateMessage& message, ByteView bytes, Time now) {
  TAUT_CHECK(check_address(*state_, message.group_id, message.epoch));
  if (message.content_type != ContentType::application) {
    TAUT_CHECK(check_current(*state_, message.epoch));
    if (auto own = receive_own(bytes)) return own;
  }
  TAUT_TRY(UnprotectedMessage opened, unprotect(*state_, message, now));
  if (message.content_type != ContentType::application) return take_handshake(std::move(opened));
  SecretTree& tree = *opened.key_tree;
  SecretTree::Staged key = *std::move(opened.key);
  ApplicationMessage delivered = deliver(std::move(opened), message, key.position.generation);
  tree.consume(std::move(key), state_->journal);
  return delivered;
}

/// By hash: a PrivateMessage of one's own cannot be opened, its key is spent.
Result<Received> Group::receive_own(ByteView bytes) {
  const Digest message_hash = hash_message(*state_->suite, bytes);
  if (state_->pending && state_->pending->message_hash == message_hash) {
    TAUT_CHECK(stage_pending());
    auto changes = std::make_unique<CommitChanges>();
    changes->base = state_->pending->staged->base;
    changes->effects = state_->pending->staged->effects;
    changes->is_own = true;
    return StagedCommit(std::move(changes));
  }
  if (const PendingProposal* own = state_->proposals.find_own(message_hash))
    return ReceivedProposal{own->ref, own->sender, own->proposal, {}};
  return refuse(errors::kOwnMessage);
}

Result<Received> Group::take_handshake(UnprotectedMessage opened) {
  if (opened.content.content.content.as<Commit>() == nullptr)
    return take_proposal(*state_, std::move(opened));
  TAUT_TRY(std::unique_ptr<CommitChanges> changes, stage_commit(*state_, opened.content));
  if (opened.key) changes->handshake_key = opened.key->position;
  return StagedCommit(std::move(changes));
}

/// After a restart the pending commit's changes are staged again, from what was saved.
Status Group::stage_pending() {
  PendingCommit& pending = *state_->pending;
  if (pending.staged != nullptr) return {};
  const KnownSecrets known{pending.own, pending.commit_secret, pending.psk_secret};
  TAUT_TRY(pending.staged, stage_commit(*state_, pending.content, &known));
  pending.staged->is_own = true;
  return {};
}

Result<SecretBytes> Group::export_pending_secret(std::string_view label, ByteView context, std::size_t size) {
  if (!state_->pending) return refuse(errors::kMisuse);
  TAUT_CHECK(stage_pending());
  return mls::export_secret(*state_->suite, state_->pending->staged->next->epoch.secrets.exporter_secret,
                            label, context, size);
}

Result<Merged> Group::merge(StagedCommit staged, Time now) {
  if (state_->status != GroupStatus::active) return refuse(errors::kGroupClosed);
  if (staged.changes_->base != state_->epoch.interim_transcript_hash) return refuse(errors::kWrongEpoch);
  if (staged.is_own()) return merge_pending(now);
  return merge_changes(*state_, std::move(*staged.changes_), now);
}

Result<Merged> Group::merge_pending(Time now) {
  if (!state_->pending) return refuse(errors::kMisuse);
  TAUT_CHECK(stage_pending());
  return merge_changes(*state_, std::move(*state_->pending->staged), now);
}

void Group::tick(Time now) { state_->past.expire(now.instant, state_->journal); }

std::optional<Instant> Group::next_deadline() const { return state_->past.next_deadline(); }

}  // namespace taut::mls
