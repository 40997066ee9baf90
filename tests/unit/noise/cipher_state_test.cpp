#include "noise/cipher_state.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::noise;

namespace {

CipherState keyed(crypto::AeadId cipher = crypto::AeadId::chacha20poly1305) {
  CipherState state(cipher);
  std::array<Byte, 32> key{};
  key[0] = 1;
  state.initialize_key(CipherKey(key));
  return state;
}

Bytes sealed(CipherState& state, ByteView plaintext, ByteView ad = {}) {
  Bytes out(plaintext.size() + state.overhead());
  CHECK(state.encrypt_with_ad(ad, plaintext, out).value() == out.size());
  return out;
}

const Bytes kText{1, 2, 3, 4, 5};
const Bytes kAd{9};

}  // namespace

static_assert(!std::is_copy_constructible_v<CipherState>);

TEST_CASE("without a key it passes bytes through, and counts nothing (§5.1)") {
  CipherState state(crypto::AeadId::aes256gcm);
  CHECK(sealed(state, kText) == kText);
  CHECK(state.nonce() == 0);
  Bytes out(5);
  CHECK(state.decrypt_with_ad({}, kText, out).value() == 5);
  CHECK(out == kText);
  CHECK(state.rekey().error().code == Errc::misuse);
}

TEST_CASE("a state that was moved from neither encrypts nor passes through") {
  for (const bool with_key : {true, false}) {
    CipherState from = with_key ? keyed() : CipherState(crypto::AeadId::aes256gcm);
    const CipherState to = std::move(from);
    Bytes out(64);
    // NOLINTBEGIN(bugprone-use-after-move): that is what is tested
    CHECK(from.encrypt_with_ad({}, kText, out).error().code == Errc::misuse);
    CHECK(from.decrypt_with_ad({}, Bytes(32), out).error().code == Errc::misuse);
    CHECK(from.rekey().error().code == Errc::misuse);
    // NOLINTEND(bugprone-use-after-move)
  }
}

TEST_CASE("every bit of message and associated data counts; a failure leaves nonce and key alone") {
  for (const auto cipher :
       {crypto::AeadId::aes256gcm, crypto::AeadId::chacha20poly1305, crypto::AeadId::xchacha20poly1305}) {
    CipherState sender = keyed(cipher), recipient = keyed(cipher);
    const Bytes message = sealed(sender, kText, kAd);
    for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
      Bytes forged = message;
      forged[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
      Bytes out(5, 0xee);
      CHECK(recipient.decrypt_with_ad(kAd, forged, out).error() ==
            Error{Errc::unauthentic, reasons::kBadTag});
      CHECK(out == Bytes(5));
      CHECK(recipient.nonce() == 0);
    }
    Bytes out(5);
    CHECK(recipient.decrypt_with_ad({}, message, out).error().reason == reasons::kBadTag);
    CHECK(recipient.decrypt_with_ad(kAd, message, out).value() == 5);
    CHECK(out == kText);
    CHECK(recipient.nonce() == 1);
    CHECK(recipient.decrypt_with_ad(kAd, message, out).error().reason == reasons::kBadTag);  // again
  }
}

TEST_CASE("messages shorter than a tag or longer than Noise's limit fail like forged ones") {
  CipherState state = keyed();
  Bytes out(70'000);
  for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 65'535UL, 65'536UL, 69'000UL})
    CHECK(state.decrypt_with_ad({}, Bytes(size), out).error() == Error{Errc::unauthentic, reasons::kBadTag});
  CHECK(state.encrypt_with_ad({}, Bytes(65'519), out).value() == 65'535);
  CHECK(state.encrypt_with_ad({}, Bytes(65'520), out).error() == Error{Errc::misuse, reasons::kTooLarge});
  CHECK(state.nonce() == 1);
}

TEST_CASE("a buffer that is too small is refused before anything moves") {
  CipherState sender = keyed(), recipient = keyed();
  Bytes out(20);
  CHECK(sender.encrypt_with_ad({}, kText, out).error().code == Errc::misuse);
  CHECK(sender.nonce() == 0);
  const Bytes message = sealed(sender, kText);
  CHECK(recipient.decrypt_with_ad({}, message, MutableByteView(out).first(4)).error().code == Errc::misuse);
  CHECK(recipient.nonce() == 0);
}

TEST_CASE("seals and opens in place") {
  CipherState sender = keyed(), recipient = keyed();
  Bytes buffer = kText;
  buffer.resize(21);
  CHECK(sender.encrypt_with_ad({}, ByteView(buffer).first(5), buffer).value() == 21);
  CHECK(recipient.decrypt_with_ad({}, buffer, buffer).value() == 5);
  CHECK(equal(ByteView(buffer).first(5), kText));
}

TEST_CASE("2^64 - 1 is never a message's nonce (§5.1)") {
  CipherState sender = keyed(), recipient = keyed();
  sender.set_nonce(kNonceReserved - 1);
  recipient.set_nonce(kNonceReserved - 1);
  const Bytes last = sealed(sender, kText);
  Bytes out(21);
  CHECK(sender.encrypt_with_ad({}, kText, out).error() == Error{Errc::exhausted, reasons::kKeyExhausted});
  CHECK(sender.nonce() == kNonceReserved);
  CHECK(recipient.decrypt_with_ad({}, last, out).value() == 5);
  CHECK(recipient.decrypt_with_ad({}, last, out).error().code == Errc::exhausted);
  CHECK(sender.rekey().has_value());
  CHECK(sender.encrypt_with_ad({}, kText, out).error().code == Errc::exhausted);  // a rekey keeps n
}

TEST_CASE("rekey is ENCRYPT(k, 2^64 - 1, zerolen, zeros), and the nonce goes on (§4.2, §11.3)") {
  for (const auto cipher : {crypto::AeadId::aes256gcm, crypto::AeadId::chacha20poly1305}) {
    CipherState rekeyed = keyed(cipher);
    sealed(rekeyed, kText);
    REQUIRE(rekeyed.rekey().has_value());
    CHECK(rekeyed.nonce() == 1);

    std::array<Byte, 32> key{};
    key[0] = 1;
    Bytes nonce(12, 0xff);
    std::fill_n(nonce.begin(), 4, 0);
    Bytes next(48);
    crypto::Aead::create(cipher, key).value().seal(nonce, {}, Bytes(32), next);
    CipherState expected(cipher);
    expected.initialize_key(CipherKey(ByteView(next).first<32>()));
    expected.set_nonce(1);
    CHECK(sealed(rekeyed, kText) == sealed(expected, kText));
  }
}

TEST_CASE("dropping the context changes nothing but the time of the next message") {
  CipherState one = keyed(), other = keyed();
  CHECK(sealed(one, kText) == sealed(other, kText));
  one.drop_context();
  CHECK(sealed(one, kText) == sealed(other, kText));
}
