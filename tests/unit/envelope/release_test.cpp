#include "envelope/release.hpp"

#include <doctest/doctest.h>

#include "envelope/envelope.hpp"
#include "support/people.hpp"

using namespace taut;
using namespace taut::envelope;
using namespace taut::test;

namespace {

const identity::Identity& bob() {
  static const identity::Identity identity = person(2);
  return identity;
}

std::vector<MessageId> messages(std::size_t count) {
  SeededRandom random(70);
  std::vector<MessageId> ids;
  while (ids.size() < count) ids.push_back(random.make<MessageId>());
  return ids;
}

Result<std::vector<MessageId>> opened(ByteView body, const NodeId& sender,
                                      const identity::Identity& releaser) {
  return open_release(body, sender, releaser.signature_key().public_key);
}

}  // namespace

TEST_CASE("a release says which messages of its sender are in the recipient's store") {
  const NodeId alice = person(1).node_id();
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, kReleasedMax}) {
    const std::vector<MessageId> ids = messages(count);
    const Content content = sign_release(alice, ids, bob().signature_key()).value();
    CHECK(content.type == ContentType::release);
    CHECK(opened(content.body, alice, bob()).value() == ids);
  }
}

TEST_CASE("a release is good for one sender, one releaser, and what it names") {
  const identity::Identity alice = person(1);
  const identity::Identity carol = person(3);
  Content content = sign_release(alice.node_id(), messages(2), bob().signature_key()).value();
  CHECK(opened(content.body, carol.node_id(), bob()).error().code == Errc::unauthentic);
  CHECK(opened(content.body, alice.node_id(), carol).error().code == Errc::unauthentic);
  for (std::size_t at = 0; at < content.body.size(); ++at) {
    Bytes altered = content.body;
    altered[at] ^= 1;
    CHECK_FALSE(opened(altered, alice.node_id(), bob()).has_value());
  }
  content.body.push_back(0);
  CHECK(opened(content.body, alice.node_id(), bob()).error().code == Errc::malformed);
}

TEST_CASE("a release of nothing, or of too much, is none") {
  const NodeId alice = person(1).node_id();
  CHECK(sign_release(alice, {}, bob().signature_key()).error().code == Errc::misuse);
  CHECK(sign_release(alice, messages(kReleasedMax + 1), bob().signature_key()).error().code == Errc::misuse);
  const Bytes empty = wire::written([](wire::Writer& out) { out.vector(Bytes{}).vector(Bytes(64)); });
  CHECK(opened(empty, alice, bob()).error().code == Errc::malformed);
}

TEST_CASE("a letter says whether its sender waits for the release") {
  SeededRandom random(5);
  const identity::Identity alice = person(1);
  std::vector<identity::SealingKeyPair> keys;
  keys.push_back(identity::SealingKeyPair::create(kDefaultSuite[0], kNow, random).value());
  Letter letter;
  letter.signature_key = alice.signature_key().public_key;
  for (const ReleaseWord word : {ReleaseWord::unwanted, ReleaseWord::wanted}) {
    letter.release = word;
    const Recipient to{bob().node_id(), keys[0].public_part()};
    const Bytes envelope = seal(letter, to, alice.signature_key(), random).value();
    CHECK(open(envelope, bob().node_id(), keys).value().release == word);
  }
}
