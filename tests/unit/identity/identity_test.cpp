#include "identity/identity.hpp"

#include <doctest/doctest.h>

#include <set>

#include "support/people.hpp"

using namespace taut;
using namespace taut::identity;
using namespace taut::test;

namespace {
using enum crypto::SuiteId;
constexpr std::array kTwoSuites{x25519_chacha20poly1305_sha256_ed25519, x25519_aes128gcm_sha256_ed25519};
}  // namespace

TEST_CASE("an identity comes back whole from the state file") {
  SeededRandom random(5);
  const Identity made = Identity::create(kTwoSuites, kNow, random).value();
  const Identity read = Identity::parse(made.serialise().expose()).value();
  CHECK(read.node_id() == made.node_id());
  CHECK(read.card() == made.card());
  CHECK(read.serialise().equals(made.serialise()));
  CHECK(Identity::copy_of(made).value().node_id() == made.node_id());
  CHECK(made.card().link_keys.size() == 2);
  CHECK(made.card().link_keys[0].suite == 1);
  CHECK(made.link_key(x25519_chacha20poly1305_sha256_ed25519) != nullptr);
  CHECK(made.link_key(p384_aes256gcm_sha384_p384) == nullptr);
}

TEST_CASE("every key of an identity is another one") {
  SeededRandom random(5);
  const Identity made = Identity::create(kTwoSuites, kNow, random).value();
  const SealingKeyPair sealing = SealingKeyPair::create(kTwoSuites[0], kNow, random).value();
  std::set<Bytes> keys{to_bytes(made.signature_key().private_key.expose()),
                       to_bytes(sealing.pair.private_key.expose())};
  for (const LinkKeyPair& key : made.link_keys()) keys.insert(to_bytes(key.pair.private_key.expose()));
  CHECK(keys.size() == 4);
}

TEST_CASE("an identity is made of known suites, each once") {
  SeededRandom random(5);
  CHECK(Identity::create({}, kNow, random).error().code == Errc::misuse);
  const std::array twice{kTwoSuites[0], kTwoSuites[0]};
  CHECK(Identity::create(twice, kNow, random).error().code == Errc::misuse);
}

TEST_CASE("a state that was cut, altered or written by a later version is refused") {
  const Identity made = person(5);
  Bytes bytes = to_bytes(made.serialise().expose());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(Identity::parse(ByteView(bytes).first(size)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    bytes[i] ^= 0x10;  // X25519 ignores a few bits of a scalar, none of them here
    CHECK_FALSE(Identity::parse(bytes).has_value());
    bytes[i] ^= 0x10;
  }
  bytes[0] = 2;
  CHECK(Identity::parse(bytes).error().code == Errc::incompatible);
}

TEST_CASE("a sealing key comes back from the state file, and its hash names suite and key") {
  SeededRandom random(6);
  const SealingKeyPair made = SealingKeyPair::create(kDefaultSuite[0], kNow, random).value();
  const SealingKeyPair read = SealingKeyPair::parse(made.serialise().expose()).value();
  CHECK(read.public_part() == made.public_part());
  CHECK(read.pair.private_key.equals(made.pair.private_key));
  SealingKey other = made.public_part();
  other.suite = 3;
  CHECK(other.hash() != made.public_part().hash());
  other = made.public_part();
  other.not_after = {};
  CHECK(other.hash() == made.public_part().hash());

  const SecretBytes bytes = made.serialise();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(SealingKeyPair::parse(bytes.expose().first(size)).has_value());
}

TEST_CASE("an identity renews its link keys, or their certificates alone, and stays the same node") {
  SeededRandom random(5);
  const Identity made = Identity::create(kTwoSuites, kNow, random).value();
  const WallTime later = kNow + std::chrono::days(91);
  for (const auto keys : {Identity::LinkKeys::drawn_anew, Identity::LinkKeys::kept}) {
    const Identity renewed = made.renewed(keys, later, random).value();
    CHECK(renewed.node_id() == made.node_id());
    CHECK(renewed.card().signature_key == made.card().signature_key);
    CHECK((renewed.card().link_keys == made.card().link_keys) == (keys == Identity::LinkKeys::kept));
    CHECK(renewed.card().mls_suites == made.card().mls_suites);
    for (std::size_t i = 0; i < 2; ++i) {
      const LinkKeyCertificate& certificate = renewed.link_keys()[i].certificate;
      CHECK(certificate.suite == made.link_keys()[i].certificate.suite);
      CHECK(certificate.sequence > made.link_keys()[i].certificate.sequence);
      CHECK(certificate.validity.not_after == later + kLinkKeyLife);
      CHECK(renewed.link_keys()[i].certificate.sequence == 3 + i);
    }
    CHECK(Identity::parse(renewed.serialise().expose()).value().card() == renewed.card());
  }
}
