#include "crypto/aead.hpp"

#include <doctest/doctest.h>

#include "crypto/encoding.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kAll{AeadId::aes128gcm, AeadId::aes256gcm, AeadId::chacha20poly1305,
                          AeadId::xchacha20poly1305};

Aead keyed(AeadId id, Byte fill = 1) { return Aead::create(id, Bytes(aead_key_size(id), fill)).value(); }
Bytes nonce_of(AeadId id, Byte fill = 2) { return Bytes(aead_nonce_size(id), fill); }

Bytes sealed(const Aead& aead, ByteView nonce, ByteView aad, ByteView plaintext) {
  Bytes out(plaintext.size() + kTagBytes);
  aead.seal(nonce, aad, plaintext, out);
  return out;
}

}  // namespace

TEST_CASE("aead: a key of another size is refused") {
  for (const AeadId id : kAll) {
    const std::size_t size = aead_key_size(id);
    for (const std::size_t wrong : {std::size_t{0}, size - 1, size + 1, std::size_t{24}})
      CHECK(Aead::create(id, Bytes(wrong)).error().code == Errc::misuse);
    CHECK(keyed(id).id() == id);
  }
}

TEST_CASE("aead: XChaCha20-Poly1305, draft-irtf-cfrg-xchacha-03 A.3.1") {
  const Aead aead =
      Aead::create(AeadId::xchacha20poly1305,
                   from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f").value())
          .value();
  const Bytes out =
      sealed(aead, from_hex("404142434445464748494a4b4c4d4e4f5051525354555657").value(),
             from_hex("50515253c0c1c2c3c4c5c6c7").value(),
             as_bytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip "
                      "for the future, sunscreen would be it."));
  CHECK(to_hex(ByteView(out).first(16)) == "bd6d179d3e83d43b9576579493c0e939");
  CHECK(to_hex(ByteView(out).last(kTagBytes)) == "c0875924c1c7987947deafd8780acf49");
}

TEST_CASE("aead: one object seals and opens in turn, in place and apart, at every size") {
  for (const AeadId id : kAll) {
    const Aead aead = keyed(id);
    for (const std::size_t size : {0UL, 1UL, 15UL, 16UL, 17UL, 100UL, 1000UL, 65535UL}) {
      CAPTURE(size);
      const Bytes plaintext(size, 0x33);
      const Bytes aad(size % 40, 0x44);
      const Bytes nonce = nonce_of(id, static_cast<Byte>(size));
      const Bytes apart = sealed(aead, nonce, aad, plaintext);
      Bytes place = plaintext;
      place.resize(size + kTagBytes);
      aead.seal(nonce, aad, ByteView(place).first(size), place);
      CHECK(place == apart);
      Bytes opened(size);
      CHECK(aead.open(nonce, aad, apart, opened).has_value());
      CHECK(opened == plaintext);
      CHECK(aead.open(nonce, aad, place, MutableByteView(place).first(size)).has_value());
      CHECK(equal(ByteView(place).first(size), plaintext));
      CHECK(sealed(aead, nonce, aad, plaintext) == apart);  // opening in between changed nothing
    }
  }
}

TEST_CASE("aead: any flipped bit, cut, nonce, key or associated data gives one answer and leaves zeros") {
  const Error bad_tag{Errc::unauthentic, reasons::kBadTag};
  for (const AeadId id : kAll) {
    const Aead aead = keyed(id);
    const Bytes plaintext(20, 0x55);
    const Bytes nonce = nonce_of(id);
    const Bytes ciphertext = sealed(aead, nonce, as_bytes("aad"), plaintext);
    const auto refused = [&](const Aead& by, ByteView with_nonce, ByteView aad, ByteView in) {
      Bytes out(in.size() < kTagBytes ? 20 : in.size() - kTagBytes, 0xee);
      const Status status = by.open(with_nonce, aad, in, out);
      return !status && status.error() == bad_tag && out == Bytes(out.size());
    };
    for (std::size_t bit = 0; bit < ciphertext.size() * 8; ++bit) {
      Bytes flipped = ciphertext;
      flipped[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
      CHECK(refused(aead, nonce, as_bytes("aad"), flipped));
    }
    for (std::size_t size = 0; size < ciphertext.size(); ++size)
      CHECK(refused(aead, nonce, as_bytes("aad"), ByteView(ciphertext).first(size)));
    CHECK(refused(aead, nonce_of(id, 3), as_bytes("aad"), ciphertext));
    CHECK(refused(aead, nonce, as_bytes("aae"), ciphertext));
    CHECK(refused(aead, nonce, {}, ciphertext));
    CHECK(refused(keyed(id, 9), nonce, as_bytes("aad"), ciphertext));
    Bytes opened(20);
    CHECK(aead.open(nonce, as_bytes("aad"), ciphertext, opened).has_value());  // it still opens what is true
  }
}

TEST_CASE("aead: a failed open in place leaves no plaintext behind") {
  for (const AeadId id : kAll) {
    const Aead aead = keyed(id);
    Bytes place = sealed(aead, nonce_of(id), {}, Bytes(64, 0x55));
    place.back() ^= 1;
    CHECK_FALSE(aead.open(nonce_of(id), {}, place, MutableByteView(place).first(64)).has_value());
    CHECK(std::ranges::count(ByteView(place).first(64), 0) == 64);
  }
}

TEST_CASE("aead: a moved object keeps its key") {
  for (const AeadId id : kAll) {
    Aead from = keyed(id);
    const Bytes before = sealed(from, nonce_of(id), {}, as_bytes("text"));
    Aead to = std::move(from);
    CHECK(sealed(to, nonce_of(id), {}, as_bytes("text")) == before);
    Aead other = keyed(id, 7);
    other = std::move(to);
    CHECK(sealed(other, nonce_of(id), {}, as_bytes("text")) == before);
  }
}
