#pragma once
// Asking to be let into a topic (docs/protocol/topic.md, "Introductions").
//
//   struct {
//     opaque log_id[16];
//     opaque key_package<V>;               MLSMessage; its credential is the card's node's
//     opaque card<V>;                      who asks, and where the Welcome goes
//     opaque nonce[16];
//     uint64 not_after;                    Unix milliseconds
//     optional<opaque invitation_id[16]> invitation;
//     optional<opaque maker_id[32]> maker; of the link; absent: with an invitation, and coming back
//   } IntroductionClaim;
//
//   struct {
//     opaque claim<V>;                     an IntroductionClaim
//     optional<opaque proof[32]> proof;    with an invitation: HMAC over the claim
//   } IntroductionTBS;                     signed under the label "Introduction" by the node's identity key
//
//   struct {
//     opaque tbs<V>;
//     opaque signature<V>;
//   } Introduction;

#include "identity/card.hpp"
#include "introduction/invitation.hpp"
#include "mls/client.hpp"

namespace taut::introduction {

inline constexpr std::size_t kIntroductionBytesMax = 16 * 1024;
/// How long an introduction asks to be answered.
inline constexpr std::chrono::hours kIntroductionLife{24 * 7};
using IntroductionNonce = Opaque<struct IntroductionNonceTag, 16>;

/// An introduction that was verified: signature, card, KeyPackage and certificate belong together, and it
/// speaks of this topic. Whether it expired, was used, or proves an invitation is the reader's to check.
struct Introduction {
  LogId log_id;
  mls::KeyPackage key_package;
  mls::KeyPackageRef key_package_ref;
  std::uint64_t certificate_sequence = 0;
  identity::SignedCard card;
  IntroductionNonce nonce;
  WallTime not_after;
  std::optional<InvitationId> invitation_id;
  std::optional<NodeId> maker;  ///< whose answer it believes
  std::optional<InvitationProof> proof;
  Bytes claim;  ///< what `proof` is over

  const NodeId& node_id() const { return card.node_id(); }
  /// @errors unauthentic (bad_invitation)
  Status check_proof(const InvitationSecret& secret) const;
};

struct IntroductionRequest {
  LogId log_id;
  const identity::SignedCard& card;
  WallTime not_after;
  const Invitation* invitation = nullptr;
  std::optional<NodeId> maker{};
};
/// @param own  made by make_key_package
/// @errors misuse: card and key do not belong together
Result<Bytes> introduce(const crypto::SignatureKeyPair& identity, const mls::OwnKeyPackage& own,
                        const IntroductionRequest& request, Random& random);

/// @errors malformed, incompatible, unauthentic (bad_introduction, bad_certificate, other_topic)
Result<Introduction> read_introduction(ByteView bytes, const LogId& log_id, crypto::SuiteId suite);

}  // namespace taut::introduction
