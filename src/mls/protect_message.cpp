#include "mls/protect_message.hpp"

#include "mls/message.hpp"
#include "mls/private_message.hpp"

namespace taut::mls {

Result<AuthenticatedContent> sign_as_member(const GroupState& group, WireFormat wire_format, Content content,
                                            ByteView authenticated_data) {
  FramedContent framed{group.epoch.context.group_id, group.epoch.context.epoch,
                       Sender::member(group.own_leaf), to_bytes(authenticated_data), std::move(content)};
  return sign_content(group.signature_key, wire_format, std::move(framed), group.epoch.encoded_context);
}

Result<ProtectedMessage> protect_message(const GroupState& group, const AuthenticatedContent& content) {
  const Suite& suite = *group.suite;
  if (content.wire_format == WireFormat::public_message) {
    PublicMessage message =
        protect_public(suite, content, group.epoch.encoded_context, group.epoch.secrets.membership_key);
    return ProtectedMessage{encoded(MlsMessage{std::move(message)}), std::nullopt};
  }
  const RatchetType type = content.content.content.type() == ContentType::application
                               ? RatchetType::application
                               : RatchetType::handshake;
  TAUT_TRY(SecretTree::Staged key, group.epoch.secret_tree.stage_next(group.own_leaf, type));
  TAUT_TRY(PrivateMessage message,
           encrypt_private(suite, content, key, group.epoch.secrets.sender_data_secret,
                           group.settings.padding_block_bytes, group.hooks.random));
  return ProtectedMessage{encoded(MlsMessage{std::move(message)}), std::move(key)};
}

WireFormat handshake_format(const Settings& settings) {
  return settings.handshake == HandshakeFormat::public_message ? WireFormat::public_message
                                                               : WireFormat::private_message;
}

Digest hash_message(const Suite& suite, ByteView message) { return crypto::hash(suite.hash, {message}); }

}  // namespace taut::mls
