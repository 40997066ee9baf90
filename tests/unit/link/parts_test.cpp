// The small parts: Hello, names, queue, inbox, payload.

#include <doctest/doctest.h>

#include "link/frame_queue.hpp"
#include "noise/protocol.hpp"
#include "support/forged_end.hpp"

using namespace taut;
using namespace taut::test;

TEST_CASE("a Hello reads as it was written, and only when it is whole") {
  const Hello hello{0x0102, 3, "Noise_IK_25519_AESGCM_SHA256"};
  Bytes bytes;
  write_hello(bytes, hello);
  CHECK(equal(ByteView(bytes).first(8), as_bytes(std::string_view("taut\x01\x02\x03\x1c", 8))));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_hello(ByteView(bytes).first(size));
    REQUIRE(read.has_value());
    CHECK_FALSE(read->has_value());
  }
  bytes.push_back(9);  // what follows is not its business
  CHECK(read_hello(bytes).value()->hello == hello);
  CHECK(read_hello(bytes).value()->size == bytes.size() - 1);
}

TEST_CASE("a Hello's name has 1 to 63 bytes") {
  for (const Byte length : Bytes{0, 64, 255}) {
    Bytes bytes = to_bytes(as_bytes("taut"));
    append(bytes, Bytes{0, 1, 1, length});
    CHECK(read_hello(bytes).error().code == Errc::malformed);
  }
}

TEST_CASE("the prologue tells every Hello and every responder apart") {
  const Hello hello{1, 2, "Noise_IK_25519_AESGCM_SHA256"};
  const auto node_of = [](Byte value) { return NodeId(ByteView(Bytes(32, value)).first<32>()); };
  const NodeId node = node_of(7);
  const Bytes whole = prologue(hello, node);
  CHECK(whole != prologue(hello, std::nullopt));
  CHECK(whole != prologue(hello, node_of(8)));
  CHECK(whole != prologue({2, 2, hello.noise_name}, node));
  CHECK(whole != prologue({1, 1, hello.noise_name}, node));
  CHECK(whole != prologue({1, 2, "Noise_IK_P256_AESGCM_SHA256"}, node));
}

TEST_CASE("Noise names: those of the design's table, for every suite that has one, and no other") {
  const std::vector<std::pair<SuiteId, std::string>> table{
      {SuiteId::x25519_aes128gcm_sha256_ed25519, "Noise_IK_25519_AESGCM_SHA256"},
      {SuiteId::x25519_chacha20poly1305_sha256_ed25519, "Noise_IK_25519_ChaChaPoly_SHA256"},
      {SuiteId::p256_aes128gcm_sha256_p256, "Noise_IK_P256_AESGCM_SHA256"},
      {SuiteId::p384_aes256gcm_sha384_p384, "Noise_IK_P384_AESGCM_SHA512"},
  };
  std::size_t count = 0;
  for (const crypto::Suite& suite : crypto::all_suites()) count += link_protocol(kIk, suite.id).has_value();
  CHECK(count == table.size());
  for (const auto& [suite, name] : table) {
    CHECK(link_protocol(kIk, suite)->noise_name == name);
    CHECK(link_protocol(name)->suite == suite);
    const noise::Protocol protocol = noise::protocol_from_name(name).value();
    CHECK(protocol.dh == crypto::suite(suite).dh);
  }
  for (const std::string_view name :
       {"", "Noise_IK_25519_XChaChaPoly_SHA256", "Noise_NN_25519_AESGCM_SHA256",
        "Noise_XX_25519_AESGCM_SHA256", "Noise_IKpsk2_25519_AESGCM_SHA256", "Noise_IK_448_AESGCM_SHA512"})
    CHECK(link_protocol(name).error().reason == reasons::kSuiteRefused);
}

TEST_CASE("the queue gives whole frames, as many as fit, and keeps the rest") {
  FrameQueue queue(100'000);
  CHECK(queue.front(1).size() == 1);
  REQUIRE(queue.push(Bytes{1}));
  REQUIRE(queue.push(Bytes{2, 2}));
  REQUIRE(queue.push(Bytes{3, 3, 3}));
  CHECK(queue.size() == 2 + 3 + 4);
  CHECK(queue.front(2).size() == 1);
  CHECK(queue.front(3).size() == 3);
  CHECK(queue.front(5).size() == 3);
  CHECK(queue.front(6).size() == 6);
  CHECK(equal(queue.front(6).subspan(1), Bytes{1, 1, 2, 2, 2}));
  queue.pop(6);
  CHECK(equal(queue.front(100).subspan(1), Bytes{3, 3, 3, 3}));
  REQUIRE(queue.push(Bytes{4}));
  CHECK(equal(queue.front(100).subspan(1), Bytes{3, 3, 3, 3, 1, 4}));
  queue.rest();  // something waits: nothing is dropped
  queue.pop(7);
  CHECK(queue.empty());
  queue.rest();
  REQUIRE(queue.push(Bytes{5}));
  CHECK(equal(queue.front(100).subspan(1), Bytes{1, 5}));
}

TEST_CASE("the queue and a plain list of frames agree, whatever is pushed and taken") {
  SeededRandom random(7);
  FrameQueue queue(5'000);
  std::vector<Bytes> expected;
  for (int round = 0; round < 3'000; ++round) {
    const Bytes frame(1 + random.u64() % 300, static_cast<Byte>(round));
    if (queue.push(frame)) expected.push_back(frame);
    const std::size_t room = 1 + random.u64() % 400;
    const MutableByteView front = queue.front(room);
    REQUIRE(front.size() <= room);
    front[0] = 0xee;  // the free byte is the caller's
    wire::Reader in(front.subspan(1));
    std::size_t taken = 0;
    while (!in.empty()) REQUIRE(equal(in.vector().value(), expected.at(taken++)));
    queue.pop(front.size());
    expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(taken));
    REQUIRE(queue.empty() == expected.empty());
  }
}

TEST_CASE("an identity payload reads as it was written, in steps of 256 bytes in every suite") {
  Node alice(1), bob(2);
  for (const SuiteId suite : kLinkSuites) {
    const IdentityPayload payload = payload_of(alice, bob, suite);
    const Bytes bytes = write_identity_payload(payload);
    const bool is_p_curve = crypto::suite(suite).dh != crypto::DhId::x25519;
    CHECK(bytes.size() == (is_p_curve ? 512 : 256));
    const IdentityPayload read = read_identity_payload(bytes).value();
    CHECK(read.recipient == payload.recipient);
    CHECK(read.signature_key == payload.signature_key);
    CHECK(read.certificate == payload.certificate);
  }
}

TEST_CASE("an identity payload may grow by extensions that are not critical") {
  Node alice(1), bob(2);
  const IdentityPayload payload = payload_of(alice, bob);
  const auto with_extension = [&](std::uint16_t type) {
    Bytes out;
    wire::Writer writer(out);
    writer.present(true).raw(payload.recipient->view());
    writer.u16(static_cast<std::uint16_t>(payload.signature_key.id))
        .vector(payload.signature_key.bytes.view());
    write_link_key_certificate(writer, payload.certificate);
    wire::write_extensions(writer, {{type, Bytes{1, 2, 3}}});
    out.resize(512);
    return read_identity_payload(out);
  };
  CHECK(with_extension(0x0007).has_value());
  CHECK(with_extension(0x8007).error().code == Errc::incompatible);
}

TEST_CASE("what is remembered of peers stays within its bound") {
  Node bob(2);
  KnownPeers known_peers(2);
  for (std::uint64_t seed = 10; seed < 15; ++seed) {
    Node peer(seed, std::array{kDefaultSuite});
    const IdentityPayload payload = payload_of(peer, bob);
    const identity::LinkKeyClaim claim{kDefaultSuite, payload.certificate.key};
    CHECK(known_peers.verify(payload.certificate, payload.signature_key, claim, kNoon).has_value());
    CHECK(known_peers.count() <= 2);
    // Remembered or not, a lifetime is judged every time.
    CHECK(known_peers.verify(payload.certificate, payload.signature_key, claim, WallTime{1}).error().reason ==
          reasons::kNotYetValid);
  }
}

TEST_CASE("the static secret is what DH gives, for known peers alone, whichever key of ours is asked with") {
  Node alice(1), bob(2);
  const crypto::DhKeyPair& mine = alice.identity.link_key(kDefaultSuite)->pair;
  const crypto::DhKeyPair& another =
      alice.identity.link_key(SuiteId::x25519_chacha20poly1305_sha256_ed25519)->pair;
  const crypto::DhPublic theirs = bob.remote().link_key;
  KnownPeers known_peers;
  CHECK_FALSE(known_peers.static_secret(mine, theirs).has_value());
  const IdentityPayload payload = payload_of(bob, alice);
  CHECK(known_peers.verify(payload.certificate, payload.signature_key, {kDefaultSuite, theirs}, kNoon));
  for (const crypto::DhKeyPair* ours : {&mine, &mine, &another, &mine})
    CHECK(known_peers.static_secret(*ours, theirs)->equals(crypto::dh(*ours, theirs).value()));
}

TEST_CASE("nodes that know each other meet again, and a peer's new key is not met with the old secret") {
  TwoEnds first;
  KnownPeers alices, bobs;
  first.alice.known_peers = &alices;
  first.bob.known_peers = &bobs;
  const auto meet = [&](Node& whom) {
    End a(StreamLink::dial(first.alice.local(), whom.remote(), Purpose::dispatcher, {}, kNoon).value());
    End b(StreamLink::accept(whom.local(), {Purpose::dispatcher}, {}, kNoon));
    b.receive(a.flush());
    a.receive(b.flush());
    b.receive(a.flush());
    return a.told + ", " + b.told;
  };
  Node bob_anew(7, std::array{kDefaultSuite});
  for (int i = 0; i < 3; ++i) {
    CHECK(meet(first.bob) == "authenticated, claimed authenticated");
    CHECK(meet(bob_anew) == "authenticated, claimed authenticated");
  }
  CHECK(alices.count() == 2);
  CHECK(bobs.count() == 1);
}
