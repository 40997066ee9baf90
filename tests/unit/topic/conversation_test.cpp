// Conversations of two, from a claimed KeyPackage.

#include "introduction/leaf_certificate.hpp"
#include "world.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;

namespace {

struct Stock final : OwnKeyPackages {
  std::vector<mls::OwnKeyPackage> list;
  Result<mls::OwnKeyPackage> find(const mls::KeyPackageRef& ref) const override {
    for (const mls::OwnKeyPackage& one : list)
      if (one.ref == ref) return mls::OwnKeyPackage::copy_of(one);
    return mls::refuse(mls::errors::kMissingKeyPackage);
  }
};

/// A KeyPackage of this person, published.
Bytes publish(Person& who, Stock& stock, Time now) {
  stock.list.push_back(must(
      introduction::make_key_package(who.identity.signature_key(), {.sequence = now.wall->unix_ms},
                                     mls::lifetime_from(*now.wall, std::chrono::hours(24)), who.random)));
  return stock.list.back().message();
}

}  // namespace

TEST_CASE("two talk, and nobody else can have made the topic") {
  World world(World::Carrier::log);
  Person& alice = world.add("alice");
  Person& bob = world.add("bob");
  Person& eve = world.add("eve");
  Stock stock;
  const Bytes claimed = publish(bob, stock, world.now);
  CHECK(reason_of(converse(alice.surroundings(), world.new_topic({"alice"}), eve.id(), claimed, world.now)) ==
        "identity_mismatch");
  Conversation begun =
      must(converse(alice.surroundings(), world.new_topic({"alice"}), bob.id(), claimed, world.now));
  alice.topic = std::move(begun.topic);
  world.apply(alice, std::move(begun.step));
  world.say("alice", "first");
  world.reload(alice);

  CHECK(reason_of(accept(bob.surroundings(), stock, eve.id(), begun.welcome, world.now)) == "bad_welcome");
  Topic::Begun joined = must(accept(bob.surroundings(), stock, alice.id(), begun.welcome, world.now));
  bob.topic = std::move(joined.topic);
  world.apply(bob, std::move(joined.step));
  world.reload(bob);
  world.say("bob", "second");
  world.run(std::chrono::seconds(5));
  CHECK(bob.heard == Texts{"first"});
  CHECK(alice.heard == Texts{"second"});
  CHECK(in_step(world, {"alice", "bob"}));
}

TEST_CASE("a welcome into a topic with a third in it is no conversation") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "carol"});
  Person& bob = world.add("bob");
  Stock stock;
  const Bytes claimed = publish(bob, stock, world.now);
  CHECK_FALSE(accept(bob.surroundings(), stock, world["alice"].id(), claimed, world.now).has_value());
  world.begin_joining("bob", must(world["alice"].topic->invite({}, world.now)).link);
  CHECK_FALSE(accept(bob.surroundings(), stock, world["alice"].id(), world.recorded.back().second, world.now)
                  .has_value());
}

TEST_CASE("when both wrote first, one of the two stays, and nothing is lost") {
  World world(World::Carrier::log);
  Person& alice = world.add("alice");
  Person& bob = world.add("bob");
  Stock of_alice, of_bob;
  const Bytes alices = publish(alice, of_alice, world.now);
  const Bytes bobs = publish(bob, of_bob, world.now);
  Conversation hers =
      must(converse(alice.surroundings(), world.new_topic({"alice"}), bob.id(), bobs, world.now));
  Conversation his =
      must(converse(bob.surroundings(), world.new_topic({"bob"}), alice.id(), alices, world.now));
  CHECK(stays(hers.topic.id(), his.topic.id()) != stays(his.topic.id(), hers.topic.id()));
  CHECK_FALSE(stays(hers.topic.id(), hers.topic.id()));
  // Whoever's goes gets its messages back, to say them in the other.
  static_cast<void>(must(his.topic.seal({.body = to_bytes(as_bytes("hello"))}, world.now)));
  const Step given_up = must(his.topic.give_up(world.now));
  REQUIRE(given_up.events.size() == 2);
  CHECK(as_text(std::get<Unsent>(given_up.events[0]).body) == "hello");
  CHECK(his.topic.standing() == Standing::closed);
}
