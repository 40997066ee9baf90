#include "crypto/hpke.hpp"

#include <doctest/doctest.h>

#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

const hpke::Algorithms kDefault{DhId::x25519, HashId::sha256, AeadId::aes128gcm};
constexpr std::array kAllGroups{DhId::x25519, DhId::x448, DhId::p256, DhId::p384, DhId::p521};
const Error kBadTag{Errc::unauthentic, reasons::kBadTag};

DhKeyPair pair_of(DhId id, std::uint64_t seed) {
  test::SeededRandom random(seed);
  return DhKeyPair::generate(id, random).value();
}

/// One sender, one recipient and what each puts into the setup.
struct Ends {
  hpke::Algorithms algorithms = kDefault;
  DhKeyPair recipient = pair_of(algorithms.kem, 1);
  Bytes info_sent{1, 2, 3};
  Bytes info_expected{1, 2, 3};
  hpke::Options at_sender;
  hpke::Options at_recipient;

  /// Whether a message from the one opens at the other.
  bool agree() const {
    test::SeededRandom random(9);
    auto sender = hpke::setup_sender(algorithms, recipient.public_key, info_sent, random, at_sender);
    REQUIRE(sender.has_value());
    auto opened =
        hpke::setup_recipient(algorithms, sender->enc.view(), recipient, info_expected, at_recipient);
    REQUIRE(opened.has_value());
    const Bytes ciphertext = sender->context.seal(as_bytes("aad"), as_bytes("text")).value();
    const Result<Bytes> text = opened->open(as_bytes("aad"), ciphertext);
    if (!text) CHECK(text.error() == kBadTag);
    return text.has_value() && equal(*text, as_bytes("text"));
  }
};

}  // namespace

TEST_CASE("hpke: what is sealed to a key opens with it, in every group, hash and AEAD") {
  test::SeededRandom random(3);
  for (const DhId kem : kAllGroups) {
    const DhKeyPair recipient = pair_of(kem, 1);
    for (const HashId kdf : {HashId::sha256, HashId::sha384, HashId::sha512}) {
      for (const AeadId aead : {AeadId::aes128gcm, AeadId::aes256gcm, AeadId::chacha20poly1305}) {
        const hpke::Algorithms algorithms{kem, kdf, aead};
        const hpke::Sealed sealed = hpke::seal(algorithms, recipient.public_key, as_bytes("i"), as_bytes("a"),
                                               as_bytes("text"), random)
                                        .value();
        CHECK(sealed.enc.size() == dh_public_size(kem));
        CHECK(equal(hpke::open(algorithms, sealed.enc.view(), recipient, as_bytes("i"), as_bytes("a"),
                               sealed.ciphertext)
                        .value(),
                    as_bytes("text")));
      }
    }
  }
}

TEST_CASE("hpke: an info that was hashed once seals to many, and each opens as any other") {
  test::SeededRandom random(4);
  for (const DhId kem : kAllGroups) {
    const hpke::Algorithms algorithms{kem, HashId::sha256, AeadId::aes128gcm};
    const hpke::SharedInfo info(algorithms, as_bytes("i"));
    for (const std::uint64_t seed : {1U, 2U}) {
      const DhKeyPair recipient = pair_of(kem, seed);
      const hpke::Sealed sealed =
          hpke::seal(info, recipient.public_key, as_bytes("a"), as_bytes("text"), random).value();
      const auto open_under = [&](std::string_view expected) {
        return hpke::open(algorithms, sealed.enc.view(), recipient, as_bytes(expected), as_bytes("a"),
                          sealed.ciphertext);
      };
      CHECK(equal(open_under("i").value(), as_bytes("text")));
      CHECK(open_under("j").error() == kBadTag);
    }
  }
  const DhKeyPair other = pair_of(DhId::p256, 1);
  CHECK(hpke::seal(hpke::SharedInfo(kDefault, {}), other.public_key, {}, {}, random).error().code ==
        Errc::misuse);
}

TEST_CASE("hpke: every wrong input gives the one answer") {
  test::SeededRandom random(3);
  const DhKeyPair recipient = pair_of(DhId::x25519, 1);
  const hpke::Sealed sealed =
      hpke::seal(kDefault, recipient.public_key, as_bytes("i"), as_bytes("a"), as_bytes("text"), random)
          .value();
  const auto open = [&](const DhKeyPair& key, ByteView enc, std::string_view info, std::string_view aad,
                        ByteView ciphertext) {
    return hpke::open(kDefault, enc, key, as_bytes(info), as_bytes(aad), ciphertext);
  };
  const ByteView enc = sealed.enc.view();
  CHECK(open(recipient, enc, "i", "a", sealed.ciphertext).has_value());
  CHECK(open(pair_of(DhId::x25519, 2), enc, "i", "a", sealed.ciphertext).error() == kBadTag);
  CHECK(open(recipient, enc, "j", "a", sealed.ciphertext).error() == kBadTag);
  CHECK(open(recipient, enc, "i", "b", sealed.ciphertext).error() == kBadTag);
  CHECK(open(recipient, enc, "i", "a", {}).error() == kBadTag);
  CHECK(open(recipient, enc, "i", "a", ByteView(sealed.ciphertext).first(kTagBytes - 1)).error() == kBadTag);
  CHECK(open(recipient, Bytes(32), "i", "a", sealed.ciphertext).error() == kBadTag);  // low order
  CHECK(open(recipient, enc.first(31), "i", "a", sealed.ciphertext).error() == kBadTag);
  for (std::size_t i = 0; i < sealed.ciphertext.size(); ++i) {
    Bytes flipped = sealed.ciphertext;
    flipped[i] ^= 1;
    CHECK(open(recipient, enc, "i", "a", flipped).error() == kBadTag);
  }
  const DhKeyPair p256 = pair_of(DhId::p256, 1);
  Bytes off_curve(65, 1);
  off_curve[0] = 4;
  CHECK(hpke::open({DhId::p256, HashId::sha256, AeadId::aes128gcm}, off_curve, p256, {}, {}, Bytes(20))
            .error() == kBadTag);
}

TEST_CASE("hpke: the four modes agree with themselves and with no other") {
  const DhKeyPair sender = pair_of(DhId::x25519, 5);
  const DhKeyPair stranger = pair_of(DhId::x25519, 6);
  const Bytes secret(32, 7);
  const Bytes other_secret(32, 8);
  const hpke::Psk psk{secret, as_bytes("id")};
  const std::array<hpke::Options, 4> sends{{{}, {&psk}, {nullptr, &sender}, {&psk, &sender}}};
  const std::array<hpke::Options, 4> expects{
      {{}, {&psk}, {nullptr, nullptr, &sender.public_key}, {&psk, nullptr, &sender.public_key}}};
  Ends ends;
  for (std::size_t sent = 0; sent < 4; ++sent) {
    for (std::size_t expected = 0; expected < 4; ++expected) {
      CAPTURE(sent);
      CAPTURE(expected);
      ends.at_sender = sends[sent];
      ends.at_recipient = expects[expected];
      CHECK(ends.agree() == (sent == expected));
    }
  }
  const hpke::Psk other_psk{other_secret, as_bytes("id")};
  const hpke::Psk other_id{secret, as_bytes("di")};
  ends.at_sender = sends[1];
  for (const hpke::Psk* wrong : {&other_psk, &other_id}) {
    ends.at_recipient = {wrong};
    CHECK_FALSE(ends.agree());
  }
  ends.at_sender = sends[2];
  ends.at_recipient = {nullptr, nullptr, &stranger.public_key};
  CHECK_FALSE(ends.agree());
  Ends with_info;
  with_info.info_expected = {1, 2, 4};
  CHECK_FALSE(with_info.agree());
}

TEST_CASE("hpke: a psk comes with its id, is not short, and nobody falls back to a weaker mode") {
  const Ends ends;
  const DhKeyPair sender = pair_of(DhId::x25519, 5);
  const Bytes secret(32, 7);
  const auto sender_refuses = [&](const hpke::Options& options) {
    test::SeededRandom random(9);
    const auto made = hpke::setup_sender(kDefault, ends.recipient.public_key, {}, random, options);
    return !made.has_value() && made.error().code == Errc::misuse;
  };
  const auto recipient_refuses = [&](const hpke::Options& options) {
    const auto made = hpke::setup_recipient(kDefault, sender.public_key.view(), ends.recipient, {}, options);
    return !made.has_value() && made.error().code == Errc::misuse;
  };
  const hpke::Psk no_id{secret, {}};
  const hpke::Psk no_psk{{}, as_bytes("id")};
  const hpke::Psk neither{};
  const hpke::Psk too_short{ByteView(secret).first(31), as_bytes("id")};
  for (const hpke::Psk* psk : {&no_id, &no_psk, &neither, &too_short}) {
    CHECK(sender_refuses({psk}));
    CHECK(recipient_refuses({psk}));
  }
  CHECK(sender_refuses({nullptr, nullptr, &sender.public_key}));  // a sender cannot prove another's key
  CHECK(recipient_refuses({nullptr, &sender}));
}

TEST_CASE("hpke: algorithms without a number, and keys of another group, are misuse") {
  test::SeededRandom random(9);
  const DhKeyPair recipient = pair_of(DhId::x25519, 1);
  for (const hpke::Algorithms& wrong :
       {hpke::Algorithms{DhId::p256, HashId::sha256, AeadId::aes128gcm},
        hpke::Algorithms{DhId::x25519, HashId::blake2s, AeadId::aes128gcm},
        hpke::Algorithms{DhId::x25519, HashId::blake2b, AeadId::aes128gcm},
        hpke::Algorithms{DhId::x25519, HashId::sha256, AeadId::xchacha20poly1305}}) {
    CHECK(hpke::setup_sender(wrong, recipient.public_key, {}, random).error().code == Errc::misuse);
    CHECK(hpke::setup_recipient(wrong, recipient.public_key.view(), recipient, {}).error().code ==
          Errc::misuse);
  }
  CHECK(hpke::setup_recipient(kDefault, Bytes(31), recipient, {}).error().code == Errc::malformed);
  const DhKeyPair p256 = pair_of(DhId::p256, 2);
  hpke::Options other_group;
  other_group.sender_key = &p256;
  CHECK_FALSE(hpke::setup_sender(kDefault, recipient.public_key, {}, random, other_group).has_value());
}

TEST_CASE("hpke: messages open in order, once, and a forged one does not move the sequence") {
  const DhKeyPair recipient = pair_of(DhId::x25519, 1);
  test::SeededRandom random(9);
  hpke::SenderContext sender = hpke::setup_sender(kDefault, recipient.public_key, {}, random).value();
  hpke::Context opened = hpke::setup_recipient(kDefault, sender.enc.view(), recipient, {}).value();
  std::vector<Bytes> sealed;
  for (unsigned i = 0; i < 300; ++i) sealed.push_back(sender.context.seal({}, as_bytes("same text")).value());
  CHECK(sealed[0] != sealed[1]);
  CHECK(opened.open({}, sealed[1]).error() == kBadTag);
  for (const Bytes& one : sealed) {
    CHECK(opened.open(as_bytes("x"), one).error() == kBadTag);
    CHECK(equal(opened.open({}, one).value(), as_bytes("same text")));
    CHECK(opened.open({}, one).error() == kBadTag);
  }
}

TEST_CASE("hpke: exports depend on context, size and key, and stop at 255 blocks") {
  const DhKeyPair recipient = pair_of(DhId::x25519, 1);
  test::SeededRandom random(9);
  hpke::SenderContext sender = hpke::setup_sender(kDefault, recipient.public_key, {}, random).value();
  const hpke::Context opened = hpke::setup_recipient(kDefault, sender.enc.view(), recipient, {}).value();
  const SecretBytes secret = sender.context.export_secret(as_bytes("a"), 32).value();
  CHECK(secret.equals(opened.export_secret(as_bytes("a"), 32).value()));
  CHECK_FALSE(secret.equals(opened.export_secret(as_bytes("b"), 32).value()));
  const SecretBytes longer = opened.export_secret(as_bytes("a"), 33).value();
  CHECK_FALSE(equal(longer.expose().first(32), secret.expose()));  // the size is part of the derivation
  CHECK(opened.export_secret({}, 255 * 32).has_value());
  CHECK(opened.export_secret({}, 255 * 32 + 1).error().code == Errc::misuse);
  CHECK(opened.export_secret({}, 0).value().empty());
}

TEST_CASE("hpke: an export-only context seals and opens nothing") {
  const hpke::Algorithms export_only{DhId::x25519, HashId::sha256, AeadId::aes128gcm, true};
  const DhKeyPair recipient = pair_of(DhId::x25519, 1);
  test::SeededRandom random(9);
  hpke::SenderContext sender = hpke::setup_sender(export_only, recipient.public_key, {}, random).value();
  hpke::Context opened = hpke::setup_recipient(export_only, sender.enc.view(), recipient, {}).value();
  CHECK(sender.context.seal({}, {}).error().code == Errc::misuse);
  CHECK(opened.open({}, Bytes(16)).error().code == Errc::misuse);
  CHECK(sender.context.export_secret({}, 16).value().equals(opened.export_secret({}, 16).value()));
}

TEST_CASE("hpke: nonces are base_nonce XOR sequence, and the last number is never used") {
  const auto base = BoundedBytes<24>(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  hpke::NonceSequence from_zero(base);
  CHECK(from_zero.nonce().value() == base);
  from_zero.advance();
  CHECK(equal(from_zero.nonce()->view(), Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13}));
  hpke::NonceSequence near_end(base, ~std::uint64_t{0} - 1);
  CHECK(equal(near_end.nonce()->view(), Bytes{1, 2, 3, 4, 250, 249, 248, 247, 246, 245, 244, 242}));
  near_end.advance();
  CHECK(near_end.nonce().error() == Error{Errc::exhausted, reasons::kKeyExhausted});
}
