#include <doctest/doctest.h>

#include <set>

#include "node/outbox.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() {
    use(bob, post);
    alice.knows("bob", bob.card());
  }
};

struct Send {
  std::unique_ptr<Sending> task;
  TestShell shell;

  Send(TestNode& from, const identity::SignedCard& to, const std::vector<std::string>& words,
       const SendOptions& options = {})
      : task(make_sending(from.store, from.self->identity, to, from.random, options)),
        shell(*task, from.id()) {
    for (const std::string& one : words) REQUIRE(task->offer(text(one)).has_value());
    task->no_more();
  }
  Send(World& world, const std::vector<std::string>& words) : Send(world.alice, world.bob.card(), words) {
    shell.knows(world.post);
  }
  void to_the_end() {
    shell.start();
    shell.run_to_the_end();
  }
  Reason reason() { return shell.finished.value().error().reason; }
};

std::vector<std::string> received(TestNode& node, ScriptedDispatcher& post) {
  const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
  TestShell shell(*task, node.id());
  shell.knows(post);
  shell.start();
  shell.run_to_the_end();
  return node.shown_texts();
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("where a sender has no inbox it does not say who it is") {
  World world;
  Send send(world, {"hello"});
  SUBCASE("nor when it dials again") {
    send.shell.cut_after(world.post, 2, TestShell::LastFrame::lost);
    send.to_the_end();
    CHECK(send.shell.callers == std::vector{Caller::anonymous, Caller::anonymous});
  }
  SUBCASE("with an inbox elsewhere") {
    ScriptedDispatcher other{51};
    use(world.alice, other);
    send.to_the_end();
    CHECK(send.shell.callers == std::vector{Caller::anonymous});
  }
  SUBCASE("where it has one it is known anyway") {
    use(world.alice, world.post);
    send.to_the_end();
    CHECK(send.shell.callers == std::vector{Caller::identified});
  }
  CHECK(send.shell.receipts.at(0).outcome == Outcome::stored);
  CHECK(received(world.bob, world.post) == Texts{"hello"});
}

TEST_CASE("a message is stored, its receipt says where, and the outbox is empty") {
  World world;
  Send send(world, {"hello"});
  send.to_the_end();
  REQUIRE(send.shell.finished.value().has_value());
  REQUIRE(send.shell.receipts.size() == 1);
  const Receipt& receipt = send.shell.receipts[0];
  CHECK(receipt.outcome == Outcome::stored);
  CHECK(receipt.origin == Origin::this_task);
  CHECK(receipt.recipient == world.bob.id());
  CHECK(receipt.stored_at == std::vector{world.post.id()});
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(received(world.bob, world.post) == Texts{"hello"});
}

TEST_CASE("an unreachable dispatcher leaves nothing behind") {
  World world;
  Send send(world, {"hello"});
  SUBCASE("down") {
    send.shell.set_reach(world.post, Reach::down);
    send.to_the_end();
    CHECK(send.reason() == reasons::kUnreachable);
  }
  SUBCASE("another key at its address: nothing is sent, and it is said") {
    send.shell.set_reach(world.post, Reach::impostor);
    send.to_the_end();
    CHECK(send.shell.finished.value().error().code == Errc::unauthentic);
  }
  SUBCASE("it accepts the link and says nothing") {
    world.post.hello.message_bytes_max = 0;  // a hello that does not parse
    send.to_the_end();
    CHECK(send.shell.finished.value().error().code == Errc::malformed);
  }
  SUBCASE("it is lost before the message was sealed") {
    send.shell.cut_after(world.post, 1, TestShell::LastFrame::lost);
    send.to_the_end();
    CHECK(send.reason() == reasons::kUnreachable);
  }
  SUBCASE("it answers no question") {
    world.post.is_mute = true;
    send.to_the_end();
    CHECK_FALSE(send.shell.finished.value().has_value());
  }
  CHECK(send.shell.receipts.empty());
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(world.alice.store.state().counters.empty());
  CHECK(world.post.puts == 0);
}

TEST_CASE("an outcome that is not known stays in the outbox, and the same submission is asked again") {
  World world;
  Send first(world, {"hello"});
  // Frame 1 looks up the card, frame 2 is the put.
  bool was_stored = false;
  SUBCASE("the put was lost") { first.shell.cut_after(world.post, 2, TestShell::LastFrame::lost); }
  SUBCASE("the answer was lost") {
    first.shell.cut_after(world.post, 2, TestShell::LastFrame::unanswered);
    was_stored = true;
  }
  first.shell.start();
  first.shell.set_reach(world.post, Reach::down);
  first.shell.run_to_the_end();
  CHECK(first.reason() == reasons::kOutcomeUnknown);
  REQUIRE(first.shell.receipts.size() == 1);
  CHECK(first.shell.receipts[0].outcome == Outcome::unknown);
  REQUIRE(outbox(world.alice.store).value().size() == 1);
  CHECK(world.post.inboxes[world.bob.id()].size() == (was_stored ? 1 : 0));

  Send second(world, {"again"});
  second.to_the_end();
  CHECK(second.shell.finished.value().has_value());
  REQUIRE(second.shell.receipts.size() == 2);
  CHECK(second.shell.receipts[0].origin == Origin::earlier_task);
  CHECK(second.shell.receipts[0].offer == 0);
  CHECK(second.shell.receipts[0].message_id == first.shell.receipts[0].message_id);
  CHECK(second.shell.receipts[1].offer == 1);
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(received(world.bob, world.post) == Texts{"hello", "again"});
}

TEST_CASE("a link that is lost in the middle is made again, and each message is stored once") {
  World world;
  Texts words;
  for (int i = 0; i < 600; ++i) words.push_back(std::to_string(i));
  std::unique_ptr<Sending> task =
      make_sending(world.alice.store, world.alice.self->identity, world.bob.card(), world.alice.random);
  TestShell shell(*task, world.alice.id());
  shell.knows(world.post);
  shell.frames_per_link = 20;
  shell.start();
  std::size_t offered = 0;
  for (std::size_t rounds = 0; !shell.finished; ++rounds) {
    while (offered < words.size() && task->wants() > 0)
      REQUIRE(task->offer(text(words[offered++])).has_value());
    if (offered == words.size()) task->no_more();
    shell.run();
    shell.pass(std::chrono::seconds(5));
    REQUIRE(rounds < 1000);
  }
  CHECK(shell.finished->has_value());
  CHECK(shell.dials > 10);
  CHECK(shell.receipts.size() == words.size());
  std::set<std::uint64_t> offers;
  for (const Receipt& receipt : shell.receipts) offers.insert(receipt.offer);
  CHECK(offers.size() == words.size());
  CHECK(*offers.begin() == 1);
  CHECK(*offers.rbegin() == words.size());
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(received(world.bob, world.post) == words);
}

TEST_CASE("what the dispatcher refuses is said and not kept") {
  World world;
  Send send(world, {"hello"});
  SUBCASE("full") {
    world.post.outcome = frame::OutcomeState::full;
    send.to_the_end();
    CHECK(send.reason() == reasons::kFull);
    CHECK(send.shell.receipts.at(0).retry_after == std::chrono::seconds(60));
  }
  SUBCASE("declined") {
    world.post.outcome = frame::OutcomeState::declined;
    send.to_the_end();
    CHECK(send.reason() == reasons::kDeclined);
  }
  SUBCASE("larger than it takes") {
    world.post.hello.message_bytes_max = 300;
    send.to_the_end();
    CHECK(send.reason() == reasons::kDeclined);
    CHECK(world.post.puts == 0);
  }
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(received(world.bob, world.post).empty());
}

TEST_CASE("the largest message goes in chunks and arrives whole; one byte more is refused") {
  World world;
  Send send(world.alice, world.bob.card(), {std::string(envelope::kContentBytesMax, 'x')});
  send.shell.knows(world.post);
  send.to_the_end();
  CHECK(send.shell.receipts.at(0).outcome == Outcome::stored);
  CHECK(received(world.bob, world.post).at(0).size() == envelope::kContentBytesMax);
  const auto task =
      make_sending(world.alice.store, world.alice.self->identity, world.bob.card(), world.alice.random);
  CHECK(task->offer(text(std::string(envelope::kContentBytesMax + 1, 'x'))).error().reason ==
        reasons::kTooLarge);
}

TEST_CASE("windows: neither too many nor too large messages are under way at once") {
  World world;
  world.post.hello.put_bytes_max = 4096;
  Texts words(300, std::string(100, 'w'));
  std::unique_ptr<Sending> task =
      make_sending(world.alice.store, world.alice.self->identity, world.bob.card(), world.alice.random);
  TestShell shell(*task, world.alice.id());
  shell.knows(world.post);
  std::size_t offered = 0;
  while (task->wants() > 0) REQUIRE(task->offer(text(words[offered++])).has_value());
  CHECK(offered == kInFlightMax);
  CHECK(task->offer(text("one more")).error().code == Errc::exhausted);
  shell.start();
  CHECK(shell.receipts.size() == kInFlightMax);
  while (offered < words.size()) REQUIRE(task->offer(text(words[offered++])).has_value());
  task->no_more();
  shell.run_to_the_end();
  CHECK(shell.receipts.size() == words.size());
  CHECK(shell.finished.value().has_value());
}

TEST_CASE("a newer card at the dispatcher is found, kept and used; an older or another's is not") {
  World world;
  const identity::SignedCard old_card = world.bob.card();
  ScriptedDispatcher second{51};
  SUBCASE("newer: another dispatcher, another sealing key") {
    use(world.bob, second);
    node::forget_dispatcher(world.bob.store, world.post.id(), {{}, kNow}).value();
    world.post.cards[world.bob.id()] = to_bytes(world.bob.card().bytes());
    Send send(world.alice, old_card, {"hello"});
    send.shell.knows(world.post);
    send.shell.knows(second);
    send.to_the_end();
    CHECK(send.shell.finished.value().has_value());
    CHECK(world.post.puts == 0);
    CHECK(received(world.bob, second) == Texts{"hello"});
    CHECK(find_contact(world.alice.store, "bob").value().cards[0] == world.bob.card());
  }
  SUBCASE("mallory's card under bob's name") {
    TestNode mallory(6, "bob");
    world.post.cards[world.bob.id()] = to_bytes(mallory.card().bytes());
    Send send(world, {"hello"});
    send.to_the_end();
    CHECK(send.shell.finished.value().has_value());
    CHECK(received(world.bob, world.post) == Texts{"hello"});
    CHECK(find_contact(world.alice.store, "bob").value().cards[0] == old_card);
  }
  SUBCASE("revoked: nothing is sent") {
    world.post.cards[world.bob.id()] =
        to_bytes(identity::SignedCard::revoke(world.bob.self->identity.signature_key(), {}).value().bytes());
    Send send(world, {"hello"});
    send.to_the_end();
    CHECK(send.reason() == reasons::kRevoked);
    CHECK(world.post.puts == 0);
    CHECK(find_contact(world.alice.store, "bob").value().cards[0].revocation().has_value());
  }
}

TEST_CASE("a sealing key past its end is not used, and the person is told") {
  World world;
  Send send(world, {"hello"});
  send.shell.at.wall = kNow + kSealingKeyLife + std::chrono::seconds(1);
  send.to_the_end();
  CHECK(send.reason() == reasons::kSealingKeyExpired);
  CHECK(world.post.puts == 0);
  CHECK(outbox(world.alice.store).value().empty());
}

TEST_CASE("two dispatchers: a copy at each; one of them is enough") {
  World world;
  ScriptedDispatcher second{51};
  use(world.bob, second);
  world.post.cards[world.bob.id()] = to_bytes(world.bob.card().bytes());
  Send send(world.alice, world.bob.card(), {"hello"});
  send.shell.knows(world.post);
  SUBCASE("both") {
    send.shell.knows(second);
    send.to_the_end();
    CHECK(send.shell.receipts.at(0).stored_at.size() == 2);
  }
  SUBCASE("one is down") {
    send.shell.knows(second, Reach::down);
    send.to_the_end();
    CHECK(send.shell.receipts.at(0).stored_at == std::vector{world.post.id()});
  }
  SUBCASE("one is lost with the put on its way") {
    send.shell.knows(second);
    send.shell.cut_after(second, 2, TestShell::LastFrame::lost);
    send.shell.start();
    CHECK(send.shell.receipts.at(0).stored_at == std::vector{world.post.id()});
  }
  SUBCASE("one is full") {
    send.shell.knows(second);
    second.outcome = frame::OutcomeState::full;
    send.to_the_end();
    CHECK(send.shell.receipts.at(0).stored_at == std::vector{world.post.id()});
  }
  CHECK(send.shell.finished.value().has_value());
  CHECK(outbox(world.alice.store).value().empty());
}

TEST_CASE("a message for a dispatcher that the recipient left goes to the new one") {
  World world;
  Send first(world, {"hello"});
  first.shell.cut_after(world.post, 2, TestShell::LastFrame::lost);
  first.shell.start();
  first.shell.set_reach(world.post, Reach::down);
  first.shell.run_to_the_end();
  REQUIRE(outbox(world.alice.store).value().size() == 1);

  ScriptedDispatcher second{51};
  use(world.bob, second);
  node::forget_dispatcher(world.bob.store, world.post.id(), {{}, kNow}).value();
  Send flush(world.alice, world.bob.card(), {});
  flush.shell.knows(second);
  flush.to_the_end();
  CHECK(flush.shell.receipts.size() == 1);
  CHECK(flush.shell.finished.value().has_value());
  CHECK(outbox(world.alice.store).value().empty());
  CHECK(received(world.bob, second) == Texts{"hello"});
}

TEST_CASE("a store that fails ends the task; a counter and its message exist together or not at all") {
  for (std::size_t at = 1; at < 6; ++at) {
    CAPTURE(at);
    World world;
    Send send(world, {"one", "two"});
    SUBCASE("before") { world.alice.store.fails_at_write = world.alice.store.writes + at; }
    SUBCASE("at the commit") { world.alice.store.fails_at_commit = world.alice.store.writes + at; }
    send.to_the_end();
    const auto& state = world.alice.store.state();
    const Counter counted = state.counters.empty() ? 0 : state.counters.begin()->second;
    CHECK(counted == state.last_outgoing);
    if (!send.shell.finished.value().has_value()) CHECK(send.reason() == reasons::kDiskFull);

    TestNode again(world.alice, kHere, 77);
    Send retry(again, world.bob.card(), {"three"});
    retry.shell.knows(world.post);
    retry.to_the_end();
    CHECK(outbox(again.store).value().empty());
    const Texts texts = received(world.bob, world.post);
    CHECK(texts.back() == "three");
    CHECK(texts.size() == 1 + counted);
  }
}

TEST_CASE("nothing that a dispatcher sees names the sender, its message or its text") {
  World world;
  Send send(world, {"canary canary canary"});
  Bytes seen;
  send.shell.on_sent = [&](const NodeId&, ByteView frame) { append(seen, frame); };
  send.to_the_end();
  const auto contains = [&](ByteView needle) { return !std::ranges::search(seen, needle).empty(); };
  CHECK(contains(world.bob.id().view()));
  CHECK_FALSE(contains(world.alice.id().view()));
  CHECK_FALSE(contains(world.alice.self->identity.signature_key().public_key.bytes.view()));
  CHECK_FALSE(contains(as_bytes("alice")));
  CHECK_FALSE(contains(as_bytes("canary")));
  CHECK_FALSE(contains(send.shell.receipts.at(0).message_id.view()));
}

TEST_CASE("a card without a dispatcher cannot be sent to") {
  World world;
  TestNode carol(3, "carol");
  Send send(world.alice, carol.card(), {"hello"});
  send.to_the_end();
  CHECK(send.reason() == reasons::kNoDispatcher);
}
