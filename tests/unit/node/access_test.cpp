#include "node/access.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

identity::SignedCard person_card(std::uint64_t seed) {
  const identity::Identity who = person(seed);
  return identity::SignedCard::sign(card_of(who, person(50)), who.signature_key()).value();
}

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() {
    use(alice, post);
    use(bob, post);
    alice.knows("bob", bob.card());
  }
  void send(TestNode& from, TestNode& to) {
    const auto task = make_sending(from.store, from.self->identity, to.card(), from.random);
    task->offer(text("hello")).value();
    task->no_more();
    run(*task, from);
  }
  void receive(TestNode& node) {
    const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
    run(*task, node);
  }
  Access access_of(TestNode& node) {
    std::optional<Access> access;
    node.store
        .write([&](Transaction& transaction) -> Status {
          TAUT_TRY(access, load_access(transaction, node.random));
          return {};
        })
        .value();
    return *std::move(access);
  }
  bool holds(ByteView token, TestNode& owner) {
    return frame::DeliveryToken::open(token, access_of(owner).key, owner.id()).has_value();
  }

 private:
  void run(Task& task, TestNode& node) {
    TestShell shell(task, node.id());
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
  }
};

}  // namespace

TEST_CASE("a contact gets a token end to end, and shows it from then on") {
  World world;
  world.bob.knows("alice", world.alice.card());
  world.send(world.alice, world.bob);
  CHECK(world.post.tokens.back().empty());  // bob gave none yet
  world.receive(world.bob);
  world.send(world.bob, world.alice);
  CHECK(world.holds(world.post.tokens.back(), world.alice));
  world.receive(world.alice);
  world.send(world.alice, world.bob);
  CHECK(world.holds(world.post.tokens.back(), world.bob));
  CHECK_FALSE(world.holds(world.post.tokens.back(), world.alice));
}

TEST_CASE("a stranger is given none, and tokens of strangers are not kept") {
  World world;
  world.send(world.alice, world.bob);  // alice knows bob, bob does not know alice
  world.receive(world.bob);
  CHECK(world.bob.store.state().tokens.empty());
  world.send(world.bob, world.alice);
  world.receive(world.alice);
  CHECK(world.alice.store.state().tokens.empty());
}

TEST_CASE("a dispatcher is told a key when shares are wanted, an empty one when not any more, else nothing") {
  World world;
  world.receive(world.bob);
  CHECK_FALSE(world.post.keys.contains(world.bob.id()));
  set_openness(world.bob.store, Openness::contacts, world.bob.random).value();
  world.receive(world.bob);
  CHECK(equal(world.post.keys.at(world.bob.id()), world.access_of(world.bob).key.expose()));
  set_openness(world.bob.store, Openness::anybody, world.bob.random).value();
  world.receive(world.bob);
  CHECK(world.post.keys.at(world.bob.id()).empty());
}

TEST_CASE("a contact that is removed loses its token, until it is a contact again") {
  World world;
  world.bob.knows("alice", world.alice.card());
  world.bob.knows("carol", person_card(9));
  set_openness(world.bob.store, Openness::contacts, world.bob.random).value();
  const Bytes token = token_for(world.access_of(world.bob), world.bob.id(), world.alice.id());
  const auto id =
      frame::DeliveryToken::open(token, world.access_of(world.bob).key, world.bob.id()).value().id;
  remove_contact(world.bob.store, "alice").value();
  remove_contact(world.bob.store, "carol").value();
  world.receive(world.bob);
  const auto& told = world.post.called_off.at(world.bob.id());
  CHECK(told.size() == 2);
  CHECK(std::ranges::is_sorted(told));
  CHECK(std::ranges::find(told, id) != told.end());
  world.bob.knows("alice", world.alice.card());
  CHECK(std::ranges::count(world.access_of(world.bob).called_off, id) == 0);
}

TEST_CASE("what is called off has a bound, and the key stays") {
  World world;
  const Bytes before = to_bytes(world.access_of(world.bob).key.expose());
  world.bob.store
      .write([&](Transaction& transaction) -> Status {
        for (std::uint64_t i = 0; i < kCalledOffMax + 10; ++i)
          TAUT_CHECK(call_off_token(transaction, world.bob.random.make<NodeId>()));
        return {};
      })
      .value();
  CHECK(world.access_of(world.bob).called_off.size() == kCalledOffMax);
  CHECK(equal(world.access_of(world.bob).key.expose(), before));
}
