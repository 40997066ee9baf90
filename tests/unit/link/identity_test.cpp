// Who is who: every payload that is not the truth ends at both ends, before anything follows from it.

#include <doctest/doctest.h>

#include "support/forged_end.hpp"

using namespace taut;
using namespace taut::test;

namespace {

/// What an honest responder makes of a Hello and a first message.
std::string responder_told(Node& bob, const Bytes& first_bytes) {
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  b.receive(first_bytes);
  const Bytes answer = b.flush();
  if (b.closed.empty()) return b.told;
  CHECK(answer == Bytes{0, 1, static_cast<Byte>(Refusal::handshake)});  // one answer, whatever was wrong
  CHECK(b.link.is_over());
  return b.told;
}

/// A certificate for any key, rightly signed by `signer` in its own name.
identity::LinkKeyCertificate certified(const Node& signer, const crypto::DhPublic& key) {
  identity::LinkKeyCertificate certificate = signer.identity.link_key(kDefaultSuite)->certificate;
  certificate.key = key;
  certificate.signature = {};
  Bytes content =
      wire::written([&](wire::Writer& out) { identity::write_link_key_certificate(out, certificate); });
  content.pop_back();  // the empty signature's length
  certificate.signature = crypto::sign_with_label(signer.identity.signature_key(), crypto::kTautPrefix,
                                                  "LinkKeyCertificate", content)
                              .value();
  return certificate;
}

}  // namespace

TEST_CASE("the truth is accepted: the forged end's own test") {
  Node alice(1), bob(2);
  ForgedEnd forged = ForgedEnd::initiator(alice, bob);
  const Bytes hello = forged.hello_with(write_identity_payload(payload_of(alice, bob)));
  CHECK(responder_told(bob, hello) == "claimed");

  End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  ForgedEnd answering = ForgedEnd::responder(bob, bob);
  a.receive(answering.answer_with(write_identity_payload(payload_of(bob, alice)), a.flush()));
  CHECK(a.told == "authenticated");
}

TEST_CASE("a card that certifies another's link key: identity_mismatch at both ends") {
  Node alice(1), bob(2), mallory(3);
  // Mallory's card, rightly signed by her, holds Bob's link key.
  identity::Card card = mallory.identity.card();
  card.link_keys = bob.identity.card().link_keys;
  const auto signed_card = identity::SignedCard::sign(card, mallory.identity.signature_key()).value();
  const Remote remote = remote_of(signed_card.card(), alice.identity).value();
  CHECK(remote.node_id == mallory.identity.node_id());

  End a(StreamLink::dial(alice.local(), remote, Purpose::dispatcher, {}, kNoon).value());
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  CHECK(a.link.send(frame_of(10)).has_value());
  b.receive(a.flush());
  a.receive(b.flush());
  CHECK(b.told == "closed(broken identity_mismatch)");
  CHECK(a.told == "closed(refused identity_mismatch)");
  CHECK(a.closed[0].error.code == Errc::unauthentic);
  CHECK(a.flush().empty());
  CHECK(a.link.is_over());
  CHECK(b.link.is_over());
}

TEST_CASE("a responder with another key than its card's: identity_mismatch at both ends") {
  Node alice(1), bob(2), mallory(3);
  End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  End m(StreamLink::accept(mallory.local(), {Purpose::dispatcher}, {}, kNoon));
  m.receive(a.flush());
  a.receive(m.flush());
  CHECK(m.told == "closed(broken identity_mismatch)");
  CHECK(a.told == "closed(refused identity_mismatch)");
}

TEST_CASE("what an initiator may not say of itself") {
  Node alice(1), bob(2), mallory(3);
  const IdentityPayload truth = payload_of(mallory, bob);
  const auto told = [&](const IdentityPayload& payload) {
    ForgedEnd forged = ForgedEnd::initiator(mallory, bob);
    return responder_told(bob, forged.hello_with(write_identity_payload(payload)));
  };
  const std::string mismatch = "closed(broken identity_mismatch)";

  IdentityPayload alices_certificate = truth;
  alices_certificate.signature_key = alice.identity.signature_key().public_key;
  alices_certificate.certificate = alice.identity.link_key(kDefaultSuite)->certificate;
  CHECK(told(alices_certificate) == mismatch);  // all of it Alice's; but the key is not

  IdentityPayload alices_key = truth;
  alices_key.signature_key = alice.identity.signature_key().public_key;
  CHECK(told(alices_key) == mismatch);

  IdentityPayload alices_name = truth;
  alices_name.certificate.node_id = alice.identity.node_id();
  CHECK(told(alices_name) == mismatch);

  IdentityPayload another_suite = truth;
  another_suite.certificate.suite = SuiteId::x25519_chacha20poly1305_sha256_ed25519;
  CHECK(told(another_suite) == mismatch);

  IdentityPayload to_alice = truth;
  to_alice.recipient = alice.identity.node_id();
  CHECK(told(to_alice) == mismatch);

  IdentityPayload to_nobody = truth;
  to_nobody.recipient.reset();
  CHECK(told(to_nobody) == mismatch);

  IdentityPayload bad_signature = truth;
  bad_signature.certificate.sequence += 1;
  CHECK(told(bad_signature) == "closed(broken bad_signature)");

  IdentityPayload longer_life = truth;
  longer_life.certificate.validity.not_after = identity::kEndOfTime;
  CHECK(told(longer_life) == "closed(broken bad_signature)");

  CHECK(told(truth) == "claimed");
}

TEST_CASE("a certificate for another key, signed by its owner, does not carry over") {
  Node bob(2), mallory(3);
  const crypto::DhKeyPair stray = crypto::DhKeyPair::generate(crypto::DhId::x25519, mallory.random).value();
  ForgedEnd forged = ForgedEnd::initiator(mallory, bob, &stray);
  const Bytes hello = forged.hello_with(write_identity_payload(payload_of(mallory, bob)));
  CHECK(responder_told(bob, hello) == "closed(broken identity_mismatch)");
}

TEST_CASE("lifetimes are judged where the time is known") {
  Node alice(1), bob(2);
  const auto told = [&](std::optional<WallTime> wall) {
    End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, std::nullopt).value());
    End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, wall));
    b.receive(a.flush());
    return b.told;
  };
  CHECK(told(std::nullopt) == "claimed");
  CHECK(told(kNoon) == "claimed");
  CHECK(told(kNoon + identity::kLinkKeyLife + std::chrono::hours(1)) == "closed(broken expired)");
  CHECK(told(WallTime{1000}) == "closed(broken not_yet_valid)");
}

TEST_CASE("what a responder may not say of itself, and how it learns that it was refused") {
  Node alice(1), bob(2), mallory(3);
  const IdentityPayload truth = payload_of(bob, alice);
  // Bob's key is right, so the handshake completes; what he says is not.
  const auto told = [&](const IdentityPayload& payload) {
    End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
    CHECK(a.link.send(frame_of(10)).has_value());
    const Bytes hello = a.flush();
    ForgedEnd forged = ForgedEnd::responder(bob, bob);
    a.receive(forged.answer_with(write_identity_payload(payload), hello));
    const Bytes last_words = a.flush();
    CHECK(last_words.size() == 2 + 2 + 16);  // a sealed end and no frame
    CHECK(a.link.is_over());
    CHECK(a.frames.empty());
    return a.told;
  };
  IdentityPayload mallorys = truth;
  mallorys.signature_key = mallory.identity.signature_key().public_key;
  mallorys.certificate = mallory.identity.link_key(kDefaultSuite)->certificate;
  CHECK(told(mallorys) == "closed(broken identity_mismatch)");

  // Rightly signed, for the very key that Noise has proven; but it names Mallory, and Bob was called.
  IdentityPayload adopted = mallorys;
  adopted.certificate = certified(mallory, bob.remote().link_key);
  CHECK(told(adopted) == "closed(broken identity_mismatch)");
  IdentityPayload control = truth;
  control.certificate = certified(bob, bob.remote().link_key);
  End dialled(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, kNoon).value());
  ForgedEnd honest = ForgedEnd::responder(bob, bob);
  dialled.receive(honest.answer_with(write_identity_payload(control), dialled.flush()));
  CHECK(dialled.told == "authenticated");

  IdentityPayload to_mallory = truth;
  to_mallory.recipient = mallory.identity.node_id();
  CHECK(told(to_mallory) == "closed(broken identity_mismatch)");

  IdentityPayload bad_signature = truth;
  bad_signature.certificate.sequence += 1;
  CHECK(told(bad_signature) == "closed(broken bad_signature)");
}

TEST_CASE("a responder whose certificate was refused: identity_mismatch at both ends") {
  // Bob's software is honest, but his certificate has expired for Alice, who knows the time.
  Node alice(1), bob(2);
  const WallTime later = kNoon + identity::kLinkKeyLife + std::chrono::hours(1);
  End a(StreamLink::dial(alice.local(), bob.remote(), Purpose::dispatcher, {}, later).value());
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, std::nullopt));
  b.receive(a.flush());
  a.receive(b.flush());
  b.receive(a.flush());
  CHECK(a.told == "closed(broken expired)");
  CHECK(b.told == "claimed closed(refused identity_mismatch)");
}

TEST_CASE("payloads that do not parse are refused like those that lie") {
  Node bob(2), mallory(3);
  const Bytes truth = write_identity_payload(payload_of(mallory, bob));
  const auto told = [&](const Bytes& payload) {
    ForgedEnd forged = ForgedEnd::initiator(mallory, bob);
    return responder_told(bob, forged.hello_with(payload));
  };
  CHECK(told({}) == "closed(broken bad_frame)");
  CHECK(told(Bytes(ByteView(truth).first(100).begin(), ByteView(truth).first(100).end())) ==
        "closed(broken bad_frame)");
  Bytes one_more = truth;
  one_more.push_back(0);
  CHECK(told(one_more) == "closed(broken bad_frame)");
  Bytes not_zero = truth;
  not_zero.back() = 1;
  CHECK(told(not_zero) == "closed(broken bad_frame)");
  Bytes much_padding = truth;
  much_padding.resize(truth.size() + kHandshakePaddingBytes);
  CHECK(told(much_padding) == "claimed");
  CHECK(told(Bytes(kHandshakeBytesMax)) == "closed(broken too_large)");
}

TEST_CASE("a known peer's certificate is not verified again, and not believed for another key") {
  Node alice(1), bob(2), mallory(3);
  KnownPeers known_peers;
  bob.known_peers = &known_peers;
  for (int i = 0; i < 3; ++i) {
    ForgedEnd again = ForgedEnd::initiator(alice, bob);
    CHECK(responder_told(bob, again.hello_with(write_identity_payload(payload_of(alice, bob)))) == "claimed");
    CHECK(known_peers.count() == 1);
  }
  ForgedEnd forged = ForgedEnd::initiator(mallory, bob);
  CHECK(responder_told(bob, forged.hello_with(write_identity_payload(payload_of(alice, bob)))) ==
        "closed(broken identity_mismatch)");
  IdentityPayload altered = payload_of(alice, bob);
  altered.certificate.sequence += 1;
  ForgedEnd another = ForgedEnd::initiator(alice, bob);
  CHECK(responder_told(bob, another.hello_with(write_identity_payload(altered))) ==
        "closed(broken bad_signature)");
  CHECK(known_peers.count() == 1);
}
