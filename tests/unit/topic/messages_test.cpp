// Messages in a topic with a log: each once, in order, to those who were there.

#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;

TEST_CASE("three people talk over a log") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  REQUIRE(in_step(world, {"alice", "bob", "carol"}));
  CHECK(world["bob"].topic->members().size() == 3);
  world.say("alice", "one");
  world.say("bob", "two");
  world.say("alice", "three");
  world.settle();
  CHECK(world["carol"].heard == Texts{"one", "two", "three"});
  CHECK(world["bob"].heard == Texts{"one", "three"});
  CHECK(world["alice"].count<Acknowledged>() == 2);
  CHECK(world["alice"].topic->outbox_count() == 0);
  CHECK(world["carol"].gaps == 0);
}

TEST_CASE("messages carry their type, time and life; the topic has a default for that") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.take(world["alice"], world["alice"].topic->set({.expires = std::chrono::hours(24)}, world.now));
  world.run(std::chrono::seconds(3));
  auto sealed = must(
      world["alice"].topic->seal({ContentType::bytes, Bytes{1, 2}, std::chrono::seconds(600)}, world.now));
  const MessageId message_id = sealed.message_id;
  world.apply(world["alice"], std::move(sealed.step));
  world.settle();
  const auto* received = world["bob"].last<MessageReceived>();
  REQUIRE(received != nullptr);
  CHECK(received->message_id == message_id);
  CHECK(received->type == ContentType::bytes);
  CHECK(received->said_at == world.now.wall);
  CHECK(received->erase_at == *world.now.wall + std::chrono::seconds(600));
  world.say("alice", "as the topic says");
  world.settle();
  CHECK(world["bob"].last<MessageReceived>()->expires == std::chrono::hours(24));
}

TEST_CASE("what is too long, or too much, is refused, and leaves no trace") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  CHECK(reason_of(world["alice"].topic->seal({.body = Bytes(kContentBytesMax + 1)}, world.now)) ==
        "too_large");
  world["alice"].is_cut_off = true;
  std::size_t kept = 0;
  while (kept <= kOutboxCountMax) {
    auto sealed = world["alice"].topic->seal({.body = Bytes(kContentBytesMax)}, world.now);
    if (!sealed) break;
    world.apply(world["alice"], std::move(sealed->step));
    ++kept;
  }
  CHECK(kept == kOutboxBytesMax / kContentBytesMax - 1);
  CHECK(world["alice"].topic->outbox_count() == kept);
}

TEST_CASE("names and times that do not fit are refused where they are given") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Topic& topic = *world["alice"].topic;
  constexpr std::chrono::seconds kTooLong{std::int64_t{1} << 32};
  for (const SettingsChange& change :
       {SettingsChange{.name = "two\nlines"}, SettingsChange{.name = std::string(65, 'a')},
        SettingsChange{.name = "\xff"}, SettingsChange{.expires = kTooLong},
        SettingsChange{.expires = std::chrono::seconds(-1)}}) {
    const auto refused = topic.set(change, world.now);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == Errc::malformed);
    NewTopic options = world.new_topic({"alice"});
    options.name = change.name.value_or("");
    options.expires = change.expires.value_or(std::chrono::seconds(0));
    const auto not_begun = Topic::create(world["alice"].surroundings(), options, world.now);
    REQUIRE_FALSE(not_begun.has_value());
    CHECK(not_begun.error().code == Errc::malformed);
  }
  CHECK_FALSE(topic.seal({.body = Bytes(1), .expires = kTooLong}, world.now).has_value());
  CHECK(topic.seal({.body = Bytes(1), .expires = kTooLong - std::chrono::seconds(1)}, world.now).has_value());
}

TEST_CASE("a log is read in its order, each position once") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.say("alice", "one");
  const Bytes entry = world.log.back();
  const std::uint64_t next = world["bob"].topic->cursor() + 1;
  CHECK(reason_of(world["bob"].topic->open(entry, next + 1, world.now)) == "out_of_order");
  world.settle();
  const Step again = must(world["bob"].topic->open(entry, next, world.now));
  CHECK(again.events.empty());
  CHECK(again.changes.empty());
  CHECK(world["bob"].heard == Texts{"one"});
}
