#include "noise/handshake_state.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::noise;
using crypto::DhId;
using crypto::DhKeyPair;

namespace {

test::SeededRandom random_source(1);

const DhKeyPair& static_of(Role role, DhId dh = DhId::x25519) {
  static std::map<std::pair<Role, DhId>, DhKeyPair> pairs;
  const auto key = std::pair(role, dh);
  if (!pairs.contains(key)) pairs.emplace(key, DhKeyPair::generate(dh, random_source).value());
  return pairs.at(key);
}

bool pre_has(const HandshakePattern& pattern, Role role, Token token) {
  const auto& pre = role == Role::initiator ? pattern.initiator_pre : pattern.responder_pre;
  return std::ranges::find(pre, token) != pre.end();
}

bool sends_static(const HandshakePattern& pattern, Role role) {
  for (std::size_t i = role == Role::initiator ? 0 : 1; i < pattern.messages.size(); i += 2)
    if (std::ranges::find(pattern.messages[i], Token::s) != pattern.messages[i].end()) return true;
  return false;
}

Psk psk_of(Byte first) {
  Psk psk;
  psk.fill()[0] = first;
  return psk;
}

HandshakeKeys keys_for(const Protocol& protocol, Role role) {
  HandshakeKeys keys;
  if (pre_has(protocol.pattern, role, Token::s) || sends_static(protocol.pattern, role))
    keys.s = DhKeyPair::copy_of(static_of(role, protocol.dh));
  if (pre_has(protocol.pattern, other(role), Token::s))
    keys.rs = static_of(other(role), protocol.dh).public_key;
  for (std::size_t i = 0; i < protocol.pattern.count(Token::psk); ++i)
    keys.psks.push_back(psk_of(static_cast<Byte>(i)));
  return keys;
}

HandshakeState start(const Protocol& protocol, Role role, ByteView prologue = {}) {
  return HandshakeState::initialize(protocol, role, prologue, keys_for(protocol, role)).value();
}

struct Pair {
  HandshakeState initiator, responder;
  HandshakeState& sender() { return initiator.turn() == Role::initiator ? initiator : responder; }
  HandshakeState& recipient() { return initiator.turn() == Role::initiator ? responder : initiator; }
};

Pair pair_of(std::string_view name) {
  const Protocol protocol = protocol_from_name(name).value();
  return {start(protocol, Role::initiator), start(protocol, Role::responder)};
}

const Bytes kPayload{1, 2, 3};

Bytes written(HandshakeState& state, ByteView payload = kPayload) {
  Bytes out(payload.size() + state.message_overhead());
  CHECK(state.write_message(payload, out, random_source).value() == out.size());
  return out;
}

Error read_error(HandshakeState& state, ByteView message) {
  Bytes payload(message.size());
  return state.read_message(message, payload).error();
}

void finish(Pair& pair) {
  while (pair.initiator.turn()) {
    HandshakeState& sender = pair.sender();
    HandshakeState& recipient = pair.recipient();
    const Bytes message = written(sender);
    Bytes payload(kPayload.size());
    REQUIRE(recipient.read_message(message, payload).value() == kPayload.size());
    CHECK(payload == kPayload);
  }
}

}  // namespace

TEST_CASE("every pattern and psk position ends in two ends that understand each other") {
  for (const std::string_view base : pattern_names()) {
    for (const char* modifier : {"", "psk0", "psk1", "psk0+psk1"}) {
      const std::string name = "Noise_" + std::string(base) + modifier + "_25519_ChaChaPoly_BLAKE2s";
      CAPTURE(name);
      Pair pair = pair_of(name);
      finish(pair);
      Transport one = pair.initiator.split().value(), two = pair.responder.split().value();
      CHECK(one.handshake_hash == two.handshake_hash);
      Bytes sealed(19), opened(3);
      CHECK(one.send->encrypt_with_ad({}, kPayload, sealed));
      CHECK(two.receive->decrypt_with_ad({}, sealed, opened));
      CHECK(opened == kPayload);
      CHECK(two.send.has_value() == (base.size() != 1));
      if (!two.send) continue;
      CHECK(one.receive->decrypt_with_ad({}, sealed, opened).error().reason ==
            reasons::kBadTag);  // reflected
      CHECK(two.send->encrypt_with_ad({}, kPayload, sealed));
      CHECK(one.receive->decrypt_with_ad({}, sealed, opened));
    }
  }
}

TEST_CASE("the peer's static key is known when its message was read, and not before") {
  Pair pair = pair_of("Noise_IK_25519_AESGCM_SHA256");
  CHECK_FALSE(pair.responder.remote_static());
  CHECK(pair.initiator.remote_static() == static_of(Role::responder).public_key);
  finish(pair);
  CHECK(pair.responder.remote_static() == static_of(Role::initiator).public_key);
}

TEST_CASE("one bit of a message turned: it is refused, nothing changes, the true one still counts") {
  struct Case {
    std::string name;
    std::size_t messages_in_clear;  // nothing tells yet that these were turned
  };
  for (const Case& one :
       {Case{"Noise_IK_25519_AESGCM_SHA256", 0}, Case{"Noise_XX_25519_ChaChaPoly_BLAKE2s", 1},
        Case{"Noise_XXpsk0+psk3_25519_AESGCM_SHA256", 0}, Case{"Noise_KK_P256_AESGCM_SHA256", 0}}) {
    CAPTURE(one.name);
    Pair pair = pair_of(one.name);
    for (std::size_t i = 0; pair.initiator.turn(); ++i) {
      HandshakeState& sender = pair.sender();
      HandshakeState& recipient = pair.recipient();
      const Bytes message = written(sender);
      const std::size_t overhead = recipient.message_overhead();
      const bool is_clear = i < one.messages_in_clear;
      for (std::size_t bit = 0; bit < message.size() * 8 && !is_clear; ++bit) {
        Bytes forged = message;
        forged[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
        const Error error = read_error(recipient, forged);
        // RFC 7748 §5 masks the top bit of an X25519 key; the transcript still has it, so the tag fails.
        CHECK((error.reason == reasons::kBadTag || error.reason == reasons::kBadKey));
        CHECK(recipient.message_overhead() == overhead);
      }
      Bytes payload(kPayload.size());
      REQUIRE(recipient.read_message(message, payload).has_value());
      CHECK(payload == kPayload);
    }
    CHECK(pair.initiator.split()->handshake_hash == pair.responder.split()->handshake_hash);
  }
}

TEST_CASE("another prologue, psk or static key is noticed") {
  const Protocol protocol = protocol_from_name("Noise_IKpsk1_25519_AESGCM_SHA256").value();
  const auto first_message_error = [&](ByteView prologue, HandshakeKeys keys) {
    HandshakeState initiator = start(protocol, Role::initiator, as_bytes("agreed"));
    HandshakeState responder =
        HandshakeState::initialize(protocol, Role::responder, prologue, std::move(keys)).value();
    return read_error(responder, written(initiator));
  };
  CHECK(first_message_error(as_bytes("agreeD"), keys_for(protocol, Role::responder)).reason ==
        reasons::kBadTag);
  HandshakeKeys other_psk = keys_for(protocol, Role::responder);
  other_psk.psks[0] = psk_of(9);
  CHECK(first_message_error(as_bytes("agreed"), std::move(other_psk)).reason == reasons::kBadTag);
  HandshakeKeys other_static = keys_for(protocol, Role::responder);
  other_static.s = DhKeyPair::copy_of(static_of(Role::initiator));
  CHECK(first_message_error(as_bytes("agreed"), std::move(other_static)).reason == reasons::kBadTag);
}

TEST_CASE("writing, reading and splitting out of turn is misuse and changes nothing") {
  for (const std::string_view base : pattern_names()) {
    Pair pair = pair_of("Noise_" + std::string(base) + "_25519_ChaChaPoly_SHA256");
    const Error not_now{Errc::misuse, reasons::kNotNow};
    while (pair.initiator.turn()) {
      Bytes out(1000);
      CHECK(pair.recipient().write_message({}, out, random_source).error() == not_now);
      CHECK(read_error(pair.sender(), out) == not_now);
      CHECK(pair.initiator.split().error() == not_now);
      CHECK(pair.responder.split().error() == not_now);
      HandshakeState& recipient = pair.recipient();
      const Bytes message = written(pair.sender());
      REQUIRE(recipient.read_message(message, out).has_value());
    }
    for (HandshakeState* end : {&pair.initiator, &pair.responder}) {
      Bytes out(1000);
      CHECK(end->message_overhead() == 0);
      CHECK(end->write_message({}, out, random_source).error() == not_now);
      CHECK(read_error(*end, out) == not_now);
      CHECK(end->split().has_value());
      CHECK(end->split().error() == not_now);
    }
  }
}

TEST_CASE("a message of any other length than its pattern allows is refused") {
  Pair pair = pair_of("Noise_IK_25519_AESGCM_SHA256");
  const Bytes message = written(pair.initiator, {});
  CHECK(message.size() == 32 + 48 + 16);
  for (std::size_t size = 0; size < message.size(); ++size)
    CHECK(read_error(pair.responder, ByteView(message).first(size)).code == Errc::malformed);
  CHECK(read_error(pair.responder, Bytes(65'536)).code == Errc::malformed);
  Bytes longer = message;
  longer.push_back(0);
  CHECK(read_error(pair.responder, longer).reason == reasons::kBadTag);
  Bytes none;
  CHECK(pair.responder.read_message(message, none).value() == 0);
}

TEST_CASE("buffers and payloads over the limit are misuse") {
  Pair pair = pair_of("Noise_XX_25519_AESGCM_SHA256");
  const Error too_large{Errc::misuse, reasons::kTooLarge};
  Bytes out(70'000);
  CHECK(pair.initiator.write_message(kPayload, MutableByteView(out).first(34), random_source).error() ==
        too_large);
  CHECK(pair.initiator.write_message(Bytes(65'504), out, random_source).error() == too_large);
  CHECK(pair.initiator.write_message(Bytes(65'503), out, random_source).value() == 65'535);
  CHECK(
      pair.responder.read_message(ByteView(out).first(65'535), MutableByteView(out).first(65'502)).error() ==
      too_large);
}

TEST_CASE("keys: what the pattern calls for, no less and no more, and of its group") {
  const Error bad_key{Errc::misuse, reasons::kBadKey};
  for (const std::string_view base : pattern_names()) {
    for (const Role role : {Role::initiator, Role::responder}) {
      CAPTURE(base);
      const Protocol protocol =
          protocol_from_name("Noise_" + std::string(base) + "psk0_25519_ChaChaPoly_SHA256").value();
      const auto attempt = [&](auto change) {
        HandshakeKeys keys = keys_for(protocol, role);
        change(keys);
        return HandshakeState::initialize(protocol, role, {}, std::move(keys));
      };
      CHECK(attempt([](HandshakeKeys&) {}).has_value());
      const auto toggle = [](auto& field, auto make) {
        field.has_value() ? field.reset() : void(field.emplace(make()));
      };
      const auto a_pair = [] { return DhKeyPair::copy_of(static_of(Role::initiator)); };
      const auto a_key = [] { return static_of(Role::initiator).public_key; };
      const auto error = [&](auto change) { return attempt(change).error(); };
      CHECK(error([&](HandshakeKeys& keys) { toggle(keys.s, a_pair); }) == bad_key);
      CHECK(error([&](HandshakeKeys& keys) { toggle(keys.e, a_pair); }) == bad_key);
      CHECK(error([&](HandshakeKeys& keys) { toggle(keys.rs, a_key); }) == bad_key);
      CHECK(error([&](HandshakeKeys& keys) { toggle(keys.re, a_key); }) == bad_key);
      CHECK(error([](HandshakeKeys& keys) { keys.psks.clear(); }) == bad_key);
      CHECK(error([](HandshakeKeys& keys) { keys.psks.push_back(psk_of(7)); }) == bad_key);
      const auto p256 = [](HandshakeKeys& keys) {
        if (keys.s)
          keys.s = DhKeyPair::copy_of(static_of(Role::initiator, DhId::p256));
        else
          keys.ephemeral_for_vectors = DhKeyPair::copy_of(static_of(Role::initiator, DhId::p256));
      };
      CHECK(error(p256) == bad_key);
    }
  }
}

TEST_CASE("a key of low order, on either side's word, ends in bad_key and no secret of zeros") {
  const Protocol protocol = protocol_from_name("Noise_NK_25519_AESGCM_SHA256").value();
  HandshakeKeys keys;
  keys.rs = crypto::DhPublic::from_bytes(DhId::x25519, Bytes(32)).value();
  HandshakeState initiator =
      HandshakeState::initialize(protocol, Role::initiator, {}, std::move(keys)).value();
  Bytes out(100);
  CHECK(initiator.write_message({}, out, random_source).error() == Error{Errc::malformed, reasons::kBadKey});
  CHECK(initiator.turn() == Role::initiator);
  HandshakeState responder = start(protocol, Role::responder);
  CHECK(read_error(responder, Bytes(48)) == Error{Errc::malformed, reasons::kBadKey});
  CHECK(responder.turn() == Role::initiator);
}

TEST_CASE("a point off its curve is refused, in clear and sealed") {
  Pair pair = pair_of("Noise_IK_P256_AESGCM_SHA256");
  Bytes message = written(pair.initiator);
  message[64] ^= 1;
  CHECK(read_error(pair.responder, message) == Error{Errc::malformed, reasons::kBadKey});
}

TEST_CASE("every handshake draws its own ephemeral key, also after a write that failed") {
  Pair one = pair_of("Noise_NN_25519_AESGCM_SHA256"), two = pair_of("Noise_NN_25519_AESGCM_SHA256");
  CHECK(written(one.initiator) != written(two.initiator));
}

TEST_CASE("a secret of both static keys from before serves in its place, where the pattern has one") {
  const auto attempt = [](std::string_view name, Role role, std::size_t secret_bytes) {
    const Protocol protocol = protocol_from_name(name).value();
    HandshakeKeys keys = keys_for(protocol, role);
    keys.ss = crypto::DhSecret::of_size(secret_bytes);
    return HandshakeState::initialize(protocol, role, {}, std::move(keys));
  };
  const Error bad_key{Errc::misuse, reasons::kBadKey};
  CHECK(attempt("Noise_IK_25519_AESGCM_SHA256", Role::initiator, 32).has_value());
  CHECK(attempt("Noise_KK_25519_AESGCM_SHA256", Role::responder, 32).has_value());
  CHECK(attempt("Noise_IK_25519_AESGCM_SHA256", Role::initiator, 31).error() == bad_key);
  CHECK(attempt("Noise_IK_25519_AESGCM_SHA256", Role::responder, 32).error() == bad_key);
  CHECK(attempt("Noise_XX_25519_AESGCM_SHA256", Role::initiator, 32).error() == bad_key);
  CHECK(attempt("Noise_NK_25519_AESGCM_SHA256", Role::initiator, 32).error() == bad_key);

  const Protocol protocol = protocol_from_name("Noise_IK_25519_AESGCM_SHA256").value();
  HandshakeKeys keys = keys_for(protocol, Role::initiator);
  keys.ss = crypto::dh(*keys.s, *keys.rs).value();
  Pair pair{HandshakeState::initialize(protocol, Role::initiator, {}, std::move(keys)).value(),
            start(protocol, Role::responder)};
  finish(pair);
  CHECK(pair.initiator.split()->handshake_hash == pair.responder.split()->handshake_hash);
}
