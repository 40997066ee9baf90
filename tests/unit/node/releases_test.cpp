// What is signed for whom, and how little of it one sender can make us keep.

#include "node/releases.hpp"

#include <doctest/doctest.h>

#include "envelope/envelope.hpp"
#include "envelope/release.hpp"
#include "identity/card_wire.hpp"
#include "node/sealer.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct World {
  ScriptedDispatcher post{50};
  TestNode bob{2, "bob"};
  World() { use(bob, post); }

  /// A contact of bob's with an inbox.
  void introduce(TestNode& who, std::string_view petname) {
    use(who, post);
    bob.knows(petname, who.card());
  }
  /// A message from `sender` to bob that asks for a release.
  void asks(TestNode& sender, const identity::SignedCard* own_card = nullptr) {
    const identity::SignedCard to = bob.card();
    const auto seal = [&](Transaction& transaction) -> Status {
      const std::array dispatchers{post.id()};
      Sealing sealing{sender.self->identity, to, dispatchers, own_card};
      sealing.handling.until = Until::released;
      TAUT_TRY(OutgoingRow row,
               seal_into_outbox(transaction, sealing, text("hello"), {{}, kNow}, sender.random));
      post.store(bob.id(), row.envelope);
      return transaction.erase_outgoing(row.number);
    };
    sender.store.write(seal).value();
  }
  Status receive(WallTime wall = kNow) {
    const auto task = make_receiving(bob.store, bob.self->identity, bob.random, Stay::until_drained);
    TestShell shell(*task, bob.id());
    shell.at.wall = wall;
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    return *shell.finished;
  }
  std::size_t owed_to(const TestNode& who) {
    std::size_t count = 0;
    for (const auto& [number, row] : bob.store.state().outgoing)
      count += row.until == Until::nothing && row.recipient == who.id() ? 1 : 0;
    return count;
  }
};

/// The next card of `who`, for which every shared secret is zero. SignedCard::sign would not make it.
Bytes card_with_zero_key(TestNode& who) {
  identity::Card card = who.card().card();
  ++card.sequence;
  card.sealing_key->key.assign(card.sealing_key->key.size(), 0);
  const Bytes tbs = identity::card_tbs(card);
  const crypto::Signature signature = crypto::sign_with_label(who.self->identity.signature_key(),
                                                              crypto::kTautPrefix, identity::kCardLabel, tbs)
                                          .value();
  return wire::written([&](wire::Writer& out) { out.u8(1).vector(tbs).vector(signature.view()); });
}

}  // namespace

TEST_CASE("a card to which nobody can seal is none") {
  TestNode alice{1, "alice"};
  CHECK(identity::SignedCard::parse(card_with_zero_key(alice)).error().code == Errc::malformed);
}

TEST_CASE("for a contact to whom nothing can be sealed nothing is signed, and receiving goes on") {
  World world;
  TestNode alice{1, "alice"};
  TestNode carol{3, "carol"};
  world.introduce(alice, "alice");
  world.introduce(carol, "carol");
  SUBCASE("a key of zeros came with the letter") {
    const auto card = identity::SignedCard::parse(card_with_zero_key(alice));
    world.asks(alice, card ? &*card : nullptr);
  }
  SUBCASE("a key of zeros was in the state file") {
    const Bytes card = card_with_zero_key(alice);
    const auto put = [&](Transaction& transaction) { return transaction.put_card(alice.id(), card); };
    world.bob.store.write(put).value();
    world.asks(alice);
    CHECK(world.receive().has_value());
    CHECK(world.owed_to(alice) == 0);
  }
  world.asks(carol);
  CHECK(world.receive().has_value());
  CHECK(world.post.inboxes[world.bob.id()].empty());
  CHECK(world.owed_to(carol) == 1);
  CHECK(world.bob.shown_texts() == std::vector<std::string>{"hello", "hello"});
}

TEST_CASE("one contact whose dispatcher is dead takes the releases of nobody else") {
  World world;
  TestNode alice{1, "alice"};
  TestNode carol{3, "carol"};
  world.introduce(alice, "alice");
  world.introduce(carol, "carol");
  for (std::size_t i = 0; i <= kReleasesToOneMax; ++i) {
    world.asks(alice);
    world.receive().value();
  }
  CHECK(world.owed_to(alice) == kReleasesToOneMax);
  world.asks(carol);
  world.receive().value();
  CHECK(world.owed_to(carol) == 1);
}

TEST_CASE("a release that nobody would keep any more goes, and makes room") {
  World world;
  TestNode alice{1, "alice"};
  world.introduce(alice, "alice");
  world.asks(alice);
  world.receive().value();
  world.receive(kNow + kEnvelopeLife).value();
  CHECK(world.owed_to(alice) == 1);
  world.receive(kNow + kEnvelopeLife + std::chrono::hours(1)).value();
  CHECK(world.owed_to(alice) == 0);
}

TEST_CASE("a node that stays up forgets releases that are over, without being started again") {
  World world;
  TestNode alice{1, "alice"};
  world.introduce(alice, "alice");
  world.asks(alice);
  world.post.hello.idle_s = 86400;
  const auto task =
      make_receiving(world.bob.store, world.bob.self->identity, world.bob.random, Stay::for_more);
  TestShell shell(*task, world.bob.id());
  shell.knows(world.post);
  shell.start();
  CHECK(world.owed_to(alice) == 1);
  shell.pass(kEnvelopeLife + std::chrono::hours(2));
  CHECK(world.owed_to(alice) == 0);
  shell.stop();
}

TEST_CASE("who was owed a release last is served first") {
  World world;
  TestNode alice{1, "alice"};
  TestNode carol{3, "carol"};
  world.introduce(alice, "alice");
  world.introduce(carol, "carol");
  for (TestNode* one : {&alice, &carol}) {
    world.asks(*one);
    world.receive().value();
  }
  CHECK(releases_waiting(world.bob.store).value() == std::vector{carol.id(), alice.id()});
  world.asks(alice);
  world.receive().value();
  CHECK(releases_waiting(world.bob.store).value() == std::vector{alice.id(), carol.id()});
}

TEST_CASE("what somebody signs who is no contact any more is passed over") {
  World world;
  TestNode alice{1, "alice"};
  world.introduce(alice, "alice");
  const identity::SignedCard to = alice.card();
  std::optional<OutgoingRow> row;
  const auto seal = [&](Transaction& transaction) -> Status {
    const std::array dispatchers{world.post.id()};
    Sealing sealing{world.bob.self->identity, to, dispatchers};
    sealing.handling.until = Until::released;
    TAUT_TRY(row, seal_into_outbox(transaction, sealing, text("hello"), {{}, kNow}, world.bob.random));
    return {};
  };
  world.bob.store.write(seal).value();
  SUBCASE("is one") {}
  SUBCASE("is none") {
    auto petname_gone = [](Transaction& transaction) { return transaction.erase_contact("alice"); };
    world.bob.store.write(petname_gone).value();
  }
  const bool is_contact = !world.bob.store.state().contacts.empty();
  envelope::Letter letter;
  letter.signature_key = alice.self->identity.signature_key().public_key;
  const std::array named{row->message_id};
  letter.content =
      envelope::sign_release(world.bob.id(), named, alice.self->identity.signature_key()).value();
  bool was_release = false;
  const auto note = [&](Transaction& transaction) -> Status {
    TAUT_TRY(was_release, note_release(transaction, letter, world.bob.id()));
    return {};
  };
  world.bob.store.write(note).value();
  CHECK(was_release);
  const Stage stage = world.bob.store.state().outgoing.at(row->number).stage;
  CHECK(stage == (is_contact ? Stage::released : Stage::sealed));
}
