// NK: an initiator that is not to be recognised (docs/protocol/link.md, "Without identity").

#include <doctest/doctest.h>

#include "link/hello.hpp"
#include "link/inbox.hpp"
#include "noise/handshake_state.hpp"
#include "support/two_ends.hpp"

using namespace taut;
using namespace taut::link;
using namespace taut::test;

namespace {

constexpr Purposes kServed = Purposes{Purpose::dispatcher}.or_anonymous();

Remote anonymous(const Node& node, SuiteId suite = kDefaultSuite) {
  Remote remote = node.remote(suite);
  remote.pattern = &kNk;
  return remote;
}

/// What a link says first.
Bytes first_bytes(Node& caller, const Remote& remote) {
  End alice(StreamLink::dial(caller.local(), remote, Purpose::dispatcher, {}, kNoon).value());
  return alice.flush();
}

}  // namespace

TEST_CASE("whoever calls without a name knows whom he reached, and is a nobody there, in every suite") {
  for (const SuiteId suite : kLinkSuites) {
    Node alice(1), bob(2);
    End a(StreamLink::dial(alice.local(), anonymous(bob, suite), Purpose::dispatcher, {}, kNoon).value());
    End b(StreamLink::accept(bob.local(), kServed, {}, kNoon));
    b.receive(a.flush());
    CHECK(b.told.empty());  // half open, and nobody is claimed
    a.receive(b.flush());
    REQUIRE(a.authenticated.size() == 1);
    CHECK(a.authenticated[0].node_id == bob.identity.node_id());
    b.receive(a.flush());
    REQUIRE(b.authenticated.size() == 1);
    CHECK_FALSE(b.authenticated[0].node_id);
    CHECK(b.authenticated[0].session_id == a.authenticated[0].session_id);
    REQUIRE(a.link.send(Bytes{1, 2, 3}));
    b.receive(a.flush());
    CHECK(b.frames == Frames{{1, 2, 3}});
  }
}

TEST_CASE("the first message holds nothing of its sender: a nobody with no key of the suite sends the same") {
  Node alice(1), bob(2);
  Node other(3, std::array{SuiteId::p384_aes256gcm_sha384_p384});
  const Bytes one = first_bytes(alice, anonymous(bob));
  const Bytes two = first_bytes(other, anonymous(bob));
  CHECK(one.size() == two.size());

  // Opened with the recipient's key it is zeros.
  const Hello hello = read_hello(one).value()->hello;
  const std::size_t hello_size = read_hello(one).value()->size;
  noise::HandshakeKeys keys;
  keys.s = crypto::DhKeyPair::copy_of(bob.identity.link_key(kDefaultSuite)->pair);
  auto responder = noise::HandshakeState::initialize(
      noise::protocol_from_name(hello.noise_name).value(), noise::Role::responder,
      prologue(hello, bob.identity.node_id()), std::move(keys));
  REQUIRE(responder);
  Bytes payload(kAnonymousPayloadBytes);
  REQUIRE(responder->read_message(ByteView(one).subspan(hello_size + 2), payload));
  CHECK(payload == Bytes(kAnonymousPayloadBytes));
}

TEST_CASE("who serves only those with a name refuses the pattern") {
  Node alice(1), bob(2);
  End a(StreamLink::dial(alice.local(), anonymous(bob), Purpose::dispatcher, {}, kNoon).value());
  End b(StreamLink::accept(bob.local(), {Purpose::dispatcher}, {}, kNoon));
  b.receive(a.flush());
  a.receive(b.flush());
  REQUIRE(b.closed.size() == 1);
  CHECK(b.closed[0].error.reason == reasons::kSuiteRefused);
  REQUIRE(a.closed.size() == 1);
  CHECK(a.closed[0].error.reason == reasons::kSuiteRefused);
}

TEST_CASE("a card that certifies somebody else's key is found out without a name as well") {
  Node alice(1), bob(2), mallory(3);
  Remote lie = anonymous(bob);
  lie.node_id = mallory.identity.node_id();
  End a(StreamLink::dial(alice.local(), lie, Purpose::dispatcher, {}, kNoon).value());
  End b(StreamLink::accept(bob.local(), kServed, {}, kNoon));
  b.receive(a.flush());
  a.receive(b.flush());
  REQUIRE(a.closed.size() == 1);
  CHECK(a.closed[0].error.reason == reasons::kIdentityMismatch);
  CHECK(b.authenticated.empty());
}

TEST_CASE("something in place of the zeros is refused") {
  Node bob(2);
  const Hello hello{1, static_cast<std::uint8_t>(Purpose::dispatcher),
                    link_protocol(kNk, kDefaultSuite)->noise_name};
  noise::HandshakeKeys keys;
  keys.rs = bob.remote().link_key;
  auto initiator = noise::HandshakeState::initialize(
      noise::protocol_from_name(hello.noise_name).value(), noise::Role::initiator,
      prologue(hello, bob.identity.node_id()), std::move(keys));
  REQUIRE(initiator);
  SeededRandom random(7);
  Bytes payload(kAnonymousPayloadBytes);
  payload.back() = 1;
  Bytes message(payload.size() + initiator->message_overhead());
  REQUIRE(initiator->write_message(payload, message, random));
  Bytes said;
  write_hello(said, hello);
  append_block(said, message);
  End b(StreamLink::accept(bob.local(), kServed, {}, kNoon));
  b.receive(said);
  REQUIRE(b.closed.size() == 1);
  CHECK(b.closed[0].error.code == Errc::malformed);
}
