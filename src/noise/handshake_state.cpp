#include "noise/handshake_state.hpp"

#include "noise/key_needs.hpp"

namespace taut::noise {
namespace {

std::unexpected<Error> misuse(Reason reason) { return fail(Errc::misuse, reason); }

template <class T>
std::optional<T> copy_of_optional(const std::optional<T>& other) {
  if (!other) return std::nullopt;
  return T::copy_of(*other);
}

}  // namespace

HandshakeState::Progress HandshakeState::Progress::copy_of(const Progress& other) {
  return {SymmetricState::copy_of(other.symmetric),
          copy_of_optional(other.e),
          other.rs,
          other.re,
          other.messages_done,
          other.psks_done};
}

HandshakeState::HandshakeState(const Protocol& protocol, Role role, HandshakeKeys keys)
    : pattern_(protocol.pattern),
      dh_(protocol.dh),
      role_(role),
      is_psk_handshake_(protocol.pattern.contains(Token::psk)),
      s_(std::move(keys.s)),
      ephemeral_for_vectors_(std::move(keys.ephemeral_for_vectors)),
      psks_(std::move(keys.psks)),
      ss_(std::move(keys.ss)),
      progress_{SymmetricState(protocol), std::move(keys.e), keys.rs, keys.re} {}

Result<HandshakeState> HandshakeState::initialize(const Protocol& protocol, Role role, ByteView prologue,
                                                  HandshakeKeys keys) {
  TAUT_CHECK(check_keys(protocol, role, keys));
  HandshakeState state(protocol, role, std::move(keys));
  state.progress_.symmetric.mix_hash(prologue);
  TAUT_CHECK(state.mix_pre_messages());
  return state;
}

// §5.3: the initiator's pre-messages first, each party's in the order listed.
Status HandshakeState::mix_pre_messages() {
  TAUT_CHECK(mix_pre_message(pattern_.initiator_pre, Role::initiator));
  return mix_pre_message(pattern_.responder_pre, Role::responder);
}

Status HandshakeState::mix_pre_message(const PreMessagePattern& tokens, Role sender) {
  const bool is_ours = sender == role_;
  for (const Token token : tokens) {
    if (token == Token::e) {
      TAUT_CHECK(mix_ephemeral(progress_, is_ours ? progress_.e->public_key.view() : progress_.re->view()));
    } else {
      progress_.symmetric.mix_hash(is_ours ? s_->public_key.view() : progress_.rs->view());
    }
  }
  return {};
}

std::optional<Role> HandshakeState::turn() const {
  if (progress_.messages_done == pattern_.messages.size()) return std::nullopt;
  return progress_.messages_done % 2 == 0 ? Role::initiator : Role::responder;
}

std::size_t HandshakeState::message_overhead() const {
  if (!turn()) return 0;
  std::size_t total = 0;
  std::size_t tag = progress_.symmetric.overhead();
  for (const Token token : message()) {
    if (token == Token::e) {
      total += crypto::dh_public_size(dh_);
      if (is_psk_handshake_) tag = kTagBytes;
    } else if (token == Token::s) {
      total += crypto::dh_public_size(dh_) + tag;
    } else {
      tag = kTagBytes;
    }
  }
  return total + tag;
}

Status HandshakeState::check_turn(Role sender) const {
  return turn() == sender ? Status{} : misuse(reasons::kNotNow);
}

Result<std::size_t> HandshakeState::write_message(ByteView payload, MutableByteView out, Random& random) {
  TAUT_CHECK(check_turn(role_));
  const std::size_t size = payload.size() + message_overhead();
  if (size > kMessageBytesMax || out.size() < size) return misuse(reasons::kTooLarge);

  Progress next = Progress::copy_of(progress_);
  MutableByteView rest = out;
  for (const Token token : message()) {
    TAUT_TRY(const std::size_t written, write_token(token, next, rest, random));
    rest = rest.subspan(written);
  }
  TAUT_CHECK(next.symmetric.encrypt_and_hash(payload, rest));
  ++next.messages_done;
  progress_ = std::move(next);
  return size;
}

Result<std::size_t> HandshakeState::write_token(Token token, Progress& next, MutableByteView out,
                                                Random& random) const {
  switch (token) {
    case Token::e: {
      TAUT_TRY(next.e, new_ephemeral(random));
      const ByteView public_key = next.e->public_key.view();
      std::ranges::copy(public_key, out.begin());
      TAUT_CHECK(mix_ephemeral(next, public_key));
      return public_key.size();
    }
    case Token::s:
      return next.symmetric.encrypt_and_hash(s_->public_key.view(), out);
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
    case Token::psk:
      break;
  }
  TAUT_CHECK(mix_secret(token, next));
  return 0;
}

Result<std::size_t> HandshakeState::read_message(ByteView message_bytes, MutableByteView payload) {
  TAUT_CHECK(check_turn(other(role_)));
  const std::size_t overhead = message_overhead();
  if (message_bytes.size() < overhead || message_bytes.size() > kMessageBytesMax) return malformed();
  if (payload.size() < message_bytes.size() - overhead) return misuse(reasons::kTooLarge);

  Progress next = Progress::copy_of(progress_);
  ByteView rest = message_bytes;
  for (const Token token : message()) {
    TAUT_TRY(const std::size_t taken, read_token(token, next, rest));
    rest = rest.subspan(taken);
  }
  TAUT_TRY(const std::size_t size, next.symmetric.decrypt_and_hash(rest, payload));
  ++next.messages_done;
  progress_ = std::move(next);
  return size;
}

Result<std::size_t> HandshakeState::read_token(Token token, Progress& next, ByteView in) const {
  const std::size_t key_size = crypto::dh_public_size(dh_);
  switch (token) {
    case Token::e: {
      TAUT_TRY(next.re, crypto::DhPublic::from_bytes(dh_, in.first(key_size)));
      TAUT_CHECK(mix_ephemeral(next, next.re->view()));
      return key_size;
    }
    case Token::s: {
      const std::size_t size = key_size + next.symmetric.overhead();
      BoundedBytes<crypto::kDhPublicBytesMax> key = decltype(key)::of_size(key_size);
      TAUT_CHECK(next.symmetric.decrypt_and_hash(in.first(size), key.fill()));
      TAUT_TRY(next.rs, crypto::DhPublic::from_bytes(dh_, key.view()));
      return size;
    }
    case Token::ee:
    case Token::es:
    case Token::se:
    case Token::ss:
    case Token::psk:
      break;
  }
  TAUT_CHECK(mix_secret(token, next));
  return 0;
}

Result<crypto::DhKeyPair> HandshakeState::new_ephemeral(Random& random) const {
  if (ephemeral_for_vectors_) return crypto::DhKeyPair::copy_of(*ephemeral_for_vectors_);
  return crypto::DhKeyPair::generate(dh_, random);
}

// §9.2: with a psk, the ephemeral key also randomises the cipher key.
Status HandshakeState::mix_ephemeral(Progress& next, ByteView public_key) const {
  next.symmetric.mix_hash(public_key);
  return is_psk_handshake_ ? next.symmetric.mix_key(public_key) : Status{};
}

Status HandshakeState::mix_secret(Token token, Progress& next) const {
  if (token == Token::psk) return next.symmetric.mix_key_and_hash(psks_[next.psks_done++].expose());
  TAUT_TRY(const crypto::DhSecret secret, shared_secret(token, next));
  return next.symmetric.mix_key(secret.expose());
}

// The first letter is the initiator's key, the second the responder's.
Result<crypto::DhSecret> HandshakeState::shared_secret(Token token, const Progress& next) const {
  const bool is_initiator = role_ == Role::initiator;
  const Token ours_static_theirs_ephemeral = is_initiator ? Token::se : Token::es;
  if (token == Token::ee) return crypto::dh(*next.e, *next.re);
  if (token == Token::ss && ss_) return crypto::DhSecret::copy_of(*ss_);
  if (token == Token::ss) return crypto::dh(*s_, *next.rs);
  if (token == ours_static_theirs_ephemeral) return crypto::dh(*s_, *next.re);
  return crypto::dh(*next.e, *next.rs);
}

Result<Transport> HandshakeState::split() {
  if (turn() || is_split_) return misuse(reasons::kNotNow);
  TAUT_TRY(SymmetricState::Split both, progress_.symmetric.split());
  is_split_ = true;
  Transport transport{std::move(both.from_initiator), std::move(both.from_responder),
                      progress_.symmetric.handshake_hash()};
  if (pattern_.is_one_way()) transport.receive.reset();
  if (role_ == Role::responder) std::swap(transport.send, transport.receive);
  progress_.e.reset();
  s_.reset();
  psks_.clear();
  ss_.reset();
  return transport;
}

}  // namespace taut::noise
