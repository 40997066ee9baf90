#include <doctest/doctest.h>

#include "identity/card_wire.hpp"
#include "identity/node_id.hpp"
#include "support/people.hpp"

using namespace taut;
using namespace taut::identity;
using namespace taut::test;

namespace {

/// The bytes of a card that `key` signed, whatever it says: what a hostile node can publish.
Bytes signed_as_is(const Bytes& tbs, const crypto::SignatureKeyPair& key,
                   std::string_view label = kCardLabel) {
  const auto signature = crypto::sign_with_label(key, crypto::kTautPrefix, label, tbs).value();
  return wire::written([&](wire::Writer& out) { out.u8(kCardFormat).vector(tbs).vector(signature.view()); });
}

const Identity& bob() {
  static const Identity who = person(1);
  return who;
}
const Identity& post() {
  static const Identity who = person(2);
  return who;
}

Errc refusal_of(const Card& card) {
  const auto parsed = SignedCard::parse(signed_as_is(card_tbs(card), bob().signature_key()));
  REQUIRE_FALSE(parsed.has_value());
  CHECK(SignedCard::sign(card, bob().signature_key()).error().code == Errc::misuse);
  return parsed.error().code;
}

Card bobs_card() { return card_of(bob(), post()); }

}  // namespace

TEST_CASE("a card says after parsing what it said before signing") {
  const SignedCard made = SignedCard::sign(bobs_card(), bob().signature_key()).value();
  const SignedCard read = SignedCard::parse(made.bytes()).value();
  CHECK(read.card() == bobs_card());
  CHECK(read == made);
  CHECK(read.node_id() == bob().node_id());
  CHECK(read.card().inboxes().size() == 1);
  CHECK(read.card().link_key(kDefaultSuite[0])->suite == 1);
  CHECK(read.card().link_key(crypto::SuiteId::p256_aes128gcm_sha256_p256) == nullptr);
  CHECK(made.bytes().size() < 300);  // a QR code that a telephone reads from a screen
}

TEST_CASE("one changed, missing or added byte anywhere makes a card invalid") {
  const SignedCard made = SignedCard::sign(bobs_card(), bob().signature_key()).value();
  Bytes bytes = to_bytes(made.bytes());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    bytes[i] ^= 1;
    CHECK_FALSE(SignedCard::parse(bytes).has_value());
    bytes[i] ^= 1;
    CHECK_FALSE(SignedCard::parse(ByteView(bytes).first(i)).has_value());
  }
  bytes.push_back(0);
  CHECK_FALSE(SignedCard::parse(bytes).has_value());
}

TEST_CASE("a card that was kept is checked for all but its signature") {
  const SignedCard made = SignedCard::sign(bobs_card(), bob().signature_key()).value();
  CHECK(SignedCard::restore(made.bytes()).value() == made);
  const Bytes signed_by_another = signed_as_is(card_tbs(made.card()), post().signature_key());
  CHECK(SignedCard::restore(signed_by_another).value().card() == made.card());
  for (std::size_t size = 0; size < made.bytes().size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(SignedCard::restore(made.bytes().first(size)).has_value());
  }
}

TEST_CASE("a signature under another key or another label is no card") {
  const Card card = bobs_card();
  CHECK(SignedCard::parse(signed_as_is(card_tbs(card), post().signature_key())).error().code ==
        Errc::unauthentic);
  CHECK(SignedCard::parse(signed_as_is(card_tbs(card), bob().signature_key(), "LinkKeyCertificate"))
            .error()
            .code == Errc::unauthentic);
  CHECK(SignedCard::sign(card, post().signature_key()).error().code == Errc::misuse);
}

TEST_CASE("rules of a card hold however well it is signed") {
  Card card = bobs_card();
  SUBCASE("name with a control character") { card.name = "bob\x1b[2J"; }
  SUBCASE("name that is not UTF-8") { card.name = "\xff"; }
  SUBCASE("name too long") { card.name.assign(kNameBytesMax + 1, 'b'); }
  SUBCASE("no version") { card.versions = {0, 1}; }
  SUBCASE("versions upside down") { card.versions = {2, 1}; }
  SUBCASE("two link keys for a suite") { card.link_keys.push_back(card.link_keys[0]); }
  SUBCASE("link key of the wrong size") { card.link_keys[0].key.pop_back(); }
  SUBCASE("empty link key") { card.link_keys[0] = {0x7777, {}}; }
  SUBCASE("sealing key of the wrong size") { card.sealing_key->key.push_back(1); }
  SUBCASE("a suite twice") { card.mls_suites = {1, 3, 1}; }
  SUBCASE("a dispatcher twice") { card.dispatchers.push_back(card.dispatchers[0]); }
  SUBCASE("itself as a foreign dispatcher") { card.dispatchers[0].node_id = bob().node_id(); }
  SUBCASE("a dispatcher that is nowhere") { card.dispatchers[0].addresses.clear(); }
  SUBCASE("a host that is none") { card.dispatchers[0].addresses[0].host = "a b"; }
  SUBCASE("port 0") { card.dispatchers[0].addresses[0].port = 0; }
  SUBCASE("serves without a link key") {
    card.serves_at = {{Carrier::tcp, "::1", 7420}};
    card.link_keys.clear();
  }
  SUBCASE("too many dispatchers") {
    for (std::uint64_t i = 0; i < kDispatcherCountMax; ++i) {
      card.dispatchers.push_back(card.dispatchers[0]);
      card.dispatchers.back().node_id.fill()[0] = static_cast<Byte>(i);
    }
  }
  SUBCASE("the last sequence without a revocation") { card.sequence = kFinalSequence; }
  SUBCASE("a revocation with an ordinary sequence") { card.extensions = {{kRevocationExtension, {0}}}; }
  SUBCASE("a revocation that still offers keys") {
    card.extensions = {{kRevocationExtension, {0}}};
    card.sequence = kFinalSequence;
  }
  CHECK(refusal_of(card) == Errc::malformed);
}

TEST_CASE("what later versions add is kept, unless it must be understood") {
  Card card = bobs_card();
  card.link_keys.push_back({0x7777, Bytes(1216, 5)});
  card.mls_suites.push_back(0x7777);
  card.extensions = {{7, {1, 2, 3}}};
  card.dispatchers[0].addresses.push_back({static_cast<Carrier>(9), "mqtt.example", 1});
  const SignedCard made = SignedCard::sign(card, bob().signature_key()).value();
  CHECK(SignedCard::parse(made.bytes()).value().card() == card);

  card.extensions = {{0x8123, {}}};
  CHECK(SignedCard::parse(signed_as_is(card_tbs(card), bob().signature_key())).error().code ==
        Errc::incompatible);

  Bytes later = to_bytes(made.bytes());
  later[0] = 2;
  CHECK(SignedCard::parse(later).error().code == Errc::incompatible);
}

TEST_CASE("a dispatcher lists itself; its inboxes are at its own addresses first") {
  Card card = bobs_card();
  card.serves_at = {{Carrier::tcp, "192.0.2.7", 7420}, {Carrier::udp, "2001:db8::7", 7420}};
  const SignedCard made = SignedCard::sign(card, bob().signature_key()).value();
  const auto inboxes = SignedCard::parse(made.bytes()).value().card().inboxes();
  REQUIRE(inboxes.size() == 2);
  CHECK(inboxes[0].node_id == bob().node_id());
  CHECK(inboxes[0].addresses == card.serves_at);
  CHECK(inboxes[0].link_key == card.link_keys[0]);
  CHECK(inboxes[1].node_id == post().node_id());
}

TEST_CASE("sequence: grows, follows the clock, ends before the number of revocations") {
  CHECK(next_sequence(5, WallTime{100}).value() == 100);
  CHECK(next_sequence(100, WallTime{100}).value() == 101);
  CHECK(next_sequence(200, WallTime{100}).value() == 201);
  CHECK(next_sequence(5, std::nullopt).value() == 6);
  CHECK(next_sequence(5, kEndOfTime).value() == kFinalSequence - 1);
  CHECK(next_sequence(kFinalSequence - 1, WallTime{100}).error().code == Errc::exhausted);
}

TEST_CASE("a card takes the place of an older one of the same node, and a revocation of any") {
  const auto with_sequence = [](std::uint64_t sequence) {
    Card card = bobs_card();
    card.sequence = sequence;
    return SignedCard::sign(card, bob().signature_key()).value();
  };
  const SignedCard held = with_sequence(10);
  CHECK(with_sequence(11).check_replaces(held).has_value());
  CHECK(with_sequence(10).check_replaces(held).error().reason == reasons::kOldCard);
  CHECK(with_sequence(9).check_replaces(held).error().reason == reasons::kOldCard);

  const SignedCard last = SignedCard::revoke(bob().signature_key(), {post().node_id()}).value();
  const SignedCard read = SignedCard::parse(last.bytes()).value();
  CHECK(read.card().is_revocation());
  CHECK(read.revocation()->successor == post().node_id());
  CHECK(read.check_replaces(with_sequence(kFinalSequence - 1)).has_value());
  CHECK_FALSE(with_sequence(kFinalSequence - 1).check_replaces(read).has_value());
  CHECK(SignedCard::revoke(bob().signature_key(), {}).value().revocation() == Revocation{});
  CHECK_FALSE(held.revocation().has_value());

  const SignedCard other = SignedCard::sign(card_of(post(), bob()), post().signature_key()).value();
  CHECK(other.check_replaces(held).error().code == Errc::misuse);
}

TEST_CASE("a card ends with its lifetime, where the time is known") {
  const SignedCard made = SignedCard::sign(bobs_card(), bob().signature_key()).value();
  CHECK(made.check_at(kNow).has_value());
  CHECK(made.check_at(bobs_card().not_after).has_value());
  CHECK(made.check_at(WallTime{bobs_card().not_after.unix_ms + 1}).error().reason == reasons::kExpired);
  CHECK(made.check_at(std::nullopt).has_value());
}

TEST_CASE("versions: the highest in common, or none") {
  CHECK(common_version({1, 3}, {2, 5}).value() == 3);
  CHECK(common_version({2, 5}, {1, 2}).value() == 2);
  CHECK(common_version({1, 1}, {2, 5}).error().code == Errc::incompatible);
}

TEST_CASE("the node ID is the hash of algorithm and key, and of nothing else") {
  crypto::SignaturePublic key = bob().signature_key().public_key;
  const NodeId id = node_id_of(key);
  CHECK(id == bob().node_id());
  key.id = crypto::SignatureId::ed448;
  CHECK(node_id_of(key) != id);
  CHECK(node_id_of(post().signature_key().public_key) != id);
}
