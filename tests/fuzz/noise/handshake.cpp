// A handshake in which one message is replaced by the input. Whatever that is, the recipient either
// refuses it and is as it was, so that the true message still completes the handshake, or it was the
// true message, or one that its pattern sends in clear.
//
// Input: protocol, index of the message, then the message.

#include "noise/handshake_state.hpp"
#include "support/require.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::noise;

namespace {

constexpr std::array<std::string_view, 8> kNames{
    "Noise_IK_25519_AESGCM_SHA256",     "Noise_XX_25519_ChaChaPoly_BLAKE2s",
    "Noise_KK_25519_ChaChaPoly_SHA512", "Noise_NK_25519_AESGCM_SHA256",
    "Noise_X1X1_25519_AESGCM_BLAKE2b",  "Noise_XXpsk0+psk3_25519_ChaChaPoly_SHA256",
    "Noise_X_25519_AESGCM_SHA256",      "Noise_IK_P256_AESGCM_SHA256",
};
constexpr std::array<Byte, 5> kPayload{'h', 'e', 'l', 'l', 'o'};

bool knows_beforehand(const HandshakePattern& pattern, Role whose) {
  const auto& pre = whose == Role::initiator ? pattern.initiator_pre : pattern.responder_pre;
  return std::ranges::find(pre, Token::s) != pre.end();
}
bool sends_static(const HandshakePattern& pattern, Role role) {
  for (std::size_t i = role == Role::initiator ? 0 : 1; i < pattern.messages.size(); i += 2)
    if (std::ranges::find(pattern.messages[i], Token::s) != pattern.messages[i].end()) return true;
  return false;
}

struct Parties {
  explicit Parties(const Protocol& protocol)
      : random(1),
        statics{*crypto::DhKeyPair::generate(protocol.dh, random),
                *crypto::DhKeyPair::generate(protocol.dh, random)},
        states{start(protocol, Role::initiator), start(protocol, Role::responder)} {}

  HandshakeState start(const Protocol& protocol, Role role) {
    const std::size_t mine = role == Role::initiator ? 0 : 1;
    HandshakeKeys keys;
    if (knows_beforehand(protocol.pattern, role) || sends_static(protocol.pattern, role))
      keys.s = crypto::DhKeyPair::copy_of(statics[mine]);
    if (knows_beforehand(protocol.pattern, other(role))) keys.rs = statics[1 - mine].public_key;
    keys.psks.resize(protocol.pattern.count(Token::psk));
    return *HandshakeState::initialize(protocol, role, as_bytes("fuzz"), std::move(keys));
  }

  Bytes write(std::size_t index) {
    HandshakeState& sender = states[index % 2];
    Bytes out(kPayload.size() + sender.message_overhead());
    TAUT_REQUIRE(sender.write_message(kPayload, out, random).has_value());
    return out;
  }
  Result<std::size_t> read(std::size_t index, ByteView message) {
    Bytes payload(message.size());
    return states[1 - index % 2].read_message(message, payload);
  }

  test::SeededRandom random;
  std::array<crypto::DhKeyPair, 2> statics;
  std::array<HandshakeState, 2> states;
};

/// False: the recipient went on with the input instead of the true message.
bool refuses(Parties& parties, std::size_t index, ByteView input, ByteView honest) {
  HandshakeState& recipient = parties.states[1 - index % 2];
  const std::size_t overhead = recipient.message_overhead();
  const auto read = parties.read(index, input);
  if (read) return false;
  TAUT_REQUIRE(read.error().code == Errc::malformed || read.error().code == Errc::unauthentic);
  TAUT_REQUIRE(recipient.message_overhead() == overhead);
  TAUT_REQUIRE(parties.read(index, honest).has_value());
  return true;
}

/// Whether a key has been mixed in by the end of the message: then no other bytes can be accepted.
bool is_authenticated(const HandshakePattern& pattern, std::size_t index) {
  for (std::size_t i = 0; i <= index; ++i)
    for (const Token token : pattern.messages[i])
      if (token != Token::e && token != Token::s) return true;
  return false;
}

void run(const Protocol& protocol, std::size_t replaced, ByteView input) {
  Parties parties(protocol);
  const std::size_t count = protocol.pattern.messages.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes honest = parties.write(i);
    if (i != replaced % count) {
      TAUT_REQUIRE(parties.read(i, honest).has_value());
    } else if (!refuses(parties, i, input, honest)) {
      TAUT_REQUIRE(!is_authenticated(protocol.pattern, i) || equal(input, honest));
      if (!equal(input, honest)) return;
    }
  }
  TAUT_REQUIRE(parties.states[0].split()->handshake_hash == parties.states[1].split()->handshake_hash);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto named = protocol_from_name(as_text(input))) TAUT_REQUIRE(named->name == as_text(input));
  if (size < 2) return 0;
  const Protocol protocol = *protocol_from_name(kNames[data[0] % kNames.size()]);
  run(protocol, data[1], input.subspan(2));
  return 0;
}
