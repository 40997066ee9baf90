#include "noise_vector.hpp"

#include "support/seeded_random.hpp"

namespace taut::test {
namespace {

using noise::HandshakeState;
using noise::Protocol;
using noise::Role;
using noise::Token;

std::string prefix(Role role) { return role == Role::initiator ? "init_" : "resp_"; }

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(std::string(result.error().reason.name));
  return *std::move(result);
}

bool known_before(const Protocol& protocol, Role whose, Token token) {
  const auto& pre =
      whose == Role::initiator ? protocol.pattern.initiator_pre : protocol.pattern.responder_pre;
  return std::ranges::find(pre, token) != pre.end();
}

bool sends(const Protocol& protocol, Role role, Token token) {
  for (std::size_t i = role == Role::initiator ? 0 : 1; i < protocol.pattern.messages.size(); i += 2)
    if (std::ranges::find(protocol.pattern.messages[i], token) != protocol.pattern.messages[i].end())
      return true;
  return false;
}

std::vector<noise::Psk> psks_of(const Json& vector, Role role) {
  std::vector<noise::Psk> psks;
  if (const auto list = vector.find(prefix(role) + "psks"); list != vector.end()) {
    for (const Json& one : *list) psks.emplace_back(ByteView(from_hex(one.get<std::string>())).first<32>());
  }
  return psks;
}

HandshakeState start(const Protocol& protocol, Role role, const Json& vector) {
  const Bytes prologue = hex(vector, prefix(role) + "prologue");
  return must(HandshakeState::initialize(protocol, role, prologue, keys_of(protocol, role, vector)));
}

/// Both ends of one session. `initiator` is the vector's name for whoever sends first.
class Session {
 public:
  Session(HandshakeState initiator, HandshakeState responder)
      : ends_{std::move(initiator), std::move(responder)} {}

  std::string handshake_message(const Json& message) {
    const Bytes payload = hex(message, "payload");
    const Bytes expected = hex(message, "ciphertext");
    HandshakeState& sender = ends_[sent_ % 2];
    HandshakeState& recipient = ends_[(sent_ + 1) % 2];
    ++sent_;
    Bytes out(payload.size() + sender.message_overhead());
    must(sender.write_message(payload, out, random_));
    if (out != expected) return "handshake message differs";
    Bytes opened(payload.size());
    must(recipient.read_message(out, opened));
    return opened == payload ? "" : "handshake payload differs";
  }

  std::string split(const Json& vector) {
    transports_ = {must(ends_[0].split()), must(ends_[1].split())};
    const auto hash = vector.find("handshake_hash");
    if (hash == vector.end()) return "";
    const Bytes expected = from_hex(hash->get<std::string>());
    const bool same = equal(transports_[0].handshake_hash.view(), expected) &&
                      equal(transports_[1].handshake_hash.view(), expected);
    return same ? "" : "handshake hash differs";
  }

  std::string transport_message(const Json& message, bool is_one_way) {
    const Bytes payload = hex(message, "payload");
    const std::size_t from = is_one_way ? 0 : sent_++ % 2;
    Bytes out(payload.size() + noise::kTagBytes);
    must(transports_[from].send->encrypt_with_ad({}, payload, out));
    if (out != hex(message, "ciphertext")) return "transport message differs";
    Bytes opened(payload.size());
    must(transports_[1 - from].receive->decrypt_with_ad({}, out, opened));
    return opened == payload ? "" : "transport payload differs";
  }

  bool handshake_done() const { return !ends_[0].turn(); }

 private:
  std::array<HandshakeState, 2> ends_;
  std::array<noise::Transport, 2> transports_;
  std::size_t sent_ = 0;
  SeededRandom random_{1};
};

std::string run(Session session, const Json& vector, std::span<const Json> messages, bool is_one_way) {
  bool is_split = false;
  for (const Json& message : messages) {
    std::string wrong;
    if (session.handshake_done()) {
      if (!std::exchange(is_split, true)) wrong = session.split(vector);
      if (wrong.empty()) wrong = session.transport_message(message, is_one_way);
    } else {
      wrong = session.handshake_message(message);
    }
    if (!wrong.empty()) return wrong;
  }
  return is_split ? "" : "no transport message";
}

std::span<const Json> messages_of(const Json& vector) {
  return vector.at("messages").get_ref<const Json::array_t&>();
}

template <class Body>
std::string caught(Body body) {
  try {
    return body();
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

std::string protocol_name(const Json& vector) {
  return vector.contains("protocol_name") ? vector.at("protocol_name") : vector.at("name");
}

noise::HandshakeKeys keys_of(const Protocol& protocol, Role role, const Json& vector) {
  const auto pair = [&](const char* which) {
    return must(crypto::DhKeyPair::from_private(protocol.dh, hex(vector, prefix(role) + which)));
  };
  noise::HandshakeKeys keys;
  if (known_before(protocol, role, Token::s) || sends(protocol, role, Token::s)) keys.s = pair("static");
  if (known_before(protocol, role, Token::e)) keys.e = pair("ephemeral");
  if (sends(protocol, role, Token::e)) keys.ephemeral_for_vectors = pair("ephemeral");
  if (known_before(protocol, other(role), Token::s))
    keys.rs = must(crypto::DhPublic::from_bytes(protocol.dh, hex(vector, prefix(role) + "remote_static")));
  keys.psks = psks_of(vector, role);
  return keys;
}

std::string mismatch(const Json& vector) {
  return caught([&] {
    const Protocol protocol = must(noise::protocol_from_name(protocol_name(vector)));
    Session session(start(protocol, Role::initiator, vector), start(protocol, Role::responder, vector));
    return run(std::move(session), vector, messages_of(vector), protocol.pattern.is_one_way());
  });
}

std::string fallback_mismatch(const Json& vector) {
  return caught([&]() -> std::string {
    const std::string name = protocol_name(vector);
    std::string ik = name;
    ik.replace(ik.find("XXfallback"), std::string_view("XXfallback").size(), "IK");
    const Protocol zero_rtt = must(noise::protocol_from_name(ik));
    const Protocol fallback = must(noise::protocol_from_name(name));
    const auto messages = messages_of(vector);

    // Alice's zero-RTT attempt, to a key that Bob no longer has.
    const Bytes first = hex(messages[0], "ciphertext");
    const Bytes payload = hex(messages[0], "payload");
    HandshakeState alice = start(zero_rtt, Role::initiator, vector);
    SeededRandom random(1);
    Bytes out(payload.size() + alice.message_overhead());
    must(alice.write_message(payload, out, random));
    if (out != first) return "the IK message differs";
    noise::HandshakeKeys bobs;
    bobs.s = must(crypto::DhKeyPair::from_private(zero_rtt.dh, hex(vector, "resp_static")));
    bobs.ephemeral_for_vectors =
        must(crypto::DhKeyPair::from_private(zero_rtt.dh, hex(vector, "resp_ephemeral")));
    HandshakeState bob = must(
        HandshakeState::initialize(zero_rtt, Role::responder, hex(vector, "resp_prologue"), std::move(bobs)));
    const auto read = bob.read_message(first, out);
    if (read || read.error().code != Errc::unauthentic) return "Bob can read the IK message";

    // Bob begins anew, with Alice's ephemeral key as a pre-message (§10.2).
    noise::HandshakeKeys initiator;
    initiator.s = must(crypto::DhKeyPair::from_private(fallback.dh, hex(vector, "resp_static")));
    initiator.ephemeral_for_vectors =
        must(crypto::DhKeyPair::from_private(fallback.dh, hex(vector, "resp_ephemeral")));
    initiator.re = must(crypto::DhPublic::from_bytes(
        fallback.dh, ByteView(first).first(crypto::dh_public_size(fallback.dh))));
    noise::HandshakeKeys responder;
    responder.s = must(crypto::DhKeyPair::from_private(fallback.dh, hex(vector, "init_static")));
    responder.e = must(crypto::DhKeyPair::from_private(fallback.dh, hex(vector, "init_ephemeral")));
    Session session(must(HandshakeState::initialize(fallback, Role::initiator, hex(vector, "resp_prologue"),
                                                    std::move(initiator))),
                    must(HandshakeState::initialize(fallback, Role::responder, hex(vector, "init_prologue"),
                                                    std::move(responder))));
    return run(std::move(session), vector, messages.subspan(1), false);
  });
}

}  // namespace taut::test
