#pragma once
// A handshake from its first message to Split. Noise rev 34 §5.3.

#include <vector>

#include "noise/symmetric_state.hpp"

namespace taut::noise {

/// 32 bytes with at least 128 random bits (§9; §14 wants 256).
using Psk = Secret<struct PskTag, 32>;

/// What a party has before the handshake: exactly what its pattern calls for.
struct HandshakeKeys {
  std::optional<crypto::DhKeyPair> s;  ///< our static pair, if we send it, have sent it, or use it
  std::optional<crypto::DhKeyPair> e;  ///< our ephemeral pair, if it is a pre-message (fallback, §10.2)
  std::optional<crypto::DhPublic> rs;  ///< the peer's static key, if it is a pre-message
  std::optional<crypto::DhPublic> re;  ///< the peer's ephemeral key, if it is a pre-message
  std::vector<Psk> psks;               ///< in the order of the psk tokens
  /// DH(s, rs), if an earlier handshake computed it; only where rs is a pre-message.
  std::optional<crypto::DhSecret> ss;
  /// Test vectors give the ephemeral pair. Outside of them it must be fresh: leave this empty.
  std::optional<crypto::DhKeyPair> ephemeral_for_vectors;
};

/// The two directions after Split, seen from this party.
struct Transport {
  std::optional<CipherState> send;     ///< none at the recipient of a one-way pattern (§7.4)
  std::optional<CipherState> receive;  ///< none at the sender of a one-way pattern
  HandshakeHash handshake_hash;        ///< names the session (§11.2)
};

/// A message that fails changes nothing: each is processed on a copy of the state, which takes the
/// state's place when the last check has passed. So a forged message can be dropped and the true one
/// still read. (The specification deletes the state instead; who wants that drops the object.)
class HandshakeState {
 public:
  /// @errors misuse (bad_key): keys missing, left over, or of another group; number of psks
  static Result<HandshakeState> initialize(const Protocol& protocol, Role role, ByteView prologue,
                                           HandshakeKeys keys);

  /// Bytes that the next message, ours or theirs, adds to its payload. 0 when there is none.
  std::size_t message_overhead() const;

  /// @param out     payload.size() + message_overhead() bytes at least
  /// @param random  draws the ephemeral key, if this message has one
  /// @return        bytes written
  /// @errors        misuse: not our turn, sizes over the limit or the buffer
  ///                malformed (bad_key): a key of theirs yields no shared secret
  Result<std::size_t> write_message(ByteView payload, MutableByteView out, Random& random);

  /// @param payload  message.size() - message_overhead() bytes at least, apart from `message`
  /// @return         bytes written
  /// @errors         malformed: too short or too long for the pattern; (bad_key): a key that is none
  ///                 unauthentic (bad_tag); misuse: not their turn, buffer
  Result<std::size_t> read_message(ByteView message, MutableByteView payload);

  /// Whose message is next; none when the handshake is complete.
  std::optional<Role> turn() const;
  Role role() const { return role_; }
  /// The peer's static key, as soon as it is known.
  const std::optional<crypto::DhPublic>& remote_static() const { return progress_.rs; }

  /// Ends the handshake; once.
  /// @errors misuse (not_now): messages are outstanding, or it was split before
  Result<Transport> split();

 private:
  /// All that a message changes.
  struct Progress {
    SymmetricState symmetric;
    std::optional<crypto::DhKeyPair> e;
    std::optional<crypto::DhPublic> rs;
    std::optional<crypto::DhPublic> re;
    std::size_t messages_done = 0;
    std::size_t psks_done = 0;
    static Progress copy_of(const Progress& other);
  };

  HandshakeState(const Protocol& protocol, Role role, HandshakeKeys keys);

  Status mix_pre_messages();
  Status mix_pre_message(const PreMessagePattern& tokens, Role sender);
  const MessagePattern& message() const { return pattern_.messages[progress_.messages_done]; }
  Status check_turn(Role sender) const;

  Result<std::size_t> write_token(Token token, Progress& next, MutableByteView out, Random& random) const;
  Result<std::size_t> read_token(Token token, Progress& next, ByteView in) const;
  Result<crypto::DhKeyPair> new_ephemeral(Random& random) const;
  Status mix_ephemeral(Progress& next, ByteView public_key) const;
  Status mix_secret(Token token, Progress& next) const;
  Result<crypto::DhSecret> shared_secret(Token token, const Progress& next) const;

  HandshakePattern pattern_;
  crypto::DhId dh_;
  Role role_;
  bool is_psk_handshake_;
  bool is_split_ = false;
  std::optional<crypto::DhKeyPair> s_;
  std::optional<crypto::DhKeyPair> ephemeral_for_vectors_;
  std::vector<Psk> psks_;
  std::optional<crypto::DhSecret> ss_;
  Progress progress_;
};

}  // namespace taut::noise
