#include <doctest/doctest.h>

#include <random>

#include "node/outbox.hpp"
#include "node/sealer.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

using Texts = std::vector<std::string>;

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  World() { use(bob, post); }

  /// An envelope from `sender` to bob, with the next counter of its stream.
  Bytes sealed(TestNode& sender, std::string_view words) {
    Bytes envelope;
    const identity::SignedCard to = bob.card();
    sender.store
        .write([&](Transaction& transaction) -> Status {
          const std::array dispatchers{post.id()};
          TAUT_TRY(OutgoingRow row, seal_into_outbox(transaction, {sender.self->identity, to, dispatchers},
                                                     text(words), {{}, kNow}, sender.random));
          envelope = row.envelope;
          return transaction.erase_outgoing(row.number);
        })
        .value();
    return envelope;
  }
  void arrives(TestNode& sender, std::string_view words) { post.store(bob.id(), sealed(sender, words)); }
};

struct Receive {
  std::unique_ptr<Receiving> task;
  TestShell shell;
  Receive(TestNode& node, std::initializer_list<ScriptedDispatcher*> dispatchers,
          Stay stay = Stay::until_drained)
      : task(make_receiving(node.store, node.self->identity, node.random, stay)), shell(*task, node.id()) {
    for (ScriptedDispatcher* one : dispatchers) shell.knows(*one);
  }
  explicit Receive(World& world, Stay stay = Stay::until_drained) : Receive(world.bob, {&world.post}, stay) {}
  Receive& to_the_end() {
    shell.start();
    shell.run_to_the_end();
    return *this;
  }
};

Texts received(World& world) {
  Receive(world).to_the_end();
  return world.bob.shown_texts();
}

}  // namespace

TEST_CASE("messages are stored, released, and shown once, in order") {
  World world;
  for (int i = 0; i < 700; ++i) world.arrives(world.alice, std::to_string(i));
  Receive receive(world);
  receive.to_the_end();
  CHECK(receive.shell.finished.value().has_value());
  CHECK(receive.shell.drained == 1);
  CHECK(receive.task->counters().accepted == 700);
  CHECK(world.post.inboxes[world.bob.id()].empty());
  CHECK(world.post.releases < 20);
  const Texts texts = world.bob.shown_texts();
  REQUIRE(texts.size() == 700);
  for (int i = 0; i < 700; ++i) CHECK(texts[static_cast<std::size_t>(i)] == std::to_string(i));
  CHECK(world.bob.shown().empty());
  CHECK(received(world).empty());
}

TEST_CASE("an item shown but not marked comes again, and says so") {
  World world;
  world.arrives(world.alice, "hello");
  Receive(world).to_the_end();
  CHECK(take(world.bob.store, 10).value().at(0).delivery == Delivery::first);
  TestNode restarted(world.bob, kHere, 9);
  const std::vector<Item> again = take(restarted.store, 10).value();
  CHECK(again.at(0).delivery == Delivery::redelivered);
  const std::array numbers{again[0].number};
  mark_shown(restarted.store, numbers).value();
  CHECK(take(restarted.store, 10).value().empty());
}

TEST_CASE("nothing is released before it is committed") {
  World world;
  world.arrives(world.alice, "hello");
  Receive receive(world);
  SUBCASE("the disk is full") { world.bob.store.fails_at_write = world.bob.store.writes + 1; }
  SUBCASE("the commit fails") { world.bob.store.fails_at_commit = world.bob.store.writes + 1; }
  receive.to_the_end();
  CHECK(receive.shell.finished.value().error().reason == reasons::kDiskFull);
  CHECK(world.post.releases == 0);
  CHECK(world.post.inboxes[world.bob.id()].size() == 1);
  world.bob.store.fails_at_write = world.bob.store.fails_at_commit = 0;
  CHECK(received(world) == Texts{"hello"});
}

TEST_CASE("a link lost between commit and release: the message comes again and is not shown again") {
  World world;
  world.arrives(world.alice, "hello");
  Receive receive(world);
  receive.shell.on_sent = [&](const NodeId&, ByteView frame) {
    const bool is_release = frame[0] == static_cast<Byte>(frame::Type::release);
    if (is_release) receive.shell.cut_after(world.post, 1, TestShell::LastFrame::lost);
  };
  receive.to_the_end();
  CHECK(world.post.inboxes[world.bob.id()].size() == 1);
  CHECK(world.bob.shown_texts() == Texts{"hello"});
  Receive second(world);
  second.to_the_end();
  CHECK(second.task->counters().duplicates == 1);
  CHECK(world.post.inboxes[world.bob.id()].empty());
  CHECK(world.bob.shown().empty());
}

TEST_CASE("a dispatcher that replays, reorders, duplicates or forges changes nothing") {
  World world;
  for (const char* words : {"one", "two", "three"}) world.arrives(world.alice, words);
  Receive receive(world);
  const Bytes forged(600, 7);
  SUBCASE("reversed") {
    world.post.tamper = [](auto& queue) { std::ranges::reverse(queue); };
  }
  SUBCASE("each twice, under another number") {
    world.post.tamper = [](auto& queue) {
      const auto copy = queue;
      for (auto one : copy) queue.push_back({one.number + 1000, one.envelope});
    };
  }
  SUBCASE("forged ones in between, and altered copies") {
    world.post.tamper = [&](auto& queue) {
      if (queue.empty()) return;
      queue.push_front({900, forged});
      Bytes altered = queue.back().envelope;
      altered.back() ^= 1;
      queue.push_front({901, altered});
    };
  }
  receive.to_the_end();
  CHECK(receive.shell.finished.value().has_value());
  CHECK(world.bob.shown_texts() == Texts{"one", "two", "three"});

  // And the same again on the next day, from the start.
  World& replayed = world;
  CHECK(received(replayed).empty());
}

TEST_CASE("old messages replayed after they were released are duplicates, however late") {
  World world;
  const Bytes envelope = world.sealed(world.alice, "once");
  world.post.store(world.bob.id(), envelope);
  CHECK(received(world) == Texts{"once"});
  for (int i = 0; i < 3; ++i) {
    world.post.store(world.bob.id(), envelope);
    CHECK(received(world).empty());
    CHECK(world.post.inboxes[world.bob.id()].empty());
  }
  // Once the sealing key is gone with everything that was remembered, it cannot be opened.
  Moment later{{}, kNow + kSealingKeyRotation};
  for (int week = 0; week < 10; ++week) {
    open(world.bob.store, kHere, later, world.bob.random).value();
    Receive weekly(world);  // a dispatcher says what time it is
    weekly.shell.at.wall = later.wall;
    weekly.to_the_end();
    later.wall = *later.wall + kSealingKeyRotation;
  }
  CHECK(world.bob.store.state().seen.empty());
  CHECK(world.bob.store.state().streams.empty());
  world.post.store(world.bob.id(), envelope);
  Receive receive(world);
  receive.shell.at.wall = later.wall;
  receive.to_the_end();
  CHECK(receive.task->counters().unopened == 1);
  CHECK(world.bob.shown().empty());
}

TEST_CASE("envelopes that are not for us are dropped without a trace") {
  World world;
  TestNode carol(3, "carol");
  use(carol, world.post);
  Bytes for_carol;
  const identity::SignedCard to = carol.card();
  world.alice.store
      .write([&](Transaction& transaction) -> Status {
        TAUT_TRY(const OutgoingRow row, seal_into_outbox(transaction, {world.alice.self->identity, to, {}},
                                                         text("for carol"), {{}, kNow}, world.alice.random));
        for_carol = row.envelope;
        return {};
      })
      .value();
  world.post.store(world.bob.id(), for_carol);
  Receive receive(world);
  receive.to_the_end();
  CHECK(receive.task->counters().unopened == 1);
  CHECK(receive.task->counters().accepted == 0);
  CHECK(world.post.inboxes[world.bob.id()].empty());
  CHECK(world.bob.store.state().items.empty());
}

TEST_CASE("a missing message is waited for, then reported; when it comes after all it is shown as late") {
  World world;
  const Bytes one = world.sealed(world.alice, "one");
  const Bytes two = world.sealed(world.alice, "two");
  const Bytes three = world.sealed(world.alice, "three");
  const Bytes four = world.sealed(world.alice, "four");
  world.post.store(world.bob.id(), one);
  world.post.store(world.bob.id(), four);
  Receive receive(world);
  receive.shell.start();
  CHECK_FALSE(receive.shell.finished.has_value());
  CHECK(world.post.inboxes[world.bob.id()].empty());  // held messages are safe here
  CHECK(world.bob.shown_texts() == Texts{"one"});

  receive.shell.pass(kGapGrace);
  CHECK(receive.shell.finished.value().has_value());
  CHECK(world.bob.shown_texts() == Texts{"(1-2)", "four"});

  world.post.store(world.bob.id(), three);
  CHECK(received(world) == Texts{"three late"});
  world.post.store(world.bob.id(), two);
  world.post.store(world.bob.id(), three);
  CHECK(received(world) == Texts{"two late"});
  world.arrives(world.alice, "five");
  CHECK(received(world) == Texts{"five"});
}

TEST_CASE("a message that comes within the grace time closes the gap silently") {
  World world;
  const Bytes one = world.sealed(world.alice, "one");
  const Bytes two = world.sealed(world.alice, "two");
  world.post.store(world.bob.id(), two);
  Receive receive(world, Stay::for_more);
  receive.shell.start();
  receive.shell.pass(kGapGrace / 2);
  world.post.store(world.bob.id(), one);
  receive.shell.cut_now(world.post);  // the new subscription brings it
  receive.shell.pass(kGapGrace / 2);
  CHECK(world.bob.shown_texts() == Texts{"one", "two"});
  receive.shell.stop();
  CHECK(receive.shell.finished.value().has_value());
}

TEST_CASE("a gap waits for every dispatcher that can be reached, but not for ever") {
  World world;
  ScriptedDispatcher second{51};
  use(world.bob, second);
  const Bytes one = world.sealed(world.alice, "one");
  const Bytes two = world.sealed(world.alice, "two");
  world.post.store(world.bob.id(), two);
  Receive receive(world.bob, {&world.post, &second});
  SUBCASE("the other one has it") {
    second.store(world.bob.id(), one);
    receive.to_the_end();
    CHECK(world.bob.shown_texts() == Texts{"one", "two"});
  }
  SUBCASE("both have both") {
    world.post.store(world.bob.id(), one);
    second.store(world.bob.id(), one);
    second.store(world.bob.id(), two);
    receive.to_the_end();
    CHECK(world.bob.shown_texts() == Texts{"one", "two"});
    CHECK(receive.task->counters().duplicates == 2);
  }
  SUBCASE("the other one is away") {
    receive.shell.set_reach(second, Reach::down);
    receive.shell.start();
    receive.shell.pass(kGapGrace);
    CHECK(world.bob.shown_texts() == Texts{"(0-0)", "two"});
    CHECK(receive.shell.finished.value().has_value());
  }
  SUBCASE("the other one never says that it is drained") {
    second.forgets_to_drain = true;
    receive.shell.start();
    receive.shell.pass(kGapWaitMax - std::chrono::seconds(1));
    CHECK(world.bob.shown_texts().empty());
    receive.shell.pass(std::chrono::seconds(2));
    CHECK(world.bob.shown_texts() == Texts{"(0-0)", "two"});
  }
}

TEST_CASE("a gap that was waited for when the command ended is taken up by the next one") {
  World world;
  world.sealed(world.alice, "lost");
  world.arrives(world.alice, "two");
  {
    Receive receive(world);
    receive.shell.start();
    receive.shell.stop();
  }
  CHECK(world.bob.shown().empty());
  CHECK(received(world) == Texts{"(0-0)", "two"});
}

TEST_CASE("order holds per sender and stream, whatever else comes between") {
  World world;
  TestNode carol(3, "carol");
  std::vector<Bytes> from_alice;
  std::vector<Bytes> from_carol;
  for (int i = 0; i < 20; ++i) {
    from_alice.push_back(world.sealed(world.alice, "a" + std::to_string(i)));
    from_carol.push_back(world.sealed(carol, "c" + std::to_string(i)));
  }
  std::vector<Bytes> all = from_alice;
  all.insert(all.end(), from_carol.begin(), from_carol.end());
  std::mt19937_64 engine(5);
  std::ranges::shuffle(all, engine);
  for (const Bytes& one : all) world.post.store(world.bob.id(), one);
  const Texts texts = received(world);
  REQUIRE(texts.size() == 40);
  int next_a = 0;
  int next_c = 0;
  for (const std::string& one : texts) {
    int& next = one[0] == 'a' ? next_a : next_c;
    CHECK(one == one.substr(0, 1) + std::to_string(next++));
  }
}

TEST_CASE("a restored state begins a new stream: nothing is lost, nothing is taken for a replay") {
  World world;
  world.arrives(world.alice, "one");
  TestNode restored(world.alice, Bytes{9}, 123);  // from here on, alice and restored differ
  CHECK(restored.self->state_file == StateFile::moved);
  world.arrives(world.alice, "two");
  world.arrives(restored, "two of the copy");
  world.arrives(world.alice, "three");
  world.arrives(restored, "three of the copy");
  CHECK(received(world) == Texts{"one", "two", "two of the copy", "three", "three of the copy"});
}

TEST_CASE("two copies that do not know of each other: every message is shown, the reuse is said") {
  World world;
  world.arrives(world.alice, "one");
  TestNode copy(world.alice, kHere, 123);  // same place: the shell could not tell
  CHECK(copy.self->state_file == StateFile::as_left);
  world.arrives(world.alice, "two");
  world.arrives(copy, "two of the copy");
  world.arrives(copy, "three of the copy");
  world.arrives(world.alice, "three");
  CHECK(received(world) ==
        Texts{"one", "two", "two of the copy reused", "three of the copy", "three reused"});
}

TEST_CASE("two messages that wait under one counter are both shown") {
  World world;
  TestNode copy(world.alice, kHere, 123);
  const Bytes first = world.sealed(world.alice, "one");
  world.sealed(copy, "one of the copy");
  world.arrives(world.alice, "two");
  world.arrives(copy, "two of the copy");
  world.post.store(world.bob.id(), first);
  const Texts texts = received(world);
  CHECK(texts == Texts{"two of the copy reused", "one", "two"});
}

TEST_CASE("a stranger's card comes with the message; a contact's newer card is kept") {
  World world;
  use(world.alice, world.post);
  const auto send =
      make_sending(world.alice.store, world.alice.self->identity, world.bob.card(), world.alice.random);
  TestShell shell(*send, world.alice.id());
  shell.knows(world.post);
  REQUIRE(send->offer(text("hello")).has_value());
  SUBCASE("stranger") {
    send->no_more();
    shell.start();
    Receive(world).to_the_end();
    const auto items = world.bob.shown();
    const auto& message = std::get<Message>(items.at(0).what);
    REQUIRE(message.sender_card.has_value());
    CHECK(identity::SignedCard::parse(*message.sender_card).value() == world.alice.card());
  }
  SUBCASE("contact") {
    world.bob.knows("alice", world.alice.card());
    node::rename(world.alice.store, "alice in the kitchen", {{}, kNow}).value();
    send->no_more();
    shell.start();
    Receive(world).to_the_end();
    const auto items = world.bob.shown();
    CHECK_FALSE(std::get<Message>(items.at(0).what).sender_card.has_value());
    CHECK(find_contact(world.bob.store, "alice").value().cards[0].card().name == "alice in the kitchen");
  }
}

TEST_CASE("who stays connects again, with growing patience, and shows what comes") {
  World world;
  Receive receive(world, Stay::for_more);
  receive.shell.set_reach(world.post, Reach::down);
  receive.shell.start();
  receive.shell.pass(std::chrono::minutes(10));
  CHECK_FALSE(receive.shell.finished.has_value());
  CHECK(receive.shell.dials > 10);
  CHECK(receive.shell.dials < 25);
  receive.shell.set_reach(world.post, Reach::up);
  world.arrives(world.alice, "hello");
  receive.shell.pass(std::chrono::minutes(2));
  CHECK(world.bob.shown_texts() == Texts{"hello"});
  CHECK(receive.shell.drained == 1);
  receive.shell.stop();
}

TEST_CASE("who does not stay says why nothing could be fetched; what is stored can be shown all the same") {
  World world;
  Receive receive(world);
  SUBCASE("down") {
    receive.shell.set_reach(world.post, Reach::down);
    receive.to_the_end();
    CHECK(receive.shell.finished.value().error().reason == reasons::kUnreachable);
  }
  SUBCASE("another key at its address") {
    receive.shell.set_reach(world.post, Reach::impostor);
    receive.to_the_end();
    CHECK(receive.shell.finished.value().error().code == Errc::unauthentic);
  }
  SUBCASE("no dispatcher in use") {
    forget_dispatcher(world.bob.store, world.post.id(), {{}, kNow}).value();
    receive.to_the_end();
    CHECK(receive.shell.finished.value().error().reason == reasons::kNoDispatcher);
  }
}

TEST_CASE("a link without traffic is kept alive, and a silent dispatcher is noticed") {
  World world;
  Receive receive(world, Stay::for_more);
  std::size_t pings = 0;
  receive.shell.on_sent = [&](const NodeId&, ByteView frame) {
    pings += frame[0] == static_cast<Byte>(frame::Type::ping) ? 1 : 0;
  };
  receive.shell.start();
  receive.shell.pass(std::chrono::minutes(30));
  CHECK(receive.shell.dials == 1);
  CHECK(pings >= 30 * 60 / 90);
  world.post.is_mute = true;
  receive.shell.pass(std::chrono::minutes(3));
  CHECK(receive.shell.dials > 1);
  CHECK(receive.shell.hang_ups > 0);
  receive.shell.stop();
}

TEST_CASE("an old key is kept as long as one dispatcher still shows it to senders") {
  World world;
  ScriptedDispatcher second{51};
  use(world.bob, second);
  Receive publish(world.bob, {&world.post, &second});
  publish.to_the_end();
  const auto week = [&](int count) { return kNow + count * std::chrono::days(7); };
  const auto keys_after = [&](int weeks, Reach reach) {
    world.bob.reopen(week(weeks));
    Receive receive(world.bob, {&world.post});
    receive.shell.knows(second, reach);
    receive.shell.at.wall = week(weeks);
    receive.to_the_end();
    return world.bob.store.state().sealing_keys.begin()->first;
  };
  SUBCASE("both got the new card") {
    keys_after(1, Reach::up);
    CHECK(keys_after(3, Reach::up) == 1);
    CHECK(keys_after(4, Reach::up) == 2);
  }
  SUBCASE("one is away, and may show the old one") {
    keys_after(1, Reach::down);
    keys_after(3, Reach::down);
    CHECK(keys_after(6, Reach::down) == 1);  // 28 days and 14 days
    CHECK(keys_after(7, Reach::down) > 1);
  }
}

TEST_CASE("who stays for weeks rotates its sealing key, and the dispatcher gets every new card") {
  World world;
  world.post.hello.idle_s = 86400;
  Receive receive(world, Stay::for_more);
  receive.shell.start();
  const std::uint64_t before = world.bob.card().card().sequence;
  const auto first_key = world.bob.card().card().sealing_key;
  receive.shell.pass(std::chrono::days(30));
  CHECK(world.bob.card().card().sequence > before);
  CHECK(world.bob.card().card().sealing_key != first_key);
  CHECK(receive.shell.published.size() == 4);
  CHECK(world.post.cards.at(world.bob.id()) == to_bytes(world.bob.card().bytes()));
  // A key goes 15 days after every dispatcher had its successor: the newest three are left.
  CHECK(world.bob.store.state().sealing_keys.size() == 3);
  receive.shell.pass(std::chrono::days(30));
  CHECK(world.bob.store.state().sealing_keys.size() <= 4);
  receive.shell.stop();
}

TEST_CASE(
    "a store that cannot be read any more ends the task, at whichever read, and nothing is published after") {
  for (std::size_t reads = 1; reads <= 8; ++reads) {
    World world;
    ScriptedDispatcher second{51};
    ScriptedDispatcher third{52};
    use(world.bob, second);
    use(world.bob, third);
    leave_dispatcher(world.bob.store, third.id(), {{}, kNow}).value();
    for (ScriptedDispatcher* post : {&world.post, &second}) post->cards.erase(world.bob.id());
    Receive receive(world.bob, {&world.post, &second, &third}, Stay::for_more);
    receive.shell.start();
    rename(world.bob.store, "robert", receive.shell.at).value();
    world.bob.store.fails_at_read = world.bob.store.reads + reads;
    receive.shell.carry_out(receive.task->refresh(receive.shell.at));
    receive.shell.run();
    if (receive.shell.finished) CHECK(receive.shell.finished->error().reason == reasons::kStorage);
  }
}
