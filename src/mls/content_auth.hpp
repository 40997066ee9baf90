#pragma once
// Content authentication, RFC 9420 §6.1 and §6.2: who said it, and that a member said it.

#include "mls/framing.hpp"
#include "mls/key_schedule.hpp"

namespace taut::mls {

/// Signs as the sender that `content` names. A Commit's confirmation_tag is the caller's to add: it
/// depends on the signature.
/// @param group_context  encoded, of the epoch that `content` names; not used where the sender is
///                       outside the group and not joining
/// @errors misuse: the key is broken
Result<AuthenticatedContent> sign_content(const crypto::SignatureKeyPair& key, WireFormat wire_format,
                                          FramedContent content, ByteView group_context);
/// @errors kBadSignature, whatever was wrong
Status verify_content(const Suite& suite, const AuthenticatedContent& content, ByteView group_context,
                      const SignaturePublicKey& key);

/// PublicMessage (§6.2); its membership_tag where the sender is a member.
PublicMessage protect_public(const Suite& suite, const AuthenticatedContent& content, ByteView group_context,
                             const KdfSecret& membership_key);
/// The way back, after the membership_tag was checked. The signature is not: the caller finds the key.
/// @errors kBadMembershipTag; kNotPermitted: application data, which is never public (§6)
Result<AuthenticatedContent> unprotect_public(const Suite& suite, PublicMessage message,
                                              ByteView group_context, const KdfSecret& membership_key);

/// The confirmed_transcript_hash that a signed Commit leads to (§8.2).
Digest confirm_transcript(const Suite& suite, ByteView interim_transcript_hash,
                          const AuthenticatedContent& commit);

}  // namespace taut::mls
