#include "mls/content_auth.hpp"

namespace taut::mls {

namespace {

constexpr std::string_view kFramedContentLabel = "FramedContentTBS";

Bytes tbs_of(WireFormat wire_format, const FramedContent& content, ByteView group_context) {
  return wire::written(
      [&](wire::Writer& out) { write_framed_content_tbs(out, wire_format, content, group_context); });
}

Mac membership_tag(const Suite& suite, WireFormat wire_format, const FramedContent& content,
                   const FramedContentAuthData& auth, ByteView group_context,
                   const KdfSecret& membership_key) {
  return compute_membership_tag(suite, membership_key, tbs_of(wire_format, content, group_context),
                                encoded(auth));
}

}  // namespace

Result<AuthenticatedContent> sign_content(const crypto::SignatureKeyPair& key, WireFormat wire_format,
                                          FramedContent content, ByteView group_context) {
  TAUT_TRY(const crypto::Signature signature,
           sign_with_label(key, kFramedContentLabel, tbs_of(wire_format, content, group_context)));
  return AuthenticatedContent{wire_format, std::move(content), {to_bytes(signature.view()), std::nullopt}};
}

Status verify_content(const Suite& suite, const AuthenticatedContent& content, ByteView group_context,
                      const SignaturePublicKey& key) {
  const auto public_key = crypto::SignaturePublic::from_bytes(suite.signature, key.view());
  if (!public_key) return refuse(errors::kBadSignature);
  return verify_with_label(*public_key, kFramedContentLabel,
                           tbs_of(content.wire_format, content.content, group_context),
                           content.auth.signature);
}

PublicMessage protect_public(const Suite& suite, const AuthenticatedContent& content, ByteView group_context,
                             const KdfSecret& membership_key) {
  PublicMessage message{content.content, content.auth, std::nullopt};
  if (content.content.sender.type() == SenderType::member)
    message.membership_tag = membership_tag(suite, WireFormat::public_message, content.content, content.auth,
                                            group_context, membership_key);
  return message;
}

Result<AuthenticatedContent> unprotect_public(const Suite& suite, PublicMessage message,
                                              ByteView group_context, const KdfSecret& membership_key) {
  if (message.content.content.type() == ContentType::application) return refuse(errors::kNotPermitted);
  if (message.content.sender.type() == SenderType::member) {
    const Mac expected = membership_tag(suite, WireFormat::public_message, message.content, message.auth,
                                        group_context, membership_key);
    if (!message.membership_tag || !equals_in_constant_time(message.membership_tag->view(), expected.view()))
      return refuse(errors::kBadMembershipTag);
  }
  return AuthenticatedContent{WireFormat::public_message, std::move(message.content),
                              std::move(message.auth)};
}

Digest confirm_transcript(const Suite& suite, ByteView interim_transcript_hash,
                          const AuthenticatedContent& commit) {
  // ConfirmedTranscriptHashInput: the AuthenticatedContent up to and including the signature.
  const Bytes input = wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(commit.wire_format));
    commit.content.write(out);
    out.vector(commit.auth.signature);
  });
  return next_confirmed_transcript_hash(suite, interim_transcript_hash, input);
}

}  // namespace taut::mls
