// Conversations of two: begun with a claimed KeyPackage, accepted from an envelope.

#include "node/conversations.hpp"

#include <doctest/doctest.h>

#include "node/key_stock.hpp"
#include "node/outbox.hpp"
#include "node/topic_items.hpp"
#include "node/topic_task.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"
#include "topic/topic.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

using Texts = std::vector<std::string>;

TopicMaker maker_of(TestNode& node) { return {node.store, node.self->identity, node.random}; }

struct TwoPeople {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};

  TwoPeople() {
    use(bob, post);
    alice.knows("bob", bob.card());
    bob.knows("alice", alice.card());
  }
  Status run(Task& task, TestNode& node) {
    TestShell shell(task, node.id());
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    return shell.finished.value();
  }
  void receive(TestNode& node) {
    const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
    CHECK(run(*task, node).has_value());
  }
  std::size_t stock_of(TestNode& node) { return post.packages[node.id()].counts().at(0).stock; }

  Result<ClaimedKeyPackage> claim() {
    const auto task = make_claiming(alice.store, alice.self->identity, bob.card());
    TAUT_CHECK(run(*task, alice));
    return *task->claimed();
  }
  topic::LogOrder order() const { return {{as_dispatcher(*post.card).value()}}; }
  RowNumber begin(std::string_view name = "two") {
    return begin_conversation(maker_of(alice), std::string(name), bob.card(), claim().value(), order(),
                              {{}, kNow})
        .value();
  }
  /// Puts what is in alice's outbox, and takes it in at bob's.
  std::vector<RowNumber> deliver() {
    const auto sending = make_sending(alice.store, alice.self->identity, bob.card(), alice.random);
    sending->no_more();
    CHECK(run(*sending, alice).has_value());
    receive(bob);
    return take_welcomes(maker_of(bob), {{}, kNow}).value();
  }
  /// Online until nothing moves; says what is given.
  std::unique_ptr<TopicTask> online(TestNode& node, RowNumber topic, std::string_view words = {}) {
    auto task = make_topic_task(node.store, node.self->identity, node.random, topic);
    TestShell shell(*task, node.id());
    shell.knows(post);
    shell.start();
    if (!words.empty()) {
      const auto changed = task->change(
          [&](TopicChange& change) -> Status {
            TAUT_TRY(topic::Topic::Sealed sealed,
                     change.topic.seal({.body = to_bytes(as_bytes(words))}, change.now));
            return change.take(std::move(sealed.step));
          },
          shell.at);
      CHECK(changed.status.has_value());
      shell.carry_out(changed.effects);
      shell.run();
    }
    CHECK(task->is_current());
    shell.stop();
    return task;
  }
  Texts heard(TestNode& node, RowNumber topic) {
    Texts texts;
    for (const TopicItem& item : take_topic_items(node.store, topic, 99, kNow).value())
      if (const auto* message = std::get_if<TopicMessage>(&item.what))
        texts.emplace_back(as_text(message->body));
    return texts;
  }
  /// An envelope `welcome` of `sender` to bob, taken in.
  std::vector<RowNumber> welcome_from(const NodeId& sender, const Bytes& body) {
    bob.store
        .write([&](Transaction& transaction) -> Status {
          TAUT_CHECK(transaction.add_welcome({0, sender, kNow, body}));
          return {};
        })
        .value();
    return take_welcomes(maker_of(bob), {{}, kNow}).value();
  }
};

}  // namespace

TEST_CASE("a conversation is begun while the other is away, and both are heard in it") {
  TwoPeople two;
  two.receive(two.bob);
  const std::size_t own = two.bob.store.state().topics.key_packages.size();
  const RowNumber hers = two.begin();
  two.online(two.alice, hers, "hello bob");
  const std::vector<RowNumber> opened = two.deliver();
  REQUIRE(opened.size() == 1);
  const KnownTopic known = find_topic(two.bob.store, "alice").value();
  CHECK(known.number == opened[0]);
  CHECK(known.record.peer == two.alice.id());
  CHECK(find_topic(two.alice.store, "two").value().record.peer == two.bob.id());
  two.online(two.bob, opened[0], "hello alice");
  CHECK(two.heard(two.bob, opened[0]) == Texts{"hello bob"});
  two.online(two.alice, hers);
  CHECK(two.heard(two.alice, hers) == Texts{"hello alice"});
  CHECK(outbox(two.alice.store).value().empty());
  CHECK(two.bob.store.state().topics.key_packages.size() == own);  // one went, one was made in its place
  CHECK(two.stock_of(two.bob) == kKeyStockTarget);
}

TEST_CASE("the private half of a KeyPackage goes with the Welcome that used it") {
  TwoPeople two;
  two.receive(two.bob);
  two.begin();
  std::set<Bytes> before;
  for (const auto& [ref, package] : two.bob.store.state().topics.key_packages) before.insert(ref);
  two.deliver();
  std::size_t gone = 0;
  for (const Bytes& ref : before)
    if (!two.bob.store.state().topics.key_packages.contains(ref)) ++gone;
  CHECK(gone == 1);
}

TEST_CASE("who is let in by a last resort has new keys at once") {
  TwoPeople two;
  two.receive(two.bob);
  for (std::size_t left = kKeyStockTarget; left > 0; --left) REQUIRE(two.claim().has_value());
  const RowNumber hers = two.begin();
  const std::size_t own = two.bob.store.state().topics.key_packages.size();
  const auto opened = two.deliver();
  REQUIRE(opened.size() == 1);
  CHECK(two.bob.store.state().topics.key_packages.size() >= own);  // others may use it still
  const auto task = two.online(two.bob, opened[0]);
  CHECK(task->keeper().topic()->epoch() == 2);
  CHECK(two.online(two.alice, hers)->keeper().topic()->epoch() == 2);
}

TEST_CASE("nothing is kept of a conversation that could not be begun") {
  TwoPeople two;
  SUBCASE("nobody has left a KeyPackage") { CHECK(two.claim().error().reason == reasons::kNoKeyPackage); }
  SUBCASE("its name is taken") {
    two.receive(two.bob);
    two.begin("tea");
    const auto again = begin_conversation(maker_of(two.alice), "tea", two.bob.card(), two.claim().value(),
                                          two.order(), {{}, kNow});
    CHECK(again.error().reason == reasons::kTopicExists);
    CHECK(topics(two.alice.store).value().size() == 1);
    CHECK(outbox(two.alice.store).value().size() == 1);
  }
  SUBCASE("a dispatcher gives another's KeyPackage") {
    two.receive(two.bob);
    const ClaimedKeyPackage claimed = two.claim().value();
    TestNode carol{3, "carol"};
    CHECK_FALSE(begin_conversation(maker_of(two.alice), "two", carol.card(), claimed, two.order(), {{}, kNow})
                    .has_value());
    CHECK(topics(two.alice.store).value().empty());
    CHECK(outbox(two.alice.store).value().empty());
  }
  SUBCASE("it cannot be stored") {
    two.receive(two.bob);
    const ClaimedKeyPackage claimed = two.claim().value();
    two.alice.store.fails_at_commit = two.alice.store.writes + 1;
    CHECK_FALSE(
        begin_conversation(maker_of(two.alice), "two", two.bob.card(), claimed, two.order(), {{}, kNow})
            .has_value());
    CHECK(topics(two.alice.store).value().empty());
    CHECK(outbox(two.alice.store).value().empty());
  }
}

TEST_CASE("a welcome is accepted from the contact who sent it, once, and from nobody else") {
  TwoPeople two;
  two.receive(two.bob);
  two.begin();
  const auto sending =
      make_sending(two.alice.store, two.alice.self->identity, two.bob.card(), two.alice.random);
  sending->no_more();
  REQUIRE(two.run(*sending, two.alice).has_value());
  two.receive(two.bob);
  REQUIRE(two.bob.store.state().topics.welcomes.size() == 1);
  const Bytes body = two.bob.store.state().topics.welcomes.begin()->second.body;
  SUBCASE("said by another contact") {
    two.bob.store.write([&](Transaction& transaction) { return transaction.erase_welcome(1); }).value();
    TestNode carol{3, "carol"};
    two.bob.knows("carol", carol.card());
    CHECK(two.welcome_from(carol.id(), body).empty());
    CHECK(topics(two.bob.store).value().empty());
  }
  SUBCASE("of a stranger") {
    remove_contact(two.bob.store, "alice").value();
    CHECK(take_welcomes(maker_of(two.bob), {{}, kNow}).value().empty());
    CHECK(topics(two.bob.store).value().empty());
  }
  SUBCASE("twice") {
    CHECK(take_welcomes(maker_of(two.bob), {{}, kNow}).value().size() == 1);
    CHECK(two.welcome_from(two.alice.id(), body).empty());
    CHECK(topics(two.bob.store).value().size() == 1);
  }
  SUBCASE("altered") {
    two.bob.store.write([&](Transaction& transaction) { return transaction.erase_welcome(1); }).value();
    Bytes altered = body;
    altered[altered.size() / 2] ^= 1;
    CHECK(two.welcome_from(two.alice.id(), altered).empty());
  }
}

TEST_CASE("the name here is the contact's, or what is free; a contact begins so many and no more") {
  TwoPeople two;
  for (std::size_t i = 0; i < kConversationsMax; ++i) {
    two.receive(two.bob);
    two.begin("talk " + std::to_string(i));
    CHECK(two.deliver().size() == 1);
  }
  CHECK(find_topic(two.bob.store, "alice").has_value());
  CHECK(find_topic(two.bob.store, "alice 2").has_value());
  CHECK(find_topic(two.bob.store, "alice " + std::to_string(kConversationsMax)).has_value());
  two.begin("one too many");
  CHECK(two.deliver().empty());
  CHECK(topics(two.bob.store).value().size() == kConversationsMax);
}

TEST_CASE("claiming goes on to the next dispatcher, and believes no card that is not the contact's") {
  TwoPeople two;
  ScriptedDispatcher second{51};
  const auto using_it = make_using(two.bob.store, two.bob.self->identity, *second.card);
  {
    TestShell shell(*using_it, two.bob.id());
    shell.knows(two.post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
  }
  const auto receiving =
      make_receiving(two.bob.store, two.bob.self->identity, two.bob.random, Stay::until_drained);
  {
    TestShell shell(*receiving, two.bob.id());
    shell.knows(two.post);
    shell.knows(second);
    shell.start();
    shell.run_to_the_end();
  }
  const auto task = make_claiming(two.alice.store, two.alice.self->identity, two.bob.card());
  TestShell shell(*task, two.alice.id());
  shell.knows(second);
  SUBCASE("the first cannot be reached") {
    shell.knows(two.post, Reach::down);
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.finished.value().has_value());
  }
  SUBCASE("the first has none") {
    shell.knows(two.post);
    two.post.packages.clear();
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.finished.value().has_value());
  }
  SUBCASE("the first says nothing") {
    shell.knows(two.post);
    two.post.is_mute = true;
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.finished.value().error().reason != reasons::kNoKeyPackage);
  }
  SUBCASE("a foreign card") {
    shell.knows(two.post);
    two.post.cards[two.bob.id()] = to_bytes(two.alice.card().bytes());
    shell.start();
    shell.run_to_the_end();
    CHECK(task->peer() == two.bob.card());
    CHECK(task->claimed().has_value());
  }
  CHECK(std::ranges::all_of(shell.callers, [](Caller one) { return one == Caller::anonymous; }));
}
