#pragma once
// An end that keeps to Noise, and says in its payloads whatever a test wants.

#include "link/hello.hpp"
#include "link/identity_payload.hpp"
#include "link/inbox.hpp"
#include "link/noise_names.hpp"
#include "link/record.hpp"
#include "noise/handshake_state.hpp"
#include "support/require.hpp"
#include "support/two_ends.hpp"

namespace taut::test {

/// The truth about `node`, to be bent.
inline IdentityPayload payload_of(const Node& node, const Node& recipient, SuiteId suite = kDefaultSuite) {
  return {recipient.identity.node_id(), node.identity.signature_key().public_key,
          node.identity.link_key(suite)->certificate};
}

class ForgedEnd {
 public:
  /// Dials `callee`; its static key is `node`'s, or another.
  static ForgedEnd initiator(Node& node, const Node& callee, const crypto::DhKeyPair* key = nullptr) {
    noise::HandshakeKeys keys;
    keys.rs = callee.remote().link_key;
    return ForgedEnd(node, callee, noise::Role::initiator, std::move(keys), key);
  }
  /// Answers whoever dialled `node` with the key `key`, or `node`'s own.
  static ForgedEnd responder(Node& node, const Node& callee, const crypto::DhKeyPair* key = nullptr) {
    return ForgedEnd(node, callee, noise::Role::responder, {}, key);
  }

  /// Hello and first message.
  Bytes hello_with(ByteView payload) {
    Bytes out;
    write_hello(out, hello_);
    append_block(out, message_with(payload));
    return out;
  }
  /// Reads Hello and first message, and answers.
  Bytes answer_with(ByteView payload, ByteView hello_and_message) {
    Inbox inbox;
    inbox.append(hello_and_message);
    inbox.consume(read_hello(inbox.rest()).value()->size);
    read(**inbox.take_block(kHandshakeBytesMax));
    Bytes out;
    append_block(out, message_with(payload));
    return out;
  }
  void read_answer(ByteView block) { read(block.subspan(2)); }

  /// A record with any plaintext; one that says it rekeys does.
  Bytes record_with(ByteView plaintext) {
    if (!transport_) transport_ = noise_.split().value();
    Bytes message(plaintext.size() + noise::kTagBytes);
    TAUT_REQUIRE(transport_->send->encrypt_with_ad({}, plaintext, message).has_value());
    const bool rekeys =
        !plaintext.empty() && plaintext[0] == static_cast<Byte>(RecordKind::frames_then_rekey);
    if (rekeys) TAUT_REQUIRE(transport_->send->rekey().has_value());
    Bytes out;
    append_block(out, message);
    return out;
  }

 private:
  ForgedEnd(Node& node, const Node& callee, noise::Role role, noise::HandshakeKeys keys,
            const crypto::DhKeyPair* key)
      : random_(&node.random),
        hello_{1, static_cast<std::uint8_t>(Purpose::dispatcher),
               link_protocol(kIk, kDefaultSuite).value().noise_name},
        noise_(start(node, callee, role, std::move(keys), key)) {}

  noise::HandshakeState start(const Node& node, const Node& callee, noise::Role role,
                              noise::HandshakeKeys keys, const crypto::DhKeyPair* key) {
    keys.s = crypto::DhKeyPair::copy_of(key != nullptr ? *key : node.identity.link_key(kDefaultSuite)->pair);
    return noise::HandshakeState::initialize(noise::protocol_from_name(hello_.noise_name).value(), role,
                                             prologue(hello_, callee.identity.node_id()), std::move(keys))
        .value();
  }
  Bytes message_with(ByteView payload) {
    Bytes out(payload.size() + noise_.message_overhead());
    TAUT_REQUIRE(noise_.write_message(payload, out, *random_).has_value());
    return out;
  }
  void read(ByteView message) {
    Bytes payload(message.size());
    TAUT_REQUIRE(noise_.read_message(message, payload).has_value());
  }

  Random* random_;
  Hello hello_;
  noise::HandshakeState noise_;
  std::optional<noise::Transport> transport_;
};

}  // namespace taut::test
