#include "crypto/hash.hpp"

#include <doctest/doctest.h>

#include "crypto/encoding.hpp"

using namespace taut;
using namespace taut::crypto;

namespace {

constexpr std::array kAll{HashId::sha256, HashId::sha384, HashId::sha512, HashId::blake2s, HashId::blake2b};

std::string hex_of(const Digest& digest) { return to_hex(digest.view()); }
std::string hex_of(const DerivedKey& key) { return to_hex(key.expose()); }

}  // namespace

TEST_CASE("hash: the digests of \"abc\" in FIPS 180-4's examples and RFC 7693") {
  const ByteView abc = as_bytes("abc");
  CHECK(hex_of(hash(HashId::sha256, {abc})) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex_of(hash(HashId::sha384, {abc})) ==
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
  CHECK(hex_of(hash(HashId::sha512, {abc})) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
  CHECK(hex_of(hash(HashId::blake2s, {abc})) ==
        "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
  CHECK(hex_of(hash(HashId::blake2b, {abc})) ==
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST_CASE("hash: parts, updates and one piece give the same digest, and a finished hash starts again") {
  for (const HashId id : kAll) {
    const Bytes text(300, 0x5a);
    const ByteView view(text);
    const Digest whole = hash(id, {view});
    CHECK(whole.size() == hash_size(id));
    CHECK(hash(id, {view.first(1), {}, view.subspan(1)}) == whole);
    Hash running(id);
    running.update(view.first(129)).update(view.subspan(129));
    CHECK(running.finish() == whole);
    CHECK(running.finish() == hash(id, {}));
    CHECK(running.update(view).finish() == whole);
  }
}

TEST_CASE("hash: a copy goes its own way") {
  Hash first(HashId::sha256);
  first.update(as_bytes("a"));
  Hash fork(first);
  Hash assigned(HashId::sha512);
  assigned = first;
  first.update(as_bytes("bc"));
  CHECK(first.finish() == hash(HashId::sha256, {as_bytes("abc")}));
  CHECK(fork.finish() == hash(HashId::sha256, {as_bytes("a")}));
  CHECK(assigned.update(as_bytes("x")).finish() == hash(HashId::sha256, {as_bytes("ax")}));
}

TEST_CASE("hmac: RFC 4231 cases 2 and 6 (a key longer than a block)") {
  CHECK(hex_of(hmac(HashId::sha256, as_bytes("Jefe"),
                    {as_bytes("what do ya want "), as_bytes("for nothing?")})) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const Bytes long_key(131, 0xaa);
  const ByteView text = as_bytes("Test Using Larger Than Block-Size Key - Hash Key First");
  CHECK(hex_of(hmac(HashId::sha256, long_key, {text})) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  CHECK(hex_of(hmac(HashId::sha512, long_key, {text})) ==
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

TEST_CASE("hmac: a keyed object serves message after message, also after a move") {
  for (const HashId id : kAll) {
    for (const std::size_t key_size : {0UL, 1UL, 63UL, 64UL, 65UL, 128UL, 129UL}) {
      const Bytes key(key_size, 0x0b);
      const DerivedKey expected = hmac(id, key, {as_bytes("one message")});
      Hmac keyed(id, key);
      CHECK(keyed.update(as_bytes("one ")).update(as_bytes("message")).finish().equals(expected));
      Hmac moved(std::move(keyed));
      CHECK(moved.update(as_bytes("one message")).finish().equals(expected));
      CHECK_FALSE(moved.update(as_bytes("another")).finish().equals(expected));
    }
  }
}

TEST_CASE("hkdf: RFC 5869 test case 1, and a salt of zeros is the empty one") {
  const Bytes ikm(22, 0x0b);
  const Bytes salt = from_hex("000102030405060708090a0b0c").value();
  const Bytes info = from_hex("f0f1f2f3f4f5f6f7f8f9").value();
  const DerivedKey prk = hkdf_extract(HashId::sha256, salt, {ikm});
  CHECK(hex_of(prk) == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  Bytes okm(42);
  CHECK(hkdf_expand(HashId::sha256, prk.expose(), {info}, okm).has_value());
  CHECK(to_hex(okm) ==
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  for (const HashId id : kAll)
    CHECK(hkdf_extract(id, Bytes(hash_size(id)), {ikm}).equals(hkdf_extract(id, {}, {ikm})));
}

TEST_CASE("hkdf: 255 blocks and no more") {
  for (const HashId id : kAll) {
    const Bytes prk(hash_size(id), 7);
    Bytes most(255 * hash_size(id));
    CHECK(hkdf_expand(id, prk, {}, most).has_value());
    Bytes start(hash_size(id) + 1);
    CHECK(hkdf_expand(id, prk, {}, start).has_value());
    CHECK(equal(start, ByteView(most).first(start.size())));
    Bytes more(most.size() + 1);
    CHECK(hkdf_expand(id, prk, {}, more).error().code == Errc::misuse);
    CHECK(more == Bytes(more.size()));
    CHECK(hkdf_expand(id, prk, {}, {}).has_value());
  }
}
