// Topics in a node's state: what is kept of them, and who changes them.

#include "node/topics.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

const Moment kAt{{}, kNow};

topic::NewTopic alone(const TestNode& node) {
  topic::NewTopic options;
  options.order = topic::CommitterOrder{{node.id()}, std::chrono::seconds(30), {}};
  return options;
}

struct OneTopic {
  OneTopic() : number(create_topic(maker(), "tea", alone(node), kAt).value()) {}
  TopicMaker maker() { return {node.store, node.self->identity, node.random}; }
  TopicKeeper keeper() { return {node.store, node.self->identity, node.random, number}; }

  TestNode node{1, "alice"};
  RowNumber number;
};

Status say(TopicChange& change, std::string_view text) {
  TAUT_TRY(topic::Topic::Sealed sealed,
           change.topic.seal({topic::ContentType::text, to_bytes(as_bytes(text)), {}}, change.now));
  return change.take(std::move(sealed.step));
}

}  // namespace

TEST_CASE("a topic has a name that no other has, and can be forgotten") {
  OneTopic one;
  CHECK(create_topic(one.maker(), "tea", alone(one.node), kAt).error().reason == reasons::kTopicExists);
  CHECK(create_topic(one.maker(), "", alone(one.node), kAt).error().reason == reasons::kBadName);
  CHECK(create_topic(one.maker(), "two\nlines", alone(one.node), kAt).error().reason == reasons::kBadName);
  REQUIRE(rename_topic(one.node.store, "tea", "coffee").has_value());
  CHECK(find_topic(one.node.store, "tea").error().reason == reasons::kNoSuchTopic);
  CHECK(find_topic(one.node.store, "coffee").value().number == one.number);
  REQUIRE(forget_topic(one.node.store, one.number).has_value());
  CHECK(topics(one.node.store).value().empty());
  CHECK(one.keeper().refresh(kAt).error().reason == reasons::kNoSuchTopic);
}

TEST_CASE("what one keeper changed, another has before it changes anything") {
  OneTopic one;
  TopicKeeper first = one.keeper();
  TopicKeeper second = one.keeper();
  REQUIRE(second.refresh(kAt).has_value());
  const auto life = [](std::chrono::seconds expires) {
    return [expires](TopicChange& change) {
      topic::SettingsChange wanted;
      wanted.expires = expires;
      return change.take(change.topic.set(wanted, change.now));
    };
  };
  REQUIRE(first.change(kAt, life(std::chrono::seconds(60))).has_value());
  const std::uint64_t epoch = first.topic()->epoch();
  REQUIRE(second.change(kAt, [](TopicChange&) { return Status(); }).has_value());
  CHECK(second.topic()->epoch() == epoch);
  CHECK(second.topic()->settings().expires == first.topic()->settings().expires);
}

TEST_CASE("what could not be stored did not happen") {
  OneTopic one;
  TopicKeeper keeper = one.keeper();
  REQUIRE(keeper.refresh(kAt).has_value());
  one.node.store.fails_at_commit = one.node.store.writes + 1;
  CHECK_FALSE(keeper.change(kAt, [](TopicChange& change) { return say(change, "lost"); }).has_value());
  one.node.store.fails_at_commit = 0;
  REQUIRE(keeper.refresh(kAt).has_value());
  CHECK(keeper.topic()->outbox_count() == 0);
}

TEST_CASE("a topic in a copied state file says that it was copied, until it was loaded") {
  OneTopic one;
  TestNode copy(one.node, as_bytes("elsewhere"), 2);
  CHECK(find_topic(copy.store, "tea").value().record.copied == Copied::yes);
  CHECK(find_topic(one.node.store, "tea").value().record.copied == Copied::no);
  TopicKeeper keeper(copy.store, copy.self->identity, copy.random, one.number);
  REQUIRE(keeper.refresh(kAt).has_value());
  CHECK(keeper.topic()->standing() == topic::Standing::diverged);
  CHECK(find_topic(copy.store, "tea").value().record.copied == Copied::no);
}

TEST_CASE("items of a topic read back, are offered again until they were shown, and go in time") {
  OneTopic one;
  TopicMessage message;
  message.from = one.node.id();
  message.type = topic::ContentType::text;
  message.body = to_bytes(as_bytes("hello"));
  message.expires = std::chrono::seconds(5);
  message.erase_at = WallTime{kNow.unix_ms + 5000};
  const std::vector<TopicWhat> all{message, TopicGap{one.node.id(), 3, 2},
                                   TopicUnsent{{}, topic::ContentType::bytes, Bytes{1, 2}, "topic_closed"},
                                   TopicHappening{TopicNotice::joined, one.node.id(), one.node.id(), 7, "x"}};
  REQUIRE(one.node.store
              .write([&](Transaction& transaction) -> Status {
                for (const TopicWhat& what : all) TAUT_CHECK(keep_topic_item(transaction, one.number, what));
                return {};
              })
              .has_value());
  const auto first = take_topic_items(one.node.store, one.number, 9, kNow).value();
  REQUIRE(first.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(encode(first[i].what) == encode(all[i]));
    CHECK(first[i].delivery == Delivery::first);
  }
  const auto again = take_topic_items(one.node.store, one.number, 1, kNow).value();
  REQUIRE(again.size() == 1);
  CHECK(again.front().delivery == Delivery::redelivered);
  const auto late = take_topic_items(one.node.store, one.number, 9, WallTime{kNow.unix_ms + 5000}).value();
  CHECK(late.size() == all.size() - 1);
  std::vector<RowNumber> numbers;
  for (const TopicItem& item : late) numbers.push_back(item.number);
  REQUIRE(mark_topic_items_shown(one.node.store, numbers).has_value());
  CHECK(find_topic(one.node.store, "tea").value().item_count == 0);
}

TEST_CASE("a record of a topic that is damaged, or of a later version, is told apart") {
  const Bytes item = encode(TopicWhat(TopicHappening{TopicNotice::left, {}, {}, 1, {}}));
  for (std::size_t size = 0; size < item.size(); ++size)
    CHECK(parse_topic_item(ByteView(item).first(size)).error().reason == reasons::kDamagedState);
  Bytes later = item;
  later[0] = 2;
  CHECK(parse_topic_item(later).error().reason == reasons::kFutureState);
  const TopicRecord record{TopicPhase::joining, NodeId(), Copied::yes, 12};
  CHECK(parse_topic_record(encode(record)).value() == record);
}

TEST_CASE("a welcome that nobody waits for is dropped") {
  OneTopic one;
  REQUIRE(one.node.store
              .write([&](Transaction& transaction) -> Status {
                TAUT_CHECK(transaction.add_welcome({0, one.node.id(), kNow, Bytes{1, 2, 3}}));
                return {};
              })
              .has_value());
  CHECK(take_welcomes(one.maker(), kAt).value().empty());
  CHECK(one.node.store.state().topics.welcomes.empty());
}
