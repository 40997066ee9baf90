#include "envelope/envelope.hpp"

#include <doctest/doctest.h>

#include "support/people.hpp"

using namespace taut;
using namespace taut::envelope;
using namespace taut::test;
using identity::SealingKeyPair;

namespace {

struct Bob {
  identity::Identity identity = person(2);
  std::vector<SealingKeyPair> keys;

  explicit Bob(std::span<const crypto::SuiteId> suites = kDefaultSuite) {
    SeededRandom random(22);
    for (const crypto::SuiteId suite : suites)
      keys.push_back(SealingKeyPair::create(suite, kNow, random).value());
  }
  Recipient as_recipient() const { return {identity.node_id(), keys.front().public_part()}; }
  Result<Letter> opens(ByteView envelope) const { return open(envelope, identity.node_id(), keys); }
};

Letter letter_from(const identity::Identity& sender, Content content) {
  Letter letter;
  letter.signature_key = sender.signature_key().public_key;
  SeededRandom random(7);
  letter.message_id = random.make<MessageId>();
  letter.stream = 0x1122334455667788;
  letter.counter = 42;
  letter.time = kNow;
  letter.content = std::move(content);
  return letter;
}

Letter hello_from(const identity::Identity& sender) {
  return letter_from(sender, {ContentType::text, to_bytes(as_bytes("hello"))});
}

Bytes sealed(const Letter& letter, const Recipient& to, const identity::Identity& sender) {
  SeededRandom random(33);
  return seal(letter, to, sender.signature_key(), random).value();
}

void check_refused(const Result<Letter>& opened) {
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error() == Error{Errc::unauthentic, reasons::kBadEnvelope});
}

/// An envelope around any plaintext: what a hostile sender can put behind the AEAD.
Bytes around(const auto& make_plaintext, const Bob& bob) {
  namespace hpke = crypto::hpke;
  SeededRandom random(44);
  const auto& key = bob.keys.front();
  const auto hash = key.public_part().hash();
  const auto number = static_cast<std::uint16_t>(key.suite);
  const Bytes context = context_bytes(number, bob.identity.node_id(), hash);
  auto sender =
      hpke::setup_sender(hpke_algorithms(crypto::suite(key.suite)), key.pair.public_key, context, random)
          .value();
  const Bytes plaintext = make_plaintext(Binding{bob.identity.node_id(), hash, sender.enc.view()});
  const Bytes ciphertext = sender.context.seal(context, plaintext).value();
  return wire::written([&](wire::Writer& out) {
    out.u8(1)
        .u16(number)
        .raw(hash.view().first<kKeyHintBytes>())
        .vector(sender.enc.view())
        .vector(ciphertext);
  });
}

bool contains(ByteView haystack, ByteView needle) { return !std::ranges::search(haystack, needle).empty(); }

}  // namespace

TEST_CASE("what is sealed to bob, bob opens") {
  const Bob bob;
  const identity::Identity alice = person(1);
  Letter letter = hello_from(alice);
  SUBCASE("text") {}
  SUBCASE("with the sender's card") {
    letter.sender_card = identity::SignedCard::sign(card_of(alice, person(3)), alice.signature_key()).value();
  }
  SUBCASE("empty") { letter.content.body.clear(); }
  SUBCASE("a type of later versions") { letter.content.type = static_cast<ContentType>(999); }
  SUBCASE("a sender without a clock") { letter.time = {}; }
  const Letter read = bob.opens(sealed(letter, bob.as_recipient(), alice)).value();
  CHECK(read == letter);
  CHECK(read.sender() == alice.node_id());
}

TEST_CASE("every suite that can seal, opens") {
  using enum crypto::SuiteId;
  for (const crypto::SuiteId suite : {x25519_aes128gcm_sha256_ed25519, p256_aes128gcm_sha256_p256,
                                      x25519_chacha20poly1305_sha256_ed25519, p384_aes256gcm_sha384_p384}) {
    CAPTURE(static_cast<int>(suite));
    SeededRandom random(5);
    const std::array suites{suite};
    const Bob bob(suites);
    const identity::Identity alice = identity::Identity::create(suites, kNow, random).value();
    const Letter letter = hello_from(alice);
    CHECK(bob.opens(sealed(letter, bob.as_recipient(), alice)).value() == letter);
  }
}

TEST_CASE("nothing outside names the sender, the message or the text") {
  const Bob bob;
  const identity::Identity alice = person(1);
  const Letter letter = hello_from(alice);
  const Bytes envelope = sealed(letter, bob.as_recipient(), alice);
  CHECK_FALSE(contains(envelope, letter.signature_key.bytes.view()));
  CHECK_FALSE(contains(envelope, alice.node_id().view()));
  CHECK_FALSE(contains(envelope, letter.message_id.view()));
  CHECK_FALSE(contains(envelope, as_bytes("hello")));
}

TEST_CASE("one answer for whatever is wrong") {
  const Bob bob;
  const identity::Identity alice = person(1);
  const Bytes good = sealed(hello_from(alice), bob.as_recipient(), alice);
  REQUIRE(bob.opens(good).has_value());

  SUBCASE("any byte changed") {
    Bytes bytes = good;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      CAPTURE(i);
      bytes[i] ^= 0x80;
      check_refused(bob.opens(bytes));
      bytes[i] ^= 0x80;
    }
  }
  SUBCASE("cut anywhere, or longer") {
    for (std::size_t size = 0; size < good.size(); ++size)
      check_refused(bob.opens(ByteView(good).first(size)));
    Bytes longer = good;
    longer.push_back(0);
    check_refused(bob.opens(longer));
    check_refused(bob.opens(Bytes(kEnvelopeBytesMax + 1)));
  }
  SUBCASE("for another recipient with the same sealing key") {
    check_refused(open(good, person(4).node_id(), bob.keys));
  }
  SUBCASE("a sealing key that is erased, or another's") {
    check_refused(open(good, bob.identity.node_id(), {}));
    SeededRandom random(1);
    std::vector<SealingKeyPair> others;
    others.push_back(SealingKeyPair::create(kDefaultSuite[0], kNow, random).value());
    check_refused(open(good, bob.identity.node_id(), others));
  }
}

TEST_CASE("what a hostile sender puts behind the AEAD is refused like anything else") {
  const Bob bob;
  const identity::Identity alice = person(1);
  const identity::Identity mallory = person(6);
  const Letter letter = hello_from(alice);
  const auto honest = [&](const Binding& binding) {
    return write_plaintext(letter, binding, alice.signature_key()).value();
  };
  REQUIRE(bob.opens(around(honest, bob)).has_value());

  SUBCASE("alice's letter, taken out of another envelope to the same key") {
    check_refused(bob.opens(around(
        [&](const Binding& binding) {
          Binding other = binding;
          const Bytes enc(32, 9);
          other.enc = enc;
          return honest(other);
        },
        bob)));
  }
  SUBCASE("signed for another recipient") {
    check_refused(bob.opens(around(
        [&](Binding binding) {
          binding.recipient = mallory.node_id();
          return honest(binding);
        },
        bob)));
  }
  SUBCASE("signed for another sealing key") {
    check_refused(bob.opens(around(
        [&](Binding binding) {
          binding.sealing_key.fill()[0] ^= 1;
          return honest(binding);
        },
        bob)));
  }
  SUBCASE("alice's name over mallory's signature") {
    check_refused(bob.opens(around(
        [&](const Binding& binding) {
          Bytes plaintext = write_plaintext(hello_from(mallory), binding, mallory.signature_key()).value();
          const auto at = std::ranges::search(plaintext, mallory.signature_key().public_key.bytes.view());
          std::ranges::copy(letter.signature_key.bytes.view(), at.begin());
          return plaintext;
        },
        bob)));
  }
  SUBCASE("padding that says something") {
    check_refused(bob.opens(around(
        [&](const Binding& binding) {
          Bytes plaintext = honest(binding);
          plaintext.back() = 1;
          return plaintext;
        },
        bob)));
  }
  SUBCASE("nothing, or noise") {
    check_refused(bob.opens(around([](const Binding&) { return Bytes{}; }, bob)));
    check_refused(bob.opens(around([](const Binding&) { return Bytes(512, 0xff); }, bob)));
    check_refused(bob.opens(around([](const Binding&) { return Bytes(512, 0); }, bob)));
  }
}

TEST_CASE("sealing refuses what is not the sender's to send") {
  const Bob bob;
  const identity::Identity alice = person(1);
  const identity::Identity mallory = person(6);
  SeededRandom random(1);
  Letter letter = hello_from(alice);
  CHECK(seal(letter, bob.as_recipient(), mallory.signature_key(), random).error().code == Errc::misuse);
  letter.sender_card =
      identity::SignedCard::sign(card_of(mallory, person(3)), mallory.signature_key()).value();
  CHECK(seal(letter, bob.as_recipient(), alice.signature_key(), random).error().code == Errc::misuse);

  letter = letter_from(alice, {ContentType::bytes, Bytes(kContentBytesMax + 1)});
  CHECK(seal(letter, bob.as_recipient(), alice.signature_key(), random).error().reason == reasons::kTooLarge);

  Recipient unknown = bob.as_recipient();
  unknown.sealing_key.suite = 0x7777;
  CHECK(seal(hello_from(alice), unknown, alice.signature_key(), random).error().code == Errc::incompatible);
}

TEST_CASE("sizes: everything fits a bucket, and short messages look alike") {
  static_assert(bucket_for(0) == 512 && bucket_for(512) == 512 && bucket_for(513) == 1024);
  static_assert(bucket_for(4096) == 4096 && bucket_for(4097) == 5120 && bucket_for(8192) == 8192);
  static_assert(bucket_for(kContentBytesMax) == kContentBytesMax);
  static_assert(bucket_for(kContentBytesMax + 1) == kBucketBytesMax);
  for (std::size_t size = 1; size <= kBucketBytesMax; size += size / 7 + 1) {
    const std::size_t bucket = bucket_for(size);
    CHECK(bucket >= size);
    CHECK(bucket_for(bucket) == bucket);
    if (size > 4096) CHECK(bucket * 4 <= size * 5 + 4);
  }
  const Bob bob;
  const identity::Identity alice = person(1);
  const auto size_of = [&](std::size_t content) {
    return sealed(letter_from(alice, {ContentType::bytes, Bytes(content)}), bob.as_recipient(), alice).size();
  };
  CHECK(size_of(0) == size_of(300));
  CHECK(size_of(300) < 600);
}

TEST_CASE("the largest content with the largest card fits the largest envelope") {
  const Bob bob;
  const identity::Identity alice = person(1);
  Letter letter = letter_from(alice, {ContentType::bytes, Bytes(kContentBytesMax, 'x')});
  identity::Card card = card_of(alice, person(3));
  card.extensions.push_back({1, Bytes(7800)});
  letter.sender_card = identity::SignedCard::sign(card, alice.signature_key()).value();
  CHECK(letter.sender_card->bytes().size() > 8000);
  const Bytes envelope = sealed(letter, bob.as_recipient(), alice);
  CHECK(envelope.size() <= kEnvelopeBytesMax);
  CHECK(bob.opens(envelope).value() == letter);
}
