#include "link/handshake.hpp"

namespace taut::link {
namespace {

Result<noise::HandshakeKeys> our_keys(const identity::Identity& identity, crypto::SuiteId suite) {
  const identity::LinkKeyPair* ours = identity.link_key(suite);
  if (ours == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  noise::HandshakeKeys keys;
  keys.s = crypto::DhKeyPair::copy_of(ours->pair);
  return keys;
}

}  // namespace

Result<LinkProtocol> protocol_for(const Hello& hello, Purposes served) {
  const identity::VersionRange spoken = identity::kVersions;
  if (hello.version < spoken.lowest || hello.version > spoken.highest)
    return fail(Errc::incompatible, reasons::kVersionRefused);
  if (hello.purpose > kPurposeMax || !served.contains(static_cast<Purpose>(hello.purpose)))
    return fail(Errc::incompatible, reasons::kPurposeRefused);
  TAUT_TRY(LinkProtocol protocol, link_protocol(hello.noise_name));
  if (!protocol.pattern->names_initiator() && !served.takes_anonymous())
    return fail(Errc::incompatible, reasons::kSuiteRefused);
  return protocol;
}

Handshake::Handshake(const Local& local, const LinkProtocol& protocol, const Hello& hello,
                     std::optional<WallTime> wall, noise::HandshakeState noise)
    : identity_(&local.identity),
      random_(&local.random),
      known_peers_(local.known_peers),
      protocol_(protocol),
      purpose_(static_cast<Purpose>(hello.purpose)),
      version_(hello.version),
      wall_(wall),
      noise_(std::move(noise)) {}

Result<Handshake> Handshake::initiate(const Local& local, const LinkProtocol& protocol, const Remote& remote,
                                      const Hello& hello, ByteView prologue, std::optional<WallTime> wall) {
  TAUT_TRY(const noise::Protocol noise_protocol, noise::protocol_from_name(protocol.noise_name));
  noise::HandshakeKeys keys;
  if (protocol.pattern->names_initiator()) {
    TAUT_TRY(keys, our_keys(local.identity, protocol.suite));
  }
  keys.rs = remote.link_key;
  if (keys.s && local.known_peers != nullptr)
    keys.ss = local.known_peers->static_secret(*keys.s, remote.link_key);
  TAUT_TRY(
      noise::HandshakeState noise,
      noise::HandshakeState::initialize(noise_protocol, noise::Role::initiator, prologue, std::move(keys)));
  Handshake handshake(local, protocol, hello, wall, std::move(noise));
  handshake.expected_ = remote.node_id;
  return handshake;
}

Result<Handshake> Handshake::respond(const Local& local, const LinkProtocol& protocol, const Hello& hello,
                                     ByteView prologue, std::optional<WallTime> wall) {
  TAUT_TRY(const noise::Protocol noise_protocol, noise::protocol_from_name(protocol.noise_name));
  TAUT_TRY(noise::HandshakeKeys keys, our_keys(local.identity, protocol.suite));
  TAUT_TRY(
      noise::HandshakeState noise,
      noise::HandshakeState::initialize(noise_protocol, noise::Role::responder, prologue, std::move(keys)));
  return Handshake(local, protocol, hello, wall, std::move(noise));
}

bool Handshake::shows_identity(noise::Role role) const {
  const LinkPattern& pattern = *protocol_.pattern;
  return messages_done_ ==
         (role == noise::Role::initiator ? pattern.initiator_shows : pattern.responder_shows);
}

Result<Bytes> Handshake::write() {
  const Bytes payload = shows_identity(role()) ? our_payload() : Bytes(kAnonymousPayloadBytes);
  Bytes out(payload.size() + noise_.message_overhead());
  TAUT_CHECK(noise_.write_message(payload, out, *random_));
  ++messages_done_;
  wrote_last_ = true;
  return out;
}

Bytes Handshake::our_payload() const {
  const std::optional<NodeId> recipient = peer_ ? peer_->node_id : expected_;
  return write_identity_payload(
      {recipient, identity_->signature_key().public_key, identity_->link_key(protocol_.suite)->certificate});
}

Status Handshake::read(ByteView message) {
  if (message.size() < noise_.message_overhead()) return malformed();
  Bytes payload(message.size() - noise_.message_overhead());
  if (const auto read = noise_.read_message(message, payload); !read) {
    const bool is_tag = read.error().code == Errc::unauthentic;
    return is_tag ? fail(Errc::unauthentic, reasons::kIdentityMismatch) : std::unexpected(read.error());
  }
  const bool shows = shows_identity(other(role()));
  ++messages_done_;
  wrote_last_ = false;
  return shows ? read_payload(payload) : take_padding(payload);
}

Status Handshake::take_padding(ByteView payload) {
  if (!std::ranges::all_of(payload, [](Byte byte) { return byte == 0; })) return malformed();
  if (!protocol_.pattern->names_initiator())
    peer_ = Peer{std::nullopt, {}, protocol_.suite, purpose_, version_, 0};
  return {};
}

Status Handshake::read_payload(ByteView bytes) {
  TAUT_TRY(const IdentityPayload payload, read_identity_payload(bytes));
  TAUT_TRY(const NodeId node_id, verify(payload));
  peer_ = Peer{node_id, {}, protocol_.suite, purpose_, version_, payload.certificate.sequence};
  return {};
}

// Both node IDs: the sender's by its certificate, which must be for the static key that Noise has proven;
// ours by the recipient field, where the sender can know us.
Result<NodeId> Handshake::verify(const IdentityPayload& payload) const {
  const bool knows_us = role() == noise::Role::responder || protocol_.pattern->names_initiator();
  const std::optional<NodeId> us = knows_us ? std::optional(identity_->node_id()) : std::nullopt;
  if (payload.recipient != us) return fail(Errc::unauthentic, reasons::kIdentityMismatch);
  const identity::LinkKeyClaim claim{protocol_.suite, *noise_.remote_static(),
                                     expected_ ? &*expected_ : nullptr};
  if (known_peers_ != nullptr)
    return known_peers_->verify(payload.certificate, payload.signature_key, claim, wall_);
  return identity::verify_link_key(payload.certificate, payload.signature_key, claim, wall_);
}

Result<noise::Transport> Handshake::split() {
  TAUT_TRY(noise::Transport transport, noise_.split());
  if (peer_) peer_->session_id = SessionId(transport.handshake_hash.view().first<SessionId::size_bytes>());
  return transport;
}

}  // namespace taut::link
