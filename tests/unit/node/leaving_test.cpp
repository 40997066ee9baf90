#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

using Texts = std::vector<std::string>;
constexpr std::chrono::hours kDay{24};

/// Bob moves from post to second; alice knows the card that lists post alone.
struct Move {
  ScriptedDispatcher post{50};
  ScriptedDispatcher second{51};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  std::optional<identity::SignedCard> old_card;

  Move() {
    use(bob, post);
    old_card = bob.card();
    alice.knows("bob", *old_card);
    const auto task = make_using(bob.store, bob.self->identity, *second.card);
    TestShell shell(*task, bob.id());
    shell.knows(post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    leave_dispatcher(bob.store, post.id(), {{}, kNow}).value();
  }

  void publish(Reach reach = Reach::up) {
    const auto task = make_publishing(bob.store, bob.self->identity);
    TestShell shell(*task, bob.id());
    shell.knows(post, reach);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
  }
  void send(std::string_view words) {
    const auto sending = make_sending(alice.store, alice.self->identity, *old_card, alice.random);
    sending->offer(text(words)).value();
    sending->no_more();
    TestShell shell(*sending, alice.id());
    shell.knows(post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
  }
  Texts receive(WallTime wall, Reach reach = Reach::up) {
    const auto task = make_receiving(bob.store, bob.self->identity, bob.random, Stay::until_drained);
    TestShell shell(*task, bob.id());
    shell.at.wall = wall;
    shell.knows(post, reach);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
    return bob.shown_texts();
  }
  std::vector<OwnDispatcher> dispatchers() {
    std::vector<OwnDispatcher> found;
    bob.store
        .read([&](Transaction& transaction) -> Status {
          TAUT_TRY(found, own_dispatchers(transaction));
          return {};
        })
        .value();
    return found;
  }
};

}  // namespace

TEST_CASE("a dispatcher that is forgotten gets the card without it, and old contacts find that there") {
  Move move;
  move.publish();
  const auto published = identity::SignedCard::parse(move.post.cards.at(move.bob.id())).value();
  REQUIRE(published.card().dispatchers.size() == 1);
  CHECK(published.card().dispatchers[0].node_id == move.second.id());
  move.send("hello");
  CHECK(move.post.puts == 0);
  CHECK(move.second.puts == 1);
  CHECK(move.receive(kNow) == Texts{"hello"});
}

TEST_CASE("a dispatcher that is left is emptied until a day after it was told; then it is gone") {
  Move move;
  move.send("before it was told");
  REQUIRE(move.post.puts == 1);
  CHECK(move.receive(kNow) == Texts{"before it was told"});
  REQUIRE(move.dispatchers().size() == 2);
  CHECK(move.dispatchers()[0].standing == Standing::leaving);
  CHECK(move.dispatchers()[0].leaving_until == kNow + kSealingGrace);
  CHECK(move.receive(kNow + std::chrono::hours(23)).empty());
  CHECK(move.dispatchers().size() == 2);
  CHECK(move.receive(kNow + kDay + std::chrono::hours(1)).empty());
  REQUIRE(move.dispatchers().size() == 1);
  CHECK(move.dispatchers()[0].card.node_id() == move.second.id());
}

TEST_CASE("a forgotten dispatcher that cannot be reached is given up when nothing in it can live any more") {
  Move move;
  CHECK(move.receive(kNow + 14 * kDay, Reach::down).empty());
  CHECK(move.dispatchers().size() == 2);
  CHECK(move.receive(kNow + 16 * kDay, Reach::down).empty());
  CHECK(move.dispatchers().size() == 1);
}

TEST_CASE("a forgotten dispatcher may be taken again, or given up at once") {
  Move move;
  SUBCASE("taken again") {
    const auto task = make_using(move.bob.store, move.bob.self->identity, *move.post.card);
    TestShell shell(*task, move.bob.id());
    SUBCASE("there") {
      shell.knows(move.post);
      shell.knows(move.second);
      shell.start();
      shell.run_to_the_end();
      CHECK(shell.finished.value().has_value());
      CHECK(move.dispatchers()[0].standing == Standing::in_use);
      CHECK(move.bob.card().card().dispatchers.size() == 2);
    }
    SUBCASE("it refuses") {
      move.post.publish_status = frame::AnswerStatus::refused;
      shell.knows(move.post);
      shell.knows(move.second);
      shell.start();
      shell.run_to_the_end();
      CHECK(shell.finished.value().error().reason == reasons::kRefused);
      CHECK(move.dispatchers()[0].standing == Standing::leaving);
      CHECK(move.bob.card().card().dispatchers.size() == 1);
    }
  }
  SUBCASE("given up") {
    forget_dispatcher(move.bob.store, move.post.id(), {{}, kNow}).value();
    CHECK(move.dispatchers().size() == 1);
    CHECK(move.bob.card().card().dispatchers.size() == 1);
  }
}

TEST_CASE("a dispatcher that is not in use cannot be left") {
  TestNode bob(2, "bob");
  ScriptedDispatcher post{50};
  CHECK(leave_dispatcher(bob.store, post.id(), {{}, kNow}).error().reason == reasons::kNoDispatcher);
}
