#pragma once
// Names of topics (docs/protocol/topic.md, "Names").

#include "base/secret.hpp"
#include "mls/types.hpp"

namespace taut::introduction {

/// The MLS group ID: random, known to participants.
using TopicId = Opaque<struct TopicIdTag, 32>;
/// Random: what a dispatcher or broker knows a topic's entries by.
using LogId = Opaque<struct LogIdTag, 16>;
/// Random, one for each invitation.
using InvitationId = Opaque<struct InvitationIdTag, 16>;
/// Everything that a carrier sees of a topic is sealed under it. Whoever was given a link to the topic has
/// it: it keeps strangers' bytes out and sizes and epochs from view, and protects no content.
using WrapKey = Secret<struct WrapKeyTag, 32>;

/// @errors malformed: not a topic's
inline Result<TopicId> topic_id_of(const mls::GroupId& group) {
  if (group.bytes.size() != TopicId::size_bytes) return malformed();
  return TopicId(ByteView(group.bytes).first<TopicId::size_bytes>());
}

}  // namespace taut::introduction
