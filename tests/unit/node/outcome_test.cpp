#include <doctest/doctest.h>

#include "envelope/release.hpp"
#include "node/outbox.hpp"
#include "node/releases.hpp"
#include "node/sealer.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

using Outcomes = std::vector<Outcome>;

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() {
    use(bob, post);
    alice.knows("bob", bob.card());
  }
  void become_contacts() {
    use(alice, post);
    bob.knows("alice", alice.card());
  }
  void fetch() { fetch_for(bob); }
  void fetch_own() { fetch_for(alice); }
  void put_releases() {
    SendOptions options;
    options.pending = Pending::releases;
    const auto task = make_sending(bob.store, bob.self->identity, alice.card(), bob.random, options);
    task->no_more();
    TestShell shell(*task, bob.id());
    run(shell);
    CHECK(shell.receipts.empty());
  }
  void arrives_at_alice(TestNode& sender, envelope::Content content) {
    const identity::SignedCard to = alice.card();
    const auto seal = [&](Transaction& transaction) -> Status {
      const std::array dispatchers{post.id()};
      TAUT_TRY(OutgoingRow row, seal_into_outbox(transaction, {sender.self->identity, to, dispatchers},
                                                 std::move(content), {{}, kNow}, sender.random));
      post.store(alice.id(), row.envelope);
      return transaction.erase_outgoing(row.number);
    };
    sender.store.write(seal).value();
  }
  void fetch_for(TestNode& node) {
    const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
    TestShell shell(*task, node.id());
    run(shell);
  }
  void run(TestShell& shell) {
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    shell.finished.value().value();
  }
  std::vector<Waiting> waiting() { return outbox(alice.store).value(); }
};

/// Nothing in `words`: asks for what is in the outbox.
struct Send {
  std::unique_ptr<Sending> task;
  TestShell shell;

  Send(World& world, const SendOptions& options, std::initializer_list<std::string_view> words)
      : task(make_sending(world.alice.store, world.alice.self->identity, world.bob.card(), world.alice.random,
                          options)),
        shell(*task, world.alice.id()) {
    shell.knows(world.post);
    for (const std::string_view one : words) task->offer(text(one)).value();
    task->no_more();
  }
  Outcomes outcomes() const {
    Outcomes all;
    for (const Receipt& receipt : shell.receipts) all.push_back(receipt.outcome);
    return all;
  }
};

SendOptions until_released(std::optional<Duration> deadline = {}) {
  SendOptions options;
  options.handling.until = Until::released;
  options.release_deadline = deadline;
  return options;
}

SendOptions with_released() {
  SendOptions options;
  options.pending = Pending::all;
  return options;
}

SendOptions until_fetched() {
  SendOptions options;
  options.handling.until = Until::fetched;
  return options;
}

SendOptions kept_for(std::chrono::seconds ttl) {
  SendOptions options;
  options.handling.ttl = ttl;
  return options;
}

SendOptions online_only() {
  SendOptions options;
  options.handling.keep = Keep::online_only;
  return options;
}

}  // namespace

TEST_CASE("who waits for the release is told of every step, and asks less and less often") {
  World world;
  world.become_contacts();
  Send send(world, until_released(), {"one", "two"});
  send.shell.start();
  send.shell.pass(std::chrono::minutes(30));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::stored});
  CHECK_FALSE(send.shell.finished.has_value());
  CHECK(world.post.queries > 2 * 50);
  CHECK(world.post.queries < 2 * 80);
  CHECK(world.post.puts == 2);
  REQUIRE(world.waiting().size() == 2);
  CHECK(world.waiting()[0].stage == Stage::stored);

  world.fetch();
  send.shell.pass(std::chrono::seconds(29));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::stored, Outcome::fetched, Outcome::fetched});
  CHECK_FALSE(send.shell.finished.has_value());
  CHECK(world.waiting()[0].stage == Stage::fetched);

  world.put_releases();
  CHECK(world.post.puts == 3);  // one signature for both
  world.fetch_own();
  send.shell.pass(std::chrono::seconds(1));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::stored, Outcome::fetched, Outcome::fetched,
                                    Outcome::released, Outcome::released});
  CHECK(send.shell.finished.value().has_value());
  CHECK(world.waiting().empty());
  CHECK(
      world.alice.shown().empty());  // a release is nothing to read, and not one of those that come in order
  world.arrives_at_alice(world.bob, text("hi"));
  world.fetch_own();
  CHECK(world.alice.shown_texts() == std::vector<std::string>{"hi"});
}

TEST_CASE("who takes a dispatcher's word waits for no signature") {
  World world;
  Send send(world, until_fetched(), {"one"});
  send.shell.start();
  world.fetch();
  send.shell.pass(std::chrono::seconds(2));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::fetched});
  CHECK(send.shell.finished.value().has_value());
  CHECK(world.waiting().empty());
  CHECK(releases_waiting(world.bob.store).value().empty());
}

TEST_CASE("for strangers nothing is signed, and they wait a little for it") {
  World world;
  use(world.alice, world.post);
  Send send(world, until_released(), {"one"});
  send.shell.start();
  world.fetch();
  CHECK(releases_waiting(world.bob.store).value().empty());
  send.shell.run_to_the_end();
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::fetched});
  CHECK(send.shell.finished.value().error().reason == reasons::kNotReleased);
  REQUIRE(world.waiting().size() == 1);
  CHECK(world.waiting()[0].stage == Stage::fetched);
}

TEST_CASE("only the recipient can say that it has a message") {
  World world;
  world.become_contacts();
  TestNode carol{3, "carol"};
  Send send(world, until_released(), {"one"});
  send.shell.start();
  const std::array named{world.waiting()[0].message_id};
  const auto by = [&](TestNode& signer, TestNode& sender, const NodeId& to) {
    world.arrives_at_alice(sender,
                           envelope::sign_release(to, named, signer.self->identity.signature_key()).value());
    world.fetch_own();
    send.shell.pass(std::chrono::seconds(2));
  };
  by(carol, carol, world.alice.id());
  by(carol, world.bob, world.alice.id());
  by(world.bob, world.bob, carol.id());
  CHECK(send.outcomes() == Outcomes{Outcome::stored});
  CHECK(world.alice.shown().empty());
  by(world.bob, world.bob, world.alice.id());
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::released});
}

TEST_CASE("nobody who asks gets a signature for what was not taken in, and no contact of old") {
  World world;
  world.become_contacts();
  Send send(world, until_released(), {"one"});
  send.shell.start();
  SUBCASE("the same message twice is signed for once") {
    const Bytes envelope = world.post.inboxes[world.bob.id()].front().envelope;
    world.fetch();
    world.put_releases();
    world.post.store(world.bob.id(), envelope);
    world.fetch();
    CHECK(releases_waiting(world.bob.store).value().empty());
  }
  SUBCASE("what waits for a contact goes with it") {
    world.fetch();
    CHECK(releases_waiting(world.bob.store).value() == std::vector{world.alice.id()});
    remove_contact(world.bob.store, "alice").value();
    CHECK(releases_waiting(world.bob.store).value().empty());
  }
  SUBCASE("it is no message of ours that waits") {
    world.fetch();
    CHECK(outbox(world.bob.store).value().empty());
  }
}

TEST_CASE("who has waited long enough keeps the message in the outbox, and hears of it later") {
  World world;
  world.become_contacts();
  Send send(world, until_released(std::chrono::seconds(20)), {"one"});
  send.shell.start();
  send.shell.run_to_the_end();
  CHECK(send.outcomes() == Outcomes{Outcome::stored});
  CHECK(send.shell.finished.value().error().reason == reasons::kNotReleased);
  REQUIRE(world.waiting().size() == 1);

  Send early(world, {}, {});
  early.shell.start();
  early.shell.run_to_the_end();
  CHECK(early.shell.receipts.empty());
  CHECK(early.shell.finished.value().has_value());
  CHECK(world.waiting().size() == 1);
  CHECK(world.post.puts == 1);

  world.fetch();
  Send later(world, {}, {});
  later.shell.start();
  later.shell.run_to_the_end();
  CHECK(later.outcomes() == Outcomes{Outcome::fetched});
  CHECK(world.waiting().at(0).stage == Stage::fetched);

  world.put_releases();
  world.fetch_own();
  CHECK(world.waiting().at(0).stage == Stage::released);
  Send late(world, with_released(), {});
  late.shell.start();
  late.shell.run_to_the_end();
  CHECK(late.outcomes() == Outcomes{Outcome::released});
  CHECK(late.shell.receipts[0].origin == Origin::earlier_task);
  CHECK(world.waiting().empty());
  CHECK(world.post.puts == 2);  // the message, and the release
}

TEST_CASE("what was fetched and never signed for is kept for as long as anybody may sign") {
  World world;
  world.become_contacts();
  Send send(world, until_released(std::chrono::seconds(20)), {"one"});
  send.shell.start();
  world.fetch();
  send.shell.run_to_the_end();
  for (const auto& [days, left] : {std::pair{27, 1}, std::pair{29, 0}}) {
    Send later(world, {}, {});
    later.shell.at.wall = kNow + std::chrono::days(days);
    later.shell.start();
    later.shell.run_to_the_end();
    CHECK(later.shell.receipts.empty());
    CHECK(world.waiting().size() == static_cast<std::size_t>(left));
  }
}

TEST_CASE("what was signed for before its dispatcher was asked is not put again") {
  World world;
  world.become_contacts();
  Send send(world, until_released(std::chrono::seconds(20)), {"one"});
  send.shell.start();
  world.fetch();
  world.put_releases();
  world.fetch_own();
  const std::size_t puts = world.post.puts;
  Send later(world, with_released(), {});
  later.shell.start();
  later.shell.run_to_the_end();
  CHECK(later.outcomes() == Outcomes{Outcome::released});
  CHECK(world.post.puts == puts);
}

TEST_CASE("a row that was signed for is left to who waits for it") {
  World world;
  world.become_contacts();
  Send send(world, until_released(), {"one"});
  send.shell.start();
  world.fetch();
  world.put_releases();
  world.fetch_own();
  SUBCASE("by a task that nobody asked") {
    Send other(world, {}, {});
    other.shell.start();
    other.shell.run_to_the_end();
    CHECK(other.shell.receipts.empty());
  }
  SUBCASE("by another command that sends") {
    Send other(world, {}, {"two"});
    other.shell.start();
    other.shell.run_to_the_end();
    CHECK(other.outcomes() == Outcomes{Outcome::stored});
  }
  CHECK(world.waiting().size() == 1);
  send.shell.pass(std::chrono::seconds(30));
  CHECK(send.outcomes().back() == Outcome::released);
  CHECK(send.shell.finished.value().has_value());
}

TEST_CASE("who is not registered with a dispatcher does not say there who he is") {
  World world;
  const auto note = [&](std::uint64_t sequence) {
    const auto put = [&](Transaction& transaction) {
      return put_own_dispatcher(transaction, {*world.post.card, sequence});
    };
    world.alice.store.write(put).value();
  };
  SUBCASE("never was, or not any more") {
    note(0);
    Send send(world, {}, {"one"});
    send.shell.start();
    CHECK(send.shell.callers == std::vector{Caller::anonymous});
  }
  SUBCASE("is") {
    note(1);
    Send send(world, {}, {"one"});
    send.shell.start();
    CHECK(send.shell.callers == std::vector{Caller::identified});
  }
}

TEST_CASE("a fetching is asked for over a new link when the old one is lost") {
  World world;
  Send send(world, until_fetched(), {"one"});
  send.shell.start();
  send.shell.cut_now(world.post);
  world.fetch();
  send.shell.pass(std::chrono::minutes(1));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::fetched});
  CHECK(world.post.puts == 1);
}

TEST_CASE("a dispatcher that says expired, or has forgotten what it stored, ends the waiting") {
  World world;
  Send send(world, until_released(), {"one"});
  send.shell.start();
  world.post.outcome = frame::OutcomeState::expired;
  SUBCASE("expired") {}
  SUBCASE("forgotten") { world.post.outcome = frame::OutcomeState::unknown; }
  send.shell.pass(std::chrono::minutes(1));
  CHECK(send.outcomes() == Outcomes{Outcome::stored, Outcome::expired});
  CHECK(send.shell.finished.value().error().reason == reasons::kExpired);
  CHECK(world.waiting().empty());
}

TEST_CASE("what a stranger sends is taken, and nothing more is waited for") {
  World world;
  world.post.outcome = frame::OutcomeState::taken;
  Send send(world, until_released(), {"one"});
  send.shell.start();
  CHECK(send.outcomes() == Outcomes{Outcome::taken});
  CHECK(send.shell.finished.value().has_value());
  CHECK(world.waiting().empty());
}

TEST_CASE("a message is kept for the time its sender gives it, counted from its sealing") {
  World world;
  Send send(world, kept_for(std::chrono::hours(1)), {"one"});
  SUBCASE("put at once") {
    send.shell.start();
    CHECK(world.post.lifetimes_s == std::vector<std::uint32_t>{3600});
  }
  SUBCASE("put again after ten minutes") {
    send.shell.cut_after(world.post, 2, TestShell::LastFrame::lost);
    send.shell.start();
    send.shell.set_reach(world.post, Reach::down);
    send.shell.run_to_the_end();
    REQUIRE(world.waiting().size() == 1);
    CHECK(world.waiting()[0].expires == kNow + std::chrono::hours(1));
    Send again(world, {}, {});
    again.shell.at.wall = kNow + std::chrono::minutes(10);
    again.shell.start();
    CHECK(world.post.lifetimes_s.back() == 3000);
    CHECK(again.outcomes() == Outcomes{Outcome::stored});
  }
  SUBCASE("its time is over before it could be put") {
    send.shell.cut_after(world.post, 2, TestShell::LastFrame::lost);
    send.shell.start();
    send.shell.set_reach(world.post, Reach::down);
    send.shell.run_to_the_end();
    const std::size_t puts = world.post.puts;
    Send again(world, {}, {});
    again.shell.at.wall = kNow + std::chrono::hours(2);
    again.shell.start();
    again.shell.run_to_the_end();
    CHECK(again.outcomes() == Outcomes{Outcome::expired});
    CHECK(world.post.puts == puts);
    CHECK(world.waiting().empty());
  }
}

TEST_CASE("what is for now alone is relayed or declined, and never put again") {
  World world;
  Send send(world, online_only(), {"now"});
  SUBCASE("relayed") {
    world.post.outcome = frame::OutcomeState::released;
    send.shell.start();
    CHECK(send.outcomes() == Outcomes{Outcome::fetched});
  }
  SUBCASE("nobody there") {
    world.post.outcome = frame::OutcomeState::declined;
    send.shell.start();
    CHECK(send.outcomes() == Outcomes{Outcome::declined});
    CHECK(send.shell.finished.value().error().reason == reasons::kDeclined);
  }
  SUBCASE("the link is lost with it") {
    send.shell.cut_after(world.post, 2, TestShell::LastFrame::unanswered);
    send.shell.start();
    send.shell.run_to_the_end();
    CHECK(send.outcomes() == Outcomes{Outcome::declined});
  }
  CHECK(world.post.keeps == std::vector{frame::Keep::online_only});
  CHECK(world.waiting().empty());
}

TEST_CASE("what was for then is not sent by a later command") {
  World world;
  {
    Send crashed(world, online_only(), {"then"});
    world.post.is_mute = false;
    crashed.shell.on_sent = [&](const NodeId&, ByteView frame) {
      if (frame[0] == static_cast<Byte>(frame::Type::put)) world.post.is_mute = true;
    };
    crashed.shell.start();
  }
  REQUIRE(world.waiting().size() == 1);
  world.post.is_mute = false;
  Send later(world, {}, {"now"});
  later.shell.start();
  later.shell.run_to_the_end();
  CHECK(later.outcomes() == Outcomes{Outcome::stored});
  CHECK(world.post.puts == 2);
  CHECK(world.waiting().empty());
}
