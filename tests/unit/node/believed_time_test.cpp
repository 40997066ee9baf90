// A wall clock that leaps erases nothing by itself.

#include "node/believed_time.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

constexpr std::chrono::days kYears{10 * 365};

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() {
    use(bob, post);
    alice.knows("bob", bob.card());
  }
  void send(std::string_view words) {
    const auto task = make_sending(alice.store, alice.self->identity, bob.card(), alice.random);
    task->offer(text(words)).value();
    task->no_more();
    run(*task, alice, kNow);
  }
  void receive(WallTime wall) {
    const auto task = make_receiving(bob.store, bob.self->identity, bob.random, Stay::until_drained);
    run(*task, bob, wall);
  }
  std::size_t keys() { return bob.store.state().sealing_keys.size(); }
  std::optional<WallTime> believed(std::optional<WallTime> wall) {
    std::optional<WallTime> time;
    const auto ask = [&](Transaction& transaction) -> Status {
      TAUT_TRY(time, believed_time(transaction, wall));
      return {};
    };
    bob.store.read(ask).value();
    return time;
  }

 private:
  void run(Task& task, TestNode& node, WallTime wall) {
    TestShell shell(task, node.id());
    shell.at.wall = wall;
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
  }
};

}  // namespace

TEST_CASE("a clock that is years ahead at the start erases no key, and what was sealed to it opens") {
  World world;
  const identity::SignedCard card = world.bob.card();
  world.send("before");
  world.post.clock = kNow + std::chrono::hours(1);
  world.bob.reopen(kNow + kYears);
  world.receive(kNow + kYears);
  CHECK(world.bob.card() == card);
  CHECK(world.keys() == 1);
  CHECK(world.bob.shown_texts() == std::vector<std::string>{"before"});
  world.send("still");
  world.bob.reopen(kNow + std::chrono::hours(2));  // somebody has set it right
  world.receive(kNow + std::chrono::hours(2));
  CHECK(world.bob.shown_texts() == std::vector<std::string>{"still"});
  CHECK(world.believed(kNow) < kNow + std::chrono::days(1));
}

TEST_CASE("who was away for long hears from a dispatcher that it was, and does what is due") {
  World world;
  world.bob.reopen(kNow + std::chrono::days(30));
  CHECK(world.keys() == 1);
  const identity::SignedCard before = world.bob.card();
  world.receive(kNow + std::chrono::days(30));
  CHECK(world.keys() == 2);
  CHECK(world.bob.card().check_replaces(before).has_value());
  CHECK(world.post.cards.at(world.bob.id()) == to_bytes(world.bob.card().bytes()));
  CHECK(world.believed(kNow) == kNow + std::chrono::days(30));
}

TEST_CASE("a leap is believed as far as both clocks go") {
  World world;
  SUBCASE("the dispatcher's goes further") {
    world.post.clock = kNow + kYears;
    world.receive(kNow + std::chrono::days(3));
    CHECK(world.believed(kNow) == kNow + std::chrono::days(3));
  }
  SUBCASE("ours does") {
    world.post.clock = kNow + std::chrono::days(3);
    world.receive(kNow + kYears);
    CHECK(world.believed(kNow) == kNow + std::chrono::days(3));
  }
  SUBCASE("the dispatcher's has gone back") {
    world.post.clock = WallTime{1};
    world.receive(kNow + std::chrono::days(3));
    CHECK(world.believed(kNow) == kNow);
  }
}

TEST_CASE("days go by without anybody to ask; years do where there is nobody") {
  World world;
  CHECK(world.believed(kNow + kLeapMax) == kNow + kLeapMax);
  CHECK(world.believed(kNow + kLeapMax + std::chrono::milliseconds(1)) == kNow);
  CHECK(world.believed(std::nullopt) == kNow);
  TestNode carol(3, "carol");
  carol.reopen(kNow + kYears);
  CHECK(carol.card().card().sealing_key->not_after == kNow + kYears + kSealingKeyLife);
}

TEST_CASE("a dispatcher that is left is not given up by a clock that leaps") {
  World world;
  ScriptedDispatcher second{51};
  use(world.bob, second);
  leave_dispatcher(world.bob.store, world.post.id(), {{}, kNow}).value();
  second.clock = kNow;
  const auto task =
      make_receiving(world.bob.store, world.bob.self->identity, world.bob.random, Stay::until_drained);
  TestShell shell(*task, world.bob.id());
  shell.at.wall = kNow + kYears;
  shell.knows(second);
  shell.start();
  shell.run_to_the_end();
  CHECK(world.bob.store.state().dispatchers.size() == 2);
}

TEST_CASE("a dispatcher that was started years ahead certifies its link key anew once its clock is right") {
  TestNode carol(3, "carol");
  node::serve_at(carol.store, {{identity::Carrier::tcp, "192.0.2.9", 7420}}, {{}, kNow}).value();
  const auto key = [&] { return carol.self->identity.link_keys().front().pair.public_key; };
  const auto holds_at = [&](WallTime wall) {
    return carol.self->identity.link_keys().front().certificate.validity.check_at(wall).has_value();
  };
  carol.reopen(kNow);
  const auto before = key();
  carol.reopen(kNow + kYears);
  CHECK(holds_at(kNow + kYears));
  CHECK_FALSE(holds_at(kNow));
  const WallTime mended = kNow + std::chrono::hours(1);
  carol.reopen(mended);
  CHECK(holds_at(mended));
  CHECK(key() == before);  // clients know it by this one
  const std::uint64_t sequence = carol.card().card().sequence;
  carol.reopen(mended + std::chrono::hours(1));
  CHECK(carol.card().card().sequence == sequence);  // and not again and again
  carol.reopen(mended + kLinkKeyRotation + std::chrono::days(2));
  CHECK(carol.card().card().sequence > sequence);
}

TEST_CASE("a clock that has lost all certifies nothing from then") {
  TestNode carol(3, "carol");
  node::serve_at(carol.store, {{identity::Carrier::tcp, "192.0.2.9", 7420}}, {{}, kNow}).value();
  carol.reopen(kNow);
  const identity::SignedCard before = carol.card();
  carol.reopen(WallTime{0} + std::chrono::hours(1));
  CHECK(carol.card() == before);
  CHECK(carol.self->identity.link_keys().front().certificate.validity.check_at(kNow).has_value());
}
