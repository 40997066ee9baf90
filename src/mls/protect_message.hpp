#pragma once

#include "mls/group_state.hpp"

namespace taut::mls {

/// A message ready to leave, and the key that it used: to be consumed before it does.
struct ProtectedMessage {
  Bytes message;  ///< MLSMessage
  std::optional<SecretTree::Staged> key;
};

/// A FramedContent of this member in the current epoch, signed.
Result<AuthenticatedContent> sign_as_member(const GroupState& group, WireFormat wire_format, Content content,
                                            ByteView authenticated_data);
/// As PublicMessage or PrivateMessage, as its wire_format says (RFC 9420 §6.2, §6.3).
/// @errors kKeyExhausted
Result<ProtectedMessage> protect_message(const GroupState& group, const AuthenticatedContent& content);

WireFormat handshake_format(const Settings& settings);
/// Names a message that was sent, so that it is known when it comes back.
Digest hash_message(const Suite& suite, ByteView message);

}  // namespace taut::mls
