#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct Use {
  std::unique_ptr<Task> task;
  TestShell shell;
  Use(TestNode& node, ScriptedDispatcher& dispatcher)
      : task(make_using(node.store, node.self->identity, *dispatcher.card)), shell(*task, node.id()) {
    shell.knows(dispatcher);
  }
  void to_the_end() {
    shell.start();
    shell.run_to_the_end();
  }
};

std::size_t dispatchers_of(TestNode& node) { return node.card().card().dispatchers.size(); }

}  // namespace

TEST_CASE("a dispatcher that is taken into use holds a card that lists it") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  CHECK(dispatchers_of(bob) == 0);
  Use use(bob, post);
  use.to_the_end();
  CHECK(use.shell.finished.value().has_value());
  CHECK(use.shell.published == std::vector{post.id()});
  const auto published = identity::SignedCard::parse(post.cards.at(bob.id())).value();
  CHECK(published == bob.card());
  REQUIRE(published.card().dispatchers.size() == 1);
  CHECK(published.card().dispatchers[0].node_id == post.id());
  CHECK(published.card().dispatchers[0].addresses == post.card->card().serves_at);
}

TEST_CASE("a dispatcher that cannot be used leaves the card as it was") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  Use use(bob, post);
  SUBCASE("unreachable") {
    use.shell.set_reach(post, Reach::down);
    use.to_the_end();
    CHECK(use.shell.finished.value().error().reason == reasons::kUnreachable);
  }
  SUBCASE("another key at its address") {
    use.shell.set_reach(post, Reach::impostor);
    use.to_the_end();
    CHECK(use.shell.finished.value().error().reason == reasons::kIdentityMismatch);
  }
  SUBCASE("closed") {
    post.publish_status = frame::AnswerStatus::refused;
    use.to_the_end();
    CHECK(use.shell.finished.value().error().reason == reasons::kRefused);
  }
  SUBCASE("full") {
    post.publish_status = frame::AnswerStatus::full;
    use.to_the_end();
    CHECK(use.shell.finished.value().error().reason == reasons::kFull);
  }
  SUBCASE("it does not answer") {
    post.is_mute = true;
    use.to_the_end();
    CHECK(use.shell.finished.value().error().reason == reasons::kSilent);
  }
  SUBCASE("stopped in the middle") {
    post.is_mute = true;
    use.shell.start();
    CHECK(dispatchers_of(bob) == 1);
    use.shell.stop();
  }
  CHECK(dispatchers_of(bob) == 0);
}

TEST_CASE("a card that is no dispatcher's is refused before anything is dialled") {
  TestNode bob(2, "bob");
  TestNode carol(3, "carol");
  const auto reason_of = [&](const identity::SignedCard& card) {
    const auto task = make_using(bob.store, bob.self->identity, card);
    TestShell shell(*task, bob.id());
    shell.start();
    CHECK(shell.dials == 0);
    return shell.finished.value().error().reason;
  };
  CHECK(reason_of(carol.card()) == reasons::kNoDispatcher);
  node::serve_at(bob.store, {{identity::Carrier::tcp, "::1", 7420}}, {{}, kNow}).value();
  CHECK(reason_of(bob.card()) == reasons::kOwnCard);
  const auto& key = carol.self->identity.signature_key();
  CHECK(reason_of(identity::SignedCard::revoke(key, {}).value()) == reasons::kRevoked);
}

TEST_CASE("every dispatcher in use gets the newest card; one that is away gets it later") {
  ScriptedDispatcher post{50};
  ScriptedDispatcher second{51};
  TestNode bob(2, "bob");
  use(bob, post);
  Use take(bob, second);
  SUBCASE("both are there") {
    take.shell.knows(post);
    take.to_the_end();
    CHECK(take.shell.published.size() == 2);
  }
  SUBCASE("the first is away") {
    take.shell.knows(post, Reach::down);
    take.to_the_end();
    CHECK(take.shell.published == std::vector{second.id()});
    CHECK(post.cards.at(bob.id()) != to_bytes(bob.card().bytes()));
    const auto task = make_publishing(bob.store, bob.self->identity);
    TestShell shell(*task, bob.id());
    shell.knows(post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.published == std::vector{post.id()});
    CHECK(shell.dials == 1);
  }
  CHECK(take.shell.finished.value().has_value());
  CHECK(post.cards.at(bob.id()) == to_bytes(bob.card().bytes()));
  CHECK(second.cards.at(bob.id()) == to_bytes(bob.card().bytes()));

  const auto nothing_due = make_publishing(bob.store, bob.self->identity);
  TestShell shell(*nothing_due, bob.id());
  shell.start();
  CHECK(shell.dials == 0);
  CHECK(shell.finished.value().has_value());
}

TEST_CASE("a newer card of ours at the dispatcher, from a lost state or a copy, is gone above") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  TestNode backup(bob, kHere, 77);
  use(bob, post);
  for (int i = 0; i < 5; ++i) {
    node::rename(bob.store, "bob " + std::to_string(i), {{}, kNow + std::chrono::hours(i)}).value();
    const auto task = make_publishing(bob.store, bob.self->identity);
    TestShell shell(*task, bob.id());
    shell.knows(post);
    shell.start();
  }
  const std::uint64_t ahead = bob.card().card().sequence;
  REQUIRE(backup.card().card().sequence < ahead);
  use(backup, post);
  CHECK(backup.card().card().sequence > ahead);
  CHECK(post.cards.at(bob.id()) == to_bytes(backup.card().bytes()));
}

TEST_CASE("a revoked identity publishes nothing, and says so") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  const auto& key = bob.self->identity.signature_key();
  const auto final_card = identity::SignedCard::revoke(key, {}).value();
  Use use(bob, post);
  // It ends while the link is up: later ones are refused.
  use.shell.on_sent = [&](const NodeId&, ByteView) { post.cards[bob.id()] = to_bytes(final_card.bytes()); };
  use.to_the_end();
  CHECK(use.shell.finished.value().error().reason == reasons::kOwnRevoked);
  CHECK(dispatchers_of(bob) == 0);
  CHECK(bob.store.state().dispatchers.empty());
  CHECK(bob.card().revocation().has_value());
}
