#include "node/revoking.hpp"

#include <doctest/doctest.h>

#include "node/sealer.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct World {
  ScriptedDispatcher post{50};
  ScriptedDispatcher second{51};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  TestNode heir{3, "bob's new phone"};

  World() {
    use(bob, post);
    use(heir, post);
    alice.knows("bob", bob.card());
  }
  identity::SignedCard revocation(bool has_successor = false) {
    return sign_revocation(bob.store, has_successor ? std::optional(heir.id()) : std::nullopt).value();
  }
  /// How it ended.
  Status revoke(TestNode& by, const identity::SignedCard& card) {
    const auto task = make_revoking(by.store, card, dispatchers_for_revocation(by.store, card).value());
    TestShell shell(*task, by.id());
    shell.knows(post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
    published = shell.published;
    return *shell.finished;
  }
  Status send(TestNode& from, const identity::SignedCard& to, Duration time = std::chrono::hours(2)) {
    const auto sending = make_sending(from.store, from.self->identity, to, from.random);
    sending->offer(text("hello")).value();
    sending->no_more();
    TestShell shell(*sending, from.id());
    shell.knows(post);
    shell.start();
    shell.pass(time);
    return *shell.finished;
  }
  Contact contact() { return find_contact(alice.store, "bob").value(); }

  std::vector<NodeId> published;
};

}  // namespace

TEST_CASE("a revocation that is signed changes nothing; published, it is final") {
  World world;
  const identity::SignedCard before = world.bob.card();
  const identity::SignedCard revocation = world.revocation();
  CHECK(world.bob.card() == before);
  CHECK(world.revoke(world.bob, revocation).has_value());
  CHECK(world.published == std::vector{world.post.id()});
  CHECK(world.post.cards.at(world.bob.id()) == to_bytes(revocation.bytes()));
  CHECK(world.bob.card() == revocation);

  SUBCASE("no card is signed any more") {
    const Moment later{{}, kNow + std::chrono::days(30)};
    CHECK(node::rename(world.bob.store, "robert", later).error().reason == reasons::kOwnRevoked);
    world.bob.reopen(later.wall);
    CHECK(world.bob.card() == revocation);
  }
  SUBCASE("nothing is sent") {
    world.bob.knows("alice", world.alice.card());
    CHECK(world.send(world.bob, world.heir.card()).error().reason == reasons::kOwnRevoked);
  }
  SUBCASE("another final card does not replace it") {
    const identity::SignedCard other = world.revocation(true);
    const auto kept =
        world.bob.store.write([&](Transaction& transaction) { return keep_revocation(transaction, other); });
    CHECK(kept.has_value());
    CHECK(world.bob.card() == revocation);
  }
}

TEST_CASE("a lost node is revoked from another one that knows it") {
  World world;
  const identity::SignedCard revocation = world.revocation(true);
  CHECK(world.revoke(world.alice, revocation).has_value());
  CHECK(world.contact().cards[0].revocation().has_value());
  CHECK(world.revoke(world.heir, revocation).has_value());  // it uses the same dispatcher
}

TEST_CASE("a revocation that nobody took is said to be so, and nothing is revoked") {
  World world;
  const identity::SignedCard revocation = world.revocation();
  SUBCASE("refused") {
    world.post.publish_status = frame::AnswerStatus::refused;
    CHECK(world.revoke(world.bob, revocation).error().reason == reasons::kRefused);
  }
  SUBCASE("no answer") {
    world.post.is_mute = true;
    CHECK(world.revoke(world.bob, revocation).error().code == Errc::unavailable);
  }
  SUBCASE("an ordinary card") {
    CHECK(world.revoke(world.alice, world.bob.card()).error().code == Errc::misuse);
    const auto kept = world.alice.store.write(
        [&](Transaction& transaction) { return keep_revocation(transaction, world.bob.card()); });
    CHECK(kept.error().code == Errc::misuse);
  }
  CHECK_FALSE(world.bob.card().revocation().has_value());
}

TEST_CASE("a revocation names nobody, or somebody else") {
  World world;
  CHECK(sign_revocation(world.bob.store, world.bob.id()).error().reason == reasons::kOwnCard);
  CHECK_FALSE(world.revocation().revocation()->successor.has_value());
  CHECK(world.revocation(true).revocation()->successor == world.heir.id());
}

TEST_CASE("who writes to a revoked contact learns of it, and of the successor, who is not trusted") {
  World world;
  const identity::SignedCard known = world.bob.card();
  CHECK(succeed_contact(world.alice.store, "bob").error().reason == reasons::kNotRevoked);
  world.revoke(world.bob, world.revocation(true)).value();
  CHECK(world.send(world.alice, known).error().reason == reasons::kRevoked);
  CHECK(world.post.puts == 0);
  CHECK(world.contact().cards[0].revocation()->successor == world.heir.id());
  CHECK(world.contact().verification == Verification::verified);

  succeed_contact(world.alice.store, "bob").value();
  CHECK(world.contact().cards == std::vector{world.heir.card()});
  CHECK(world.contact().verification == Verification::unverified);
  CHECK(world.send(world.alice, world.contact().cards[0]).has_value());
  CHECK(add_contact(world.alice.store, "old bob", known, Verification::verified, kNow).error().reason ==
        reasons::kOldCard);
}

TEST_CASE("a successor whose card does not come is not taken") {
  World world;
  const identity::SignedCard known = world.bob.card();
  world.revoke(world.bob, world.revocation(true)).value();
  TestNode mallory(6, "bob's new phone");
  SUBCASE("not there") { world.post.cards.erase(world.heir.id()); }
  SUBCASE("another's") { world.post.cards[world.heir.id()] = to_bytes(mallory.card().bytes()); }
  SUBCASE("revoked as well") {
    world.post.cards[world.heir.id()] = to_bytes(sign_revocation(world.heir.store, {}).value().bytes());
  }
  CHECK(world.send(world.alice, known).error().reason == reasons::kRevoked);
  CHECK(succeed_contact(world.alice.store, "bob").error().reason == reasons::kNoSuccessor);
  CHECK(world.contact().cards[0].node_id() == world.bob.id());
}

TEST_CASE("a contact that goes takes the successor's card along, unless that is a contact itself") {
  World world;
  const identity::SignedCard known = world.bob.card();
  world.revoke(world.bob, world.revocation(true)).value();
  SUBCASE("no contact") {
    CHECK_FALSE(world.send(world.alice, known).has_value());
    CHECK(world.alice.store.state().cards.size() == 2);
    remove_contact(world.alice.store, "bob").value();
    CHECK(world.alice.store.state().cards.empty());
  }
  SUBCASE("a contact") {
    world.alice.knows("heir", world.heir.card());
    CHECK_FALSE(world.send(world.alice, known).has_value());
    CHECK(succeed_contact(world.alice.store, "bob").error().reason == reasons::kContactExists);
    remove_contact(world.alice.store, "bob").value();
    CHECK(world.alice.store.state().cards.size() == 1);
  }
}

namespace {

/// How receiving ends for bob, and how he called.
struct Fetching {
  Status end;
  std::vector<Caller> callers;
  explicit Fetching(World& world) {
    const auto task =
        make_receiving(world.bob.store, world.bob.self->identity, world.bob.random, Stay::until_drained);
    TestShell shell(*task, world.bob.id());
    shell.knows(world.post);
    shell.start();
    shell.run_to_the_end();
    end = *shell.finished;
    callers = shell.callers;
  }
};

}  // namespace

TEST_CASE("a revoked node that is not let in finds its final card, and keeps it") {
  World world;
  const identity::SignedCard final_card = world.revocation();
  world.revoke(world.alice, final_card).value();
  world.post.says_revoked = true;
  const Fetching first(world);
  CHECK(first.end.error() == Error{Errc::unauthentic, reasons::kOwnRevoked});
  CHECK(first.callers == std::vector{Caller::identified, Caller::anonymous});
  CHECK(world.bob.card() == final_card);
  const Fetching second(world);
  CHECK(second.end.error().reason == reasons::kOwnRevoked);
  CHECK(second.callers.empty());
}

TEST_CASE("a dispatcher that only says that a node is revoked is not believed") {
  World world;
  world.post.says_revoked = true;
  SUBCASE("with the card that was there") {}
  SUBCASE("with none") { world.post.cards.erase(world.bob.id()); }
  SUBCASE("with another's final card") {
    const auto other = sign_revocation(world.heir.store, std::nullopt).value();
    world.post.cards[world.bob.id()] = to_bytes(other.bytes());
  }
  SUBCASE("with bytes") { world.post.cards[world.bob.id()] = Bytes(100); }
  const Fetching fetching(world);
  CHECK(fetching.end.error().reason == reasons::kRefused);
  CHECK(fetching.callers == std::vector{Caller::identified, Caller::anonymous});
  CHECK_FALSE(world.bob.card().revocation().has_value());
}

TEST_CASE("what came in one read with the word that we are revoked is taken in, and asked for no more") {
  World world;
  const identity::SignedCard to = world.bob.card();
  const auto seal = [&](Transaction& transaction) -> Status {
    const std::array dispatchers{world.post.id()};
    TAUT_TRY(const OutgoingRow row,
             seal_into_outbox(transaction, {world.alice.self->identity, to, dispatchers}, text("last"),
                              {{}, kNow}, world.alice.random));
    world.post.store(world.bob.id(), row.envelope);
    return {};
  };
  world.alice.store.write(seal).value();
  world.post.is_told_of_revocation = true;
  world.post.forgets_to_drain = true;
  const Fetching receiving(world);
  CHECK(receiving.end.error().reason == reasons::kRefused);
  CHECK(receiving.callers == std::vector{Caller::identified, Caller::anonymous});
  CHECK(world.post.releases == 0);
  CHECK(world.bob.shown_texts() == std::vector<std::string>{"last"});
}
