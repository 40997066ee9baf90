#include "mls/unprotect_message.hpp"

#include "mls/extension_types.hpp"
#include "mls/private_message.hpp"

namespace taut::mls {

namespace {

/// The key that a public message must be signed with (§6.1).
Result<SignaturePublicKey> sender_key(const GroupState& group, const FramedContent& content) {
  const auto* proposal = content.content.as<Proposal>();
  const auto* commit = content.content.as<Commit>();
  switch (content.sender.type()) {
    case SenderType::member: {
      const LeafNode* leaf = group.tree.leaf(std::get<MemberSender>(content.sender.value).leaf_index);
      if (leaf == nullptr) return refuse(errors::kUnknownSender);
      return leaf->signature_key;
    }
    case SenderType::external: {
      if (proposal == nullptr) return refuse(errors::kMalformed);
      TAUT_TRY(const auto senders,
               group.epoch.context.extensions.find_as<ExternalSenders>(ExtensionType::external_senders));
      const std::uint32_t index = std::get<ExternalSenderIndex>(content.sender.value).sender_index;
      if (!senders || index >= senders->list.size()) return refuse(errors::kUnknownSender);
      return senders->list[index].signature_key;
    }
    case SenderType::new_member_proposal: {
      const Add* add = proposal == nullptr ? nullptr : proposal->as<Add>();
      if (add == nullptr) return refuse(errors::kMalformed);
      return add->key_package.leaf_node.signature_key;
    }
    case SenderType::new_member_commit:
      if (commit == nullptr) return refuse(errors::kMalformed);
      if (!commit->path) return refuse(errors::kPathRequired);
      return commit->path->leaf_node.signature_key;
  }
  return refuse(errors::kMalformed);
}

/// Which epoch's keys open a PrivateMessage.
struct EpochKeys {
  ByteView group_context;
  const KdfSecret& sender_data_secret;
  SecretTree& secret_tree;
};
Result<EpochKeys> epoch_keys(GroupState& group, const PrivateMessage& message, const Time& now) {
  // A group that this client was removed from has past epochs only.
  if (message.epoch == group.epoch.context.epoch && group.status != GroupStatus::removed)
    return EpochKeys{group.epoch.encoded_context, group.epoch.secrets.sender_data_secret,
                     group.epoch.secret_tree};
  PastEpoch* past = group.past.find(message.epoch);
  if (past == nullptr || past->deadline <= now.instant || message.content_type != ContentType::application)
    return refuse(errors::kPastEpoch);
  return EpochKeys{past->group_context, past->sender_data_secret, past->secret_tree};
}

}  // namespace

Result<UnprotectedMessage> unprotect(const GroupState& group, PublicMessage message) {
  TAUT_TRY(AuthenticatedContent content,
           unprotect_public(*group.suite, std::move(message), group.epoch.encoded_context,
                            group.epoch.secrets.membership_key));
  TAUT_TRY(const SignaturePublicKey key, sender_key(group, content.content));
  TAUT_CHECK(verify_content(*group.suite, content, group.epoch.encoded_context, key));
  return UnprotectedMessage{std::move(content), std::nullopt, nullptr, std::nullopt};
}

Result<UnprotectedMessage> unprotect(GroupState& group, const PrivateMessage& message, const Time& now) {
  const Suite& suite = *group.suite;
  TAUT_TRY(const EpochKeys keys, epoch_keys(group, message, now));
  TAUT_TRY(const SenderData sender, open_sender_data(suite, message, keys.sender_data_secret));
  const auto leaf = group.past.leaf(message.epoch, sender.leaf_index, group.tree);
  if (!leaf) return refuse(errors::kUnknownSender);
  if (sender.leaf_index == group.own_leaf) return refuse(errors::kOwnMessage);
  const RatchetType type =
      message.content_type == ContentType::application ? RatchetType::application : RatchetType::handshake;
  TAUT_TRY(SecretTree::Staged key, keys.secret_tree.stage({sender.leaf_index, type, sender.generation}));
  TAUT_TRY(AuthenticatedContent content, decrypt_private(suite, message, sender, key.key));
  TAUT_CHECK(verify_content(suite, content, keys.group_context, leaf->signature_key));
  return UnprotectedMessage{std::move(content), std::move(key), &keys.secret_tree, leaf->credential};
}

}  // namespace taut::mls
