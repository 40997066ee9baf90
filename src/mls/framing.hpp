#pragma once

#include "mls/commit.hpp"
#include "mls/group_context.hpp"

namespace taut::mls {

enum class ContentType : std::uint8_t { application = 1, proposal = 2, commit = 3 };

/// struct {
///     SenderType sender_type;
///     select (Sender.sender_type) {
///         case member:              uint32 leaf_index;
///         case external:            uint32 sender_index;
///         case new_member_commit:
///         case new_member_proposal: struct{};
///     };
/// } Sender;                                                                      RFC 9420 §6
enum class SenderType : std::uint8_t {
  member = 1,
  external = 2,
  new_member_proposal = 3,
  new_member_commit = 4
};
struct MemberSender {
  LeafIndex leaf_index;
  friend bool operator==(const MemberSender&, const MemberSender&) = default;
};
struct ExternalSenderIndex {
  std::uint32_t sender_index = 0;  ///< into the group context's external_senders
  friend bool operator==(const ExternalSenderIndex&, const ExternalSenderIndex&) = default;
};
struct NewMemberProposal {
  friend bool operator==(const NewMemberProposal&, const NewMemberProposal&) = default;
};
struct NewMemberCommit {
  friend bool operator==(const NewMemberCommit&, const NewMemberCommit&) = default;
};
struct Sender {
  std::variant<MemberSender, ExternalSenderIndex, NewMemberProposal, NewMemberCommit> value;

  SenderType type() const { return static_cast<SenderType>(value.index() + 1); }
  static Sender member(LeafIndex leaf) { return {MemberSender{leaf}}; }

  static Result<Sender> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Sender&, const Sender&) = default;
};

struct ApplicationData {
  Bytes bytes;
  friend bool operator==(const ApplicationData&, const ApplicationData&) = default;
};

/// What a message says. On the wire its type stands apart from it:
///     select (content_type) {
///         case application: opaque application_data<V>;
///         case proposal:    Proposal proposal;
///         case commit:      Commit commit;
///     };
struct Content {
  std::variant<ApplicationData, Proposal, Commit> value;

  ContentType type() const { return static_cast<ContentType>(value.index() + 1); }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }

  /// Without the type, which the caller has read.
  static Result<Content> read(wire::Reader& in, ContentType type);
  void write(wire::Writer& out) const;
  friend bool operator==(const Content&, const Content&) = default;
};
Result<ContentType> read_content_type(wire::Reader& in);

/// struct {
///     opaque group_id<V>;
///     uint64 epoch;
///     Sender sender;
///     opaque authenticated_data<V>;
///     ContentType content_type;
///     select (FramedContent.content_type) { … };
/// } FramedContent;                                                               RFC 9420 §6
struct FramedContent {
  GroupId group_id;
  std::uint64_t epoch = 0;
  Sender sender;
  Bytes authenticated_data;
  Content content;

  static Result<FramedContent> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const FramedContent&, const FramedContent&) = default;
};

/// struct {
///     /* SignWithLabel(., "FramedContentTBS", FramedContentTBS) */
///     opaque signature<V>;
///     select (FramedContent.content_type) {
///         case commit:      MAC confirmation_tag;
///         case application:
///         case proposal:    struct{};
///     };
/// } FramedContentAuthData;                                                       RFC 9420 §6.1
struct FramedContentAuthData {
  Bytes signature;
  std::optional<Mac> confirmation_tag;  ///< exactly for a Commit

  static Result<FramedContentAuthData> read(wire::Reader& in, ContentType type);
  void write(wire::Writer& out) const;
  friend bool operator==(const FramedContentAuthData&, const FramedContentAuthData&) = default;
};

/// struct {
///     WireFormat wire_format;
///     FramedContent content;
///     FramedContentAuthData auth;
/// } AuthenticatedContent;                                                        RFC 9420 §6
struct AuthenticatedContent {
  WireFormat wire_format{};
  FramedContent content;
  FramedContentAuthData auth;

  static Result<AuthenticatedContent> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const AuthenticatedContent&, const AuthenticatedContent&) = default;
};

/// struct {
///     ProtocolVersion version = mls10;
///     WireFormat wire_format;
///     FramedContent content;
///     select (FramedContentTBS.content.sender.sender_type) {
///         case member:
///         case new_member_commit:   GroupContext context;
///         case external:
///         case new_member_proposal: struct{};
///     };
/// } FramedContentTBS;                                                            RFC 9420 §6.1
/// @param context  the GroupContext, already encoded: an epoch has one and signs many messages
void write_framed_content_tbs(wire::Writer& out, WireFormat wire_format, const FramedContent& content,
                              ByteView context);

/// struct {
///     FramedContent content;
///     FramedContentAuthData auth;
///     select (PublicMessage.content.sender.sender_type) {
///         case member: MAC membership_tag;
///         case external: case new_member_commit: case new_member_proposal: struct{};
///     };
/// } PublicMessage;                                                               RFC 9420 §6.2
struct PublicMessage {
  FramedContent content;
  FramedContentAuthData auth;
  std::optional<Mac> membership_tag;  ///< exactly for a member

  static Result<PublicMessage> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const PublicMessage&, const PublicMessage&) = default;
};

/// struct {
///     opaque group_id<V>;
///     uint64 epoch;
///     ContentType content_type;
///     opaque authenticated_data<V>;
///     opaque encrypted_sender_data<V>;
///     opaque ciphertext<V>;
/// } PrivateMessage;                                                              RFC 9420 §6.3
struct PrivateMessage {
  GroupId group_id;
  std::uint64_t epoch = 0;
  ContentType content_type{};
  Bytes authenticated_data;
  Bytes encrypted_sender_data;
  Bytes ciphertext;

  static Result<PrivateMessage> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const PrivateMessage&, const PrivateMessage&) = default;
};

}  // namespace taut::mls
