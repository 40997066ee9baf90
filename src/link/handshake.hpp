#pragma once
// A link's handshake: Noise, and the identities that its messages carry. Messages in, messages out;
// framing, deadlines and records are the link's.

#include "link/hello.hpp"
#include "link/identity_payload.hpp"
#include "link/local.hpp"
#include "link/noise_names.hpp"
#include "noise/handshake_state.hpp"

namespace taut::link {

/// What a responder makes of a Hello: the protocol to run, if all of it is spoken and served.
/// @errors incompatible: version_refused, purpose_refused, suite_refused
Result<LinkProtocol> protocol_for(const Hello& hello, Purposes served);

class Handshake {
 public:
  /// @param prologue  binds the hello and, by its label, the kind of carrier
  /// @errors misuse: our identity has no key for the protocol's suite
  static Result<Handshake> initiate(const Local& local, const LinkProtocol& protocol, const Remote& remote,
                                    const Hello& hello, ByteView prologue, std::optional<WallTime> wall);
  /// @errors incompatible (suite_refused): our identity has no key for the protocol's suite
  static Result<Handshake> respond(const Local& local, const LinkProtocol& protocol, const Hello& hello,
                                   ByteView prologue, std::optional<WallTime> wall);

  noise::Role role() const { return noise_.role(); }
  bool is_our_turn() const { return noise_.turn() == noise_.role(); }
  bool we_wrote_last() const { return wrote_last_; }
  /// All messages went through; whether the peer is who it must be, read() has said.
  bool is_complete() const { return !noise_.turn(); }

  /// The next Noise message, with our identity where the pattern shows it.
  Result<Bytes> write();

  /// Reads the peer's message, and verifies its identity where the pattern shows it. After an error the
  /// handshake is over.
  /// @errors unauthentic (identity_mismatch): a tag does not hold, so that this was not made by or for
  ///         whom it should, or a certificate names somebody else; (bad_signature, expired, not_yet_valid)
  ///         malformed; incompatible: as those of the identity payload
  Status read(ByteView message);

  /// The peer, once its identity payload was read, or the message in which it shows none.
  const std::optional<Peer>& peer() const { return peer_; }

  /// @errors misuse: not complete
  Result<noise::Transport> split();

 private:
  Handshake(const Local& local, const LinkProtocol& protocol, const Hello& hello,
            std::optional<WallTime> wall, noise::HandshakeState noise);

  bool shows_identity(noise::Role role) const;
  Bytes our_payload() const;
  Status take_padding(ByteView payload);
  Status read_payload(ByteView payload);
  Result<NodeId> verify(const IdentityPayload& payload) const;

  const identity::Identity* identity_;
  Random* random_;
  KnownPeers* known_peers_;
  LinkProtocol protocol_;
  Purpose purpose_;
  std::uint16_t version_;
  std::optional<WallTime> wall_;
  std::optional<NodeId> expected_;  ///< whom the initiator called
  noise::HandshakeState noise_;
  std::size_t messages_done_ = 0;
  bool wrote_last_ = false;
  std::optional<Peer> peer_;
};

}  // namespace taut::link
