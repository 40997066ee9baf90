#include "mls/framing.hpp"

namespace taut::mls {

Result<Sender> Sender::read(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t type, in.u8());
  switch (static_cast<SenderType>(type)) {
    case SenderType::member: {
      TAUT_TRY(const std::uint32_t leaf_index, in.u32());
      return Sender::member({leaf_index});
    }
    case SenderType::external: {
      TAUT_TRY(const std::uint32_t sender_index, in.u32());
      return Sender{ExternalSenderIndex{sender_index}};
    }
    case SenderType::new_member_proposal:
      return Sender{NewMemberProposal{}};
    case SenderType::new_member_commit:
      return Sender{NewMemberCommit{}};
  }
  return malformed();
}

void Sender::write(wire::Writer& out) const {
  out.u8(static_cast<std::uint8_t>(type()));
  if (const auto* member = std::get_if<MemberSender>(&value)) out.u32(member->leaf_index.value);
  if (const auto* external = std::get_if<ExternalSenderIndex>(&value)) out.u32(external->sender_index);
}

Result<ContentType> read_content_type(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t type, in.u8());
  if (type < 1 || type > static_cast<std::uint8_t>(ContentType::commit)) return malformed();
  return static_cast<ContentType>(type);
}

Result<Content> Content::read(wire::Reader& in, ContentType type) {
  switch (type) {
    case ContentType::application: {
      TAUT_TRY(Bytes bytes, read_bytes(in));
      return Content{ApplicationData{std::move(bytes)}};
    }
    case ContentType::proposal: {
      TAUT_TRY(Proposal proposal, Proposal::read(in));
      return Content{std::move(proposal)};
    }
    case ContentType::commit: {
      TAUT_TRY(Commit commit, Commit::read(in));
      return Content{std::move(commit)};
    }
  }
  return malformed();
}

void Content::write(wire::Writer& out) const {
  if (const auto* data = as<ApplicationData>()) out.vector(data->bytes);
  if (const auto* proposal = as<Proposal>()) proposal->write(out);
  if (const auto* commit = as<Commit>()) commit->write(out);
}

Result<FramedContent> FramedContent::read(wire::Reader& in) {
  FramedContent content;
  TAUT_TRY(content.group_id, read_opaque<GroupId>(in));
  TAUT_TRY(content.epoch, in.u64());
  TAUT_TRY(content.sender, Sender::read(in));
  TAUT_TRY(content.authenticated_data, read_bytes(in));
  TAUT_TRY(const ContentType type, read_content_type(in));
  TAUT_TRY(content.content, Content::read(in, type));
  return content;
}

void FramedContent::write(wire::Writer& out) const {
  out.vector(group_id.view()).u64(epoch);
  sender.write(out);
  out.vector(authenticated_data).u8(static_cast<std::uint8_t>(content.type()));
  content.write(out);
}

Result<FramedContentAuthData> FramedContentAuthData::read(wire::Reader& in, ContentType type) {
  FramedContentAuthData auth;
  TAUT_TRY(auth.signature, read_bytes(in));
  if (type == ContentType::commit) {
    TAUT_TRY(auth.confirmation_tag, read_digest(in));
  }
  return auth;
}

void FramedContentAuthData::write(wire::Writer& out) const {
  out.vector(signature);
  if (confirmation_tag) out.vector(confirmation_tag->view());
}

Result<AuthenticatedContent> AuthenticatedContent::read(wire::Reader& in) {
  AuthenticatedContent made;
  TAUT_TRY(const std::uint16_t wire_format, in.u16());
  made.wire_format = static_cast<WireFormat>(wire_format);
  if (made.wire_format != WireFormat::public_message && made.wire_format != WireFormat::private_message)
    return malformed();
  TAUT_TRY(made.content, FramedContent::read(in));
  TAUT_TRY(made.auth, FramedContentAuthData::read(in, made.content.content.type()));
  return made;
}

void AuthenticatedContent::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(wire_format));
  content.write(out);
  auth.write(out);
}

void write_framed_content_tbs(wire::Writer& out, WireFormat wire_format, const FramedContent& content,
                              ByteView context) {
  out.u16(static_cast<std::uint16_t>(ProtocolVersion::mls10)).u16(static_cast<std::uint16_t>(wire_format));
  content.write(out);
  const SenderType sender = content.sender.type();
  if (sender == SenderType::member || sender == SenderType::new_member_commit) out.raw(context);
}

Result<PublicMessage> PublicMessage::read(wire::Reader& in) {
  PublicMessage message;
  TAUT_TRY(message.content, FramedContent::read(in));
  TAUT_TRY(message.auth, FramedContentAuthData::read(in, message.content.content.type()));
  if (message.content.sender.type() == SenderType::member) {
    TAUT_TRY(message.membership_tag, read_digest(in));
  }
  return message;
}

void PublicMessage::write(wire::Writer& out) const {
  content.write(out);
  auth.write(out);
  if (membership_tag) out.vector(membership_tag->view());
}

Result<PrivateMessage> PrivateMessage::read(wire::Reader& in) {
  PrivateMessage message;
  TAUT_TRY(message.group_id, read_opaque<GroupId>(in));
  TAUT_TRY(message.epoch, in.u64());
  TAUT_TRY(message.content_type, read_content_type(in));
  TAUT_TRY(message.authenticated_data, read_bytes(in));
  TAUT_TRY(message.encrypted_sender_data, read_bytes(in));
  TAUT_TRY(message.ciphertext, read_bytes(in));
  return message;
}

void PrivateMessage::write(wire::Writer& out) const {
  out.vector(group_id.view()).u64(epoch).u8(static_cast<std::uint8_t>(content_type));
  out.vector(authenticated_data).vector(encrypted_sender_data).vector(ciphertext);
}

}  // namespace taut::mls
