#pragma once
// Being let in without being asked about (docs/protocol/topic.md, "Invitations"): whoever has an
// invitation's secret proves it in the introduction, and knows by it that the answer is genuine.

#include "crypto/hash.hpp"
#include "introduction/ids.hpp"
#include "mls/hooks.hpp"

namespace taut::introduction {

/// Known to the member who made the invitation, and to whoever it was given to.
using InvitationSecret = Secret<struct InvitationSecretTag, 32>;
/// HMAC-SHA-256 under a key derived from the secret, over an introduction.
using InvitationProof = Opaque<struct InvitationProofTag, 32>;
/// Derived from the secret: enters the key schedule with the Add (RFC 9420 §8.4).
using InvitationPsk = Secret<struct InvitationPskTag, 32>;

/// What is in a link beside the topic's locator.
struct Invitation {
  InvitationId id;
  InvitationSecret secret;
  std::uint64_t not_after_s = 0;  ///< Unix seconds; 0: without end
  std::uint16_t uses = 1;         ///< for display; 0: without limit

  static Invitation copy_of(const Invitation& other);
};

/// @param introduction  an IntroductionTBS without its proof
InvitationProof prove(const InvitationSecret& secret, ByteView introduction);
InvitationPsk invitation_psk(const InvitationSecret& secret);

/// The psk_id of the PreSharedKeyID. It tells the members, and nobody else, what the PSK is: commits are
/// PrivateMessages. A joiner compares it with what it derives from its own secret.
///   struct { opaque invitation_id[16]; opaque psk[32]; } InvitationPskId;
struct InvitationPskId {
  InvitationId id;
  InvitationPsk psk;
};
Bytes psk_id_bytes(const InvitationPskId& psk_id);
/// @errors malformed
Result<InvitationPskId> read_psk_id(ByteView bytes);

}  // namespace taut::introduction
