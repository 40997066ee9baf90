// Introductions, certificates and links: whole, or refused.

#include "introduction/introduction.hpp"

#include <doctest/doctest.h>

#include "introduction/leaf_certificate.hpp"
#include "introduction/locator.hpp"
#include "support/people.hpp"

using namespace taut;
using namespace taut::introduction;

namespace {

constexpr auto kSuite = test::kDefaultSuite[0];

identity::SignedCard signed_card(const identity::Identity& who) {
  return identity::SignedCard::sign(test::card_of(who, test::person(9)), who.signature_key()).value();
}

struct Stranger {
  test::SeededRandom random{4};
  identity::Identity identity = test::person(3);
  identity::SignedCard card = signed_card(identity);
  LogId log_id = random.make<LogId>();
  Invitation invitation{random.make<InvitationId>(), random.make<InvitationSecret>(), 0, 1};
  mls::OwnKeyPackage own = key_package(identity);

  mls::OwnKeyPackage key_package(const identity::Identity& who) {
    return make_key_package(who.signature_key(), {kSuite, 7, {}},
                            mls::lifetime_from(test::kNow, std::chrono::hours(24)), random)
        .value();
  }
  Bytes asks(const Invitation* with = nullptr) {
    return introduce(identity.signature_key(), own, {log_id, card, test::kNow, with}, random).value();
  }
};

std::string reason_of(const auto& result) {
  return result ? std::string("no error") : std::string(result.error().reason.name);
}

}  // namespace

TEST_CASE("an introduction says who asks, for which topic, with which KeyPackage") {
  Stranger stranger;
  const auto read = read_introduction(stranger.asks(), stranger.log_id, kSuite);
  REQUIRE(read.has_value());
  CHECK(read->node_id() == stranger.identity.node_id());
  CHECK(read->key_package_ref == stranger.own.ref);
  CHECK(read->certificate_sequence == 7);
  CHECK(read->not_after == test::kNow);
  CHECK_FALSE(read->invitation_id.has_value());
  CHECK(reason_of(read->check_proof(stranger.invitation.secret)) == "bad_invitation");
}

TEST_CASE("an invitation is proven over all of the introduction") {
  Stranger stranger;
  const auto read = read_introduction(stranger.asks(&stranger.invitation), stranger.log_id, kSuite);
  REQUIRE(read.has_value());
  CHECK(read->check_proof(stranger.invitation.secret).has_value());
  CHECK_FALSE(read->check_proof(stranger.random.make<InvitationSecret>()).has_value());
  Introduction other = *read;
  other.claim.back() ^= 1;
  CHECK_FALSE(other.check_proof(stranger.invitation.secret).has_value());
}

TEST_CASE("every changed bit of an introduction is found") {
  Stranger stranger;
  const Bytes whole = stranger.asks(&stranger.invitation);
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    Bytes changed = whole;
    changed[at] ^= 0x10;
    CHECK_FALSE(read_introduction(changed, stranger.log_id, kSuite).has_value());
    CHECK_FALSE(read_introduction(ByteView(whole).first(at), stranger.log_id, kSuite).has_value());
  }
}

TEST_CASE("another topic, another's KeyPackage, another's card, another suite") {
  Stranger stranger;
  CHECK(reason_of(read_introduction(stranger.asks(), LogId{}, kSuite)) == "other_topic");
  CHECK_FALSE(read_introduction(stranger.asks(), stranger.log_id,
                                crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519)
                  .has_value());
  const identity::Identity other = test::person(8);
  const mls::OwnKeyPackage foreign = stranger.key_package(other);
  const Bytes mixed = introduce(stranger.identity.signature_key(), foreign,
                                {stranger.log_id, stranger.card, test::kNow}, stranger.random)
                          .value();
  CHECK(reason_of(read_introduction(mixed, stranger.log_id, kSuite)) == "bad_introduction");
  const identity::SignedCard others = signed_card(other);
  CHECK(reason_of(introduce(stranger.identity.signature_key(), stranger.own,
                            {stranger.log_id, others, test::kNow}, stranger.random)) == "misuse");
}

TEST_CASE("a leaf certificate binds node, leaf key, suite, topic and sequence") {
  test::SeededRandom random(5);
  const identity::Identity alice = test::person(1);
  const auto topic_id = random.make<TopicId>();
  const mls::Client client = make_client(alice.signature_key(), {kSuite, 3, topic_id}, random).value();
  const auto certificate = read_certificate(client.credential);
  REQUIRE(certificate.has_value());
  CHECK(certificate->node_id() == alice.node_id());
  CHECK(certificate->sequence == 3);
  CHECK(certificate->topic_id == topic_id);
  CHECK(client.capabilities.supports(kTopicExtension));

  const mls::SignaturePublicKey key(client.signature_key.public_key.bytes.view());
  LeafAuthentication here(topic_id);
  CHECK(here.validate(client.credential, key).has_value());
  CHECK_FALSE(here.validate(client.credential, mls::SignaturePublicKey(ByteView(Bytes(32, 1)))).has_value());
  CHECK_FALSE(LeafAuthentication(random.make<TopicId>()).validate(client.credential, key).has_value());
  CHECK_FALSE(here.validate(mls::Credential::basic(as_bytes("alice")), key).has_value());
  here.bar({alice.node_id()});
  CHECK_FALSE(here.validate(client.credential, key).has_value());
  const mls::Client next = make_client(alice.signature_key(), {kSuite, 4, topic_id}, random).value();
  CHECK_FALSE(here.validate_successor(client.credential, next.credential).has_value());
  CHECK(here.validate_successor(client.credential, client.credential).has_value());

  Bytes identity_bytes = std::get<mls::BasicCredential>(client.credential.value).identity;
  for (std::size_t at = 0; at < identity_bytes.size(); at += 2) {
    Bytes changed = identity_bytes;
    changed[at] ^= 4;
    CHECK_FALSE(read_certificate(mls::Credential::basic(changed)).has_value());
  }
}

TEST_CASE("a link says where, and comes back whole; cut or altered it does not") {
  Stranger stranger;
  Locator link{stranger.log_id,
               stranger.random.make<WrapKey>(),
               kSuite,
               stranger.identity.node_id(),
               "garden",
               {},
               {}};
  link.places.push_back(stranger.card.card().dispatchers.front());
  link.places.push_back(Url{"mqtts://broker.example:8883/garden/1"});
  link.invitation = Invitation::copy_of(stranger.invitation);
  link.invitation->not_after_s = 12;
  const std::string text = to_text(link).value();
  CHECK(text.starts_with("taut-topic:"));
  const auto read = locator_from_text(" " + text.substr(0, 40) + "\n" + text.substr(40) + "\r\n");
  REQUIRE(read.has_value());
  CHECK(read->log_id == link.log_id);
  CHECK(read->wrap_key.equals(link.wrap_key));
  CHECK(read->maker == link.maker);
  CHECK(read->name == "garden");
  CHECK(read->places == link.places);
  REQUIRE(read->invitation.has_value());
  CHECK(read->invitation->id == link.invitation->id);
  CHECK(read->invitation->secret.equals(link.invitation->secret));
  CHECK(read->invitation->not_after_s == 12);

  CHECK(reason_of(locator_from_text("taut-top")) == "link_cut");
  CHECK(reason_of(locator_from_text("taut:abc")) == "link_wrong");
  for (std::size_t size = kTopicScheme.size(); size < text.size(); size += 5)
    CHECK_FALSE(locator_from_text(text.substr(0, size)).has_value());
  for (std::size_t at = kTopicScheme.size(); at + 1 < text.size(); at += 3) {
    std::string changed = text;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(locator_from_text(changed).has_value());
  }
}

TEST_CASE("places and names that would mislead are not put into links") {
  Stranger stranger;
  Locator link{
      stranger.log_id, stranger.random.make<WrapKey>(), kSuite, stranger.identity.node_id(), "a\nb", {}, {}};
  CHECK(reason_of(to_text(link)) == "misuse");
  link.name = "ok";
  link.places.assign(kPlaceCountMax + 1, Url{"mqtt://h/t"});
  CHECK(reason_of(to_text(link)) == "misuse");
  CHECK(is_url("mqtts://host:8883/a/b"));
  for (const char* bad :
       {"", "host/a", "://x", "mqtt://user:word@host/a", "mqtt://", "mqtt://h/\n", "mqtt://h /"})
    CHECK_FALSE(is_url(bad));
}

TEST_CASE("an invitation's two uses have two keys, and a PSK ID names both parts") {
  Stranger stranger;
  const InvitationPsk psk = invitation_psk(stranger.invitation.secret);
  CHECK_FALSE(equal(psk.expose(), prove(stranger.invitation.secret, {}).view()));
  const Bytes bytes = psk_id_bytes({stranger.invitation.id, InvitationPsk::copy_of(psk)});
  const auto read = read_psk_id(bytes);
  REQUIRE(read.has_value());
  CHECK(read->id == stranger.invitation.id);
  CHECK(read->psk.equals(psk));
  CHECK_FALSE(read_psk_id(ByteView(bytes).first(47)).has_value());
}
