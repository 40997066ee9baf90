// Registering with a token, and being revoked: docs/protocol/dispatcher.md, "Registration".

#include "person.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::GoodbyeReason;

namespace {

const Person kBob(1);
const Person kMallory(2);
const NodeId kPost = node_named("post");
const Bytes kToken(24, 0x74);

SessionId session_of(Byte number) {
  SessionId session;
  session.fill()[0] = number;
  return session;
}

struct Closed : World {
  Closed() : World(settings()) {}
  static dispatcher::Settings settings() {
    auto closed = small_settings();
    closed.policy = frame::Policy::closed;
    closed.node = kPost;
    return closed;
  }

  dispatcher::ConnectionId link_of(const Person& person, Byte session = 1) {
    return connect({person.node(), session_of(session), frame::Carrier::tcp});
  }
  void enrol(std::uint32_t uses, std::chrono::seconds life = 1h) {
    const auto answer = ask(dispatcher::Enrol{dispatcher::hash_of_token(kToken), uses, at.wall + life});
    CHECK(answer.has_value());
  }
  AnswerStatus register_with(dispatcher::ConnectionId link, const Bytes& card, const Person& signer,
                             const Bytes& tbs, const Bytes& token = kToken) {
    const auto proof =
        crypto::sign_with_label(signer.key(), crypto::kTautPrefix, frame::kRegistrationLabel, tbs);
    return ask<frame::Answer>(link, frame::Register{1, token, card, proof.value().view(), {}}).status;
  }
  AnswerStatus register_well(dispatcher::ConnectionId link, const Person& person, Byte session = 1) {
    return register_with(link, person.card(1), person,
                         frame::registration_tbs(kPost, session_of(session), kToken));
  }
  using World::ask;
};

}  // namespace

TEST_CASE("a token registers as many nodes as it has uses, and publishes their cards") {
  Closed world;
  world.enrol(1);
  const auto bob = world.link_of(kBob);
  const auto mallory = world.link_of(kMallory);
  CHECK(world.register_well(bob, kBob) == AnswerStatus::done);
  CHECK(world.dispatcher.counters().nodes == 1);
  CHECK(world.store.nodes.at(kBob.node()).card->bytes == kBob.card(1));
  CHECK(world.register_well(mallory, kMallory) == AnswerStatus::refused);
  CHECK_FALSE(world.store.nodes.contains(kMallory.node()));
}

TEST_CASE("registering again is done, and spends nothing") {
  Closed world;
  world.enrol(2);
  const auto bob = world.link_of(kBob);
  CHECK(world.register_well(bob, kBob) == AnswerStatus::done);
  CHECK(world.register_well(bob, kBob) == AnswerStatus::done);
  CHECK(world.register_well(world.link_of(kMallory), kMallory) == AnswerStatus::done);
}

TEST_CASE("without a token, with another one, or with one that is over, nobody registers") {
  Closed world;
  const auto bob = world.link_of(kBob);
  CHECK(world.register_well(bob, kBob) == AnswerStatus::refused);
  world.enrol(1, 60s);
  const Bytes other(24, 0x75);
  const auto tbs_of = [](const Bytes& token) { return frame::registration_tbs(kPost, session_of(1), token); };
  CHECK(world.register_with(bob, kBob.card(1), kBob, tbs_of(other), other) == AnswerStatus::refused);
  CHECK(world.register_with(bob, kBob.card(1), kBob, tbs_of({}), {}) == AnswerStatus::refused);
  world.at.wall = world.at.wall + 60s;
  CHECK(world.register_well(bob, kBob) == AnswerStatus::refused);
  CHECK(world.store.nodes.empty());
}

TEST_CASE("the proof names this dispatcher, this link, this token, and is the node's own") {
  Closed world;
  world.enrol(9);
  const auto bob = world.link_of(kBob);
  const Bytes card = kBob.card(1);
  const auto good = frame::registration_tbs(kPost, session_of(1), kToken);
  CHECK(world.register_with(bob, card, kBob, frame::registration_tbs(kBob.node(), session_of(1), kToken)) ==
        AnswerStatus::refused);
  CHECK(world.register_with(bob, card, kBob, frame::registration_tbs(kPost, session_of(2), kToken)) ==
        AnswerStatus::refused);
  CHECK(world.register_with(bob, card, kBob, frame::registration_tbs(kPost, session_of(1), {})) ==
        AnswerStatus::refused);
  CHECK(world.register_with(bob, card, kMallory, good) == AnswerStatus::refused);
  // Another's card, on the own link, proven with the own key, or with a proof that was overheard.
  const auto mallory = world.link_of(kMallory);
  CHECK(world.register_with(mallory, card, kMallory, good) == AnswerStatus::refused);
  CHECK(world.register_with(mallory, card, kBob, good) == AnswerStatus::refused);
  CHECK(world.store.nodes.empty());
  CHECK(world.register_with(bob, card, kBob, good) == AnswerStatus::done);
}

TEST_CASE("a revocation does not register, token or not") {
  Closed world;
  world.enrol(1);
  const auto bob = world.link_of(kBob);
  CHECK(world.register_with(bob, kBob.revocation(), kBob,
                            frame::registration_tbs(kPost, session_of(1), kToken)) == AnswerStatus::refused);
}

TEST_CASE("closed: nodes that are not registered may not put, unless the inbox's owner knows them") {
  Closed world;
  const NodeId alice = node_named("alice");
  const NodeId dave = node_named("dave");
  world.add_node(alice);
  world.add_node(dave);
  const auto put = [&](const dispatcher::Peer& peer, const Bytes& token) {
    const auto link = world.connect(peer);
    frame::Put one{1, alice, submission_named(std::to_string(link)), 0, {}, 1, token, as_bytes("x"), {}};
    const auto state = world.ask<frame::Outcome>(link, one).state;
    world.disconnect(link);
    return state;
  };
  const dispatcher::Peer stranger(node_named("stranger"));
  CHECK(put(stranger, {}) == frame::OutcomeState::declined);
  CHECK(put(dispatcher::Peer::anonymous({}, {}), {}) == frame::OutcomeState::declined);
  CHECK(put(dave, {}) == frame::OutcomeState::stored);
  CHECK(put(alice, {}) == frame::OutcomeState::stored);

  const Bytes key(32, 1);
  const auto owner = world.connect(alice);
  CHECK(world.ask<frame::Answer>(owner, frame::SetAccess{1, key, {}, {}}).status == AnswerStatus::done);
  const frame::DeliveryKey delivery_key{ByteView(key).first<32>()};
  const Bytes token = frame::DeliveryToken::mint(delivery_key, alice, frame::Rank::known, {}).written();
  CHECK(put(stranger, token) == frame::OutcomeState::stored);
  CHECK(put(dispatcher::Peer::anonymous({}, {}), token) == frame::OutcomeState::stored);
  CHECK(put(stranger, Bytes(25, 1)) == frame::OutcomeState::declined);
}

TEST_CASE("revoking ends the node's links, removes its rows and frees what they took; nobody else's") {
  Closed world;
  world.enrol(1);
  const auto bob = world.link_of(kBob);
  CHECK(world.register_well(bob, kBob) == AnswerStatus::done);
  const NodeId alice = node_named("alice");
  world.add_node(alice);
  const auto other = world.connect(alice);
  world.put(other, kBob.node(), "one", "hello");
  world.put(other, alice, "two", "hello");
  world.settle();
  world.said_to(other);
  CHECK(world.ask(dispatcher::Revoke{kBob.node()}).has_value());
  CHECK(world.closed(bob) == GoodbyeReason::revoked);
  CHECK_FALSE(world.closed(other).has_value());
  CHECK_FALSE(world.store.nodes.contains(kBob.node()));
  CHECK(world.dispatcher.counters().stored_messages == 1);
  CHECK(world.dispatcher.counters().nodes == 0);
  world.put(other, kBob.node(), "three", "hello");
  world.settle();
  CHECK(world.next<frame::Outcome>(other).state == frame::OutcomeState::declined);
  const auto again = world.link_of(kBob);
  CHECK(world.register_well(again, kBob) == AnswerStatus::refused);
  world.pass(25s);
  world.settle();
  CHECK_FALSE(world.store.is_dirty);
}

TEST_CASE("revoking a node while its puts, cards and notes are under way harms nobody") {
  Closed world;
  world.add_node(kBob.node());
  const auto bob = world.link_of(kBob);
  world.put(bob, kBob.node(), "one", "hello");
  world.say(bob, frame::PublishCard{2, kBob.card(2), {}});
  world.say(bob, frame::PublishState{3, 1, as_bytes("x"), {}});
  world.ask(dispatcher::Revoke{kBob.node()});
  CHECK(world.dispatcher.counters().stored_messages == 0);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
  CHECK(world.store.nodes.empty());
  CHECK(world.dispatcher.counters().nodes == 0);
}

TEST_CASE("revoking a node that is not here is done; a store that fails says so") {
  Closed world;
  CHECK(world.ask(dispatcher::Revoke{kBob.node()}).has_value());
  CHECK(world.dispatcher.counters().nodes == 0);
}
