// A topic on a carrier without a log: joined, talked in, away and back; bounded, and stored before it is
// said.

#include "node/carrier_topic.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;
using std::chrono::seconds;

namespace {

TopicKeeper::Body says(std::string text) {
  return [text = std::move(text)](TopicChange& change) -> Status {
    TAUT_TRY(topic::Topic::Sealed sealed,
             change.topic.seal({topic::ContentType::text, to_bytes(as_bytes(text)), {}}, change.now));
    return change.take(std::move(sealed.step));
  };
}

/// A participant, and what its carrier took.
struct End {
  End(std::uint64_t seed, std::string name) : node(seed, std::move(name)) {}

  TopicMaker maker() { return {node.store, node.self->identity, node.random}; }
  void begin(const Moment& at) {
    topic::NewTopic options;
    options.order = topic::CommitterOrder{{node.id()}, seconds(30), {}};
    number = create_topic(maker(), "tea", options, at, TopicCarrier{}).value();
    load(at);
  }
  introduction::Locator invite(const Moment& at) {
    std::optional<introduction::Locator> link;
    topic
        ->change(
            [&](TopicChange& change) -> Status {
              TAUT_TRY(topic::Topic::Invited invited, change.topic.invite({}, change.now));
              link = std::move(invited.link);
              return change.take(std::move(invited.step));
            },
            at)
        .value();
    return std::move(*link);
  }
  void join(const introduction::Locator& link, const Moment& at) {
    number = join_topic(maker(), "tea", link, at, TopicCarrier{}).value();
    load(at);
  }
  void load(const Moment& at) {
    topic.emplace(node.store, node.self->identity, node.random, number);
    topic->refresh(at).value();
  }
  std::vector<Bytes> take_outgoing() {
    std::vector<Bytes> frames;
    for (; topic->outgoing() != nullptr; topic->pop_outgoing()) frames.push_back(topic->outgoing()->bytes);
    return frames;
  }
  std::vector<std::string> heard() {
    std::vector<std::string> texts;
    std::vector<RowNumber> numbers;
    for (const TopicItem& item : take_topic_items(node.store, number, 1000, kNow).value()) {
      numbers.push_back(item.number);
      if (const auto* const message = std::get_if<TopicMessage>(&item.what))
        texts.emplace_back(as_text(message->body));
    }
    mark_topic_items_shown(node.store, numbers).value();
    return texts;
  }

  TestNode node;
  RowNumber number = 0;
  std::optional<CarrierTopic> topic;
};

/// Two ends of one carrier, and a clock.
struct Wire {
  Wire() {
    alice.begin(at);
    alice.topic->on_up(at).value();
    bob.join(alice.invite(at), at);
    bob.topic->on_up(at).value();
  }
  void pass(End& from, End& to) {
    for (const Bytes& frame : from.take_outgoing())
      if (!is_cut) to.topic->on_frame(frame, at.now);
    to.topic->settle(at).value();
  }
  void run(seconds time) {
    const Duration step = std::chrono::milliseconds(100);
    for (Duration passed{0}; passed < time; passed += step) {
      at.now = at.now + step;
      for (End* const end : {&alice, &bob}) end->topic->tick(at).value();
      pass(alice, bob);
      pass(bob, alice);
    }
  }
  void together() {
    run(seconds(10));
    REQUIRE(bob.topic->keeper().topic() != nullptr);
    REQUIRE(alice.topic->keeper().topic()->members().size() == 2);
    alice.heard();
    bob.heard();
  }

  Moment at{Instant{seconds(1000)}, kNow};
  End alice{1, "alice"}, bob{2, "bob"};
  bool is_cut = false;
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("whoever is invited is let in over the carrier itself, and both talk") {
  Wire wire;
  CHECK(wire.bob.topic->keeper().phase() == TopicPhase::joining);
  wire.together();
  CHECK(topic_carrier(wire.bob.node.store, wire.bob.number).value()->kind == CarrierKind::pipe);
  wire.alice.topic->change(says("hello"), wire.at).value();
  wire.bob.topic->change(says("hello yourself"), wire.at).value();
  wire.run(seconds(3));
  CHECK(wire.bob.heard() == Texts{"hello"});
  CHECK(wire.alice.heard() == Texts{"hello yourself"});
  CHECK(wire.alice.topic->keeper().topic()->outbox_count() == 0);
}

TEST_CASE("what is said while the carrier is away goes out when it is back, each once") {
  Wire wire;
  wire.together();
  wire.alice.topic->on_down();
  wire.alice.topic->change(says("one"), wire.at).value();
  wire.alice.topic->change(says("two"), wire.at).value();
  CHECK(wire.alice.topic->outgoing() == nullptr);
  CHECK_FALSE(wire.alice.topic->is_current());
  wire.run(seconds(30));
  CHECK(wire.bob.heard().empty());
  wire.alice.topic->on_up(wire.at).value();
  CHECK(wire.alice.topic->outgoing() != nullptr);
  wire.run(seconds(3));
  CHECK(wire.bob.heard() == Texts{"one", "two"});
  CHECK(wire.alice.topic->is_current());
}

TEST_CASE("what a carrier loses comes again by itself") {
  Wire wire;
  wire.together();
  wire.is_cut = true;
  wire.alice.topic->change(says("lost at first"), wire.at).value();
  wire.run(seconds(5));
  CHECK(wire.bob.heard().empty());
  wire.is_cut = false;
  wire.run(seconds(20));
  CHECK(wire.bob.heard() == Texts{"lost at first"});
}

TEST_CASE("nothing is published that could not be stored") {
  Wire wire;
  wire.together();
  wire.alice.take_outgoing();
  wire.alice.node.store.fails_at_commit = wire.alice.node.store.writes + 1;
  CHECK_FALSE(wire.alice.topic->change(says("never"), wire.at).has_value());
  CHECK(wire.alice.topic->outgoing() == nullptr);
  wire.alice.node.store.fails_at_commit = 0;
  wire.alice.topic->refresh(wire.at).value();
  wire.run(seconds(5));
  CHECK(wire.bob.heard().empty());
}

TEST_CASE("a carrier that takes nothing is not buried: each entry waits once, and few of them") {
  Wire wire;
  wire.together();
  wire.alice.take_outgoing();
  for (int i = 0; i < 20; ++i) wire.alice.topic->change(says("m"), wire.at).value();
  for (int i = 0; i < 600; ++i) {
    wire.at.now = wire.at.now + seconds(1);
    wire.alice.topic->tick(wire.at).value();
  }
  std::set<SubmissionId> ids;
  std::size_t messages = 0;
  for (; wire.alice.topic->outgoing() != nullptr; wire.alice.topic->pop_outgoing()) {
    if (wire.alice.topic->outgoing()->kind != topic::EntryKind::message) continue;
    ids.insert(wire.alice.topic->outgoing()->id);
    ++messages;
  }
  CHECK(messages == 20);
  CHECK(ids.size() == 20);
}

TEST_CASE("what nobody in the topic wrote changes nothing, and costs no transaction") {
  Wire wire;
  wire.together();
  wire.run(seconds(30));
  const auto writes = wire.bob.node.store.writes;
  wire.bob.topic->on_frame(Bytes(600, 7), wire.at.now);
  wire.bob.topic->on_frame({}, wire.at.now);
  wire.bob.topic->on_frame(Bytes(topic::kEntryBytesMax + 1), wire.at.now);
  wire.bob.topic->settle(wire.at).value();
  CHECK(wire.bob.node.store.writes == writes);
}

TEST_CASE("what another process said goes out through who has the carrier") {
  Wire wire;
  wire.together();
  CarrierTopic other(wire.alice.node.store, wire.alice.node.self->identity, wire.alice.node.random,
                     wire.alice.number);
  other.refresh(wire.at).value();
  other.change(says("from beside"), wire.at).value();
  CHECK(other.outgoing() == nullptr);
  wire.alice.topic->refresh(wire.at).value();
  wire.run(seconds(3));
  CHECK(wire.bob.heard() == Texts{"from beside"});
}

TEST_CASE("a topic that was left is over once that was said") {
  Wire wire;
  wire.together();
  wire.bob.topic
      ->change([](TopicChange& change) { return change.take(change.topic.leave(change.now)); }, wire.at)
      .value();
  CHECK_FALSE(wire.bob.topic->is_over());
  wire.run(seconds(20));
  CHECK(wire.bob.topic->is_over());
  CHECK(wire.alice.topic->keeper().topic()->members().size() == 1);
}

TEST_CASE("how a broker is reached is kept with the topic, and erased with it") {
  End carol(3, "carol");
  std::optional<TopicCarrier> broker(std::in_place);
  broker->kind = CarrierKind::broker;
  broker->client_id = "0123456789abcdef";
  broker->user = "carol";
  broker->password = SecretBytes(as_bytes("sesame"));
  broker->ca_file = "/somewhere/ca.pem";
  topic::NewTopic options;
  options.order = topic::CommitterOrder{{carol.node.id()}, seconds(30), {}};
  const Moment at{{}, kNow};
  carol.number = create_topic(carol.maker(), "tea", options, at, broker).value();
  carol.load(at);
  const auto found = topic_carrier(carol.node.store, carol.number).value();
  REQUIRE(found.has_value());
  CHECK(found->kind == CarrierKind::broker);
  CHECK(found->client_id == broker->client_id);
  CHECK(found->user == "carol");
  CHECK(equal(found->password.expose(), as_bytes("sesame")));
  CHECK(found->ca_file == broker->ca_file);
  REQUIRE(forget_topic(carol.node.store, carol.number).has_value());
  CHECK_FALSE(topic_carrier(carol.node.store, carol.number).value().has_value());
}
