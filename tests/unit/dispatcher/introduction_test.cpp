// Introduction boxes: docs/protocol/topic-log.md, "Introductions".

#include "log_world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::Shelf;
using frame::Until;

namespace {

const LogId kLog = log_named("log");
const EpochKey kKey(1);

struct Box {
  World world;
  Member alice;
  Member joiner;

  explicit Box(const dispatcher::Settings& settings = log_settings())
      : world(settings), alice(world, kLog), joiner(world, kLog, 2) {
    REQUIRE(alice.open(kKey) == AnswerStatus::done);
  }
  void read(frame::RequestId reading, Until until) {
    alice.read(kKey, reading, 0, until, Shelf::introductions, 10'000);
  }
  AnswerStatus release(std::vector<frame::LogNumber> numbers) {
    const frame::ReleaseIntroductions release{3, kLog, kKey.key(), std::move(numbers), {}};
    return world.ask<frame::Answer>(alice.link(), release).status;
  }
};

}  // namespace

TEST_CASE("an introduction reaches members that read, and stays until it is dealt with") {
  Box box;
  box.read(5, Until::closed);
  CHECK(box.alice.heard() == Texts{"(drained)"});
  box.joiner.introduce("a", "it is me");
  box.joiner.introduce("a", "it is me");
  CHECK(box.alice.heard() == Texts{"it is me"});
  box.read(6, Until::drained);
  CHECK(box.alice.heard() == Texts{"it is me", "(drained)"});
  CHECK(box.release({1, 7}) == AnswerStatus::done);
  CHECK(box.release({1}) == AnswerStatus::done);
  box.read(7, Until::drained);
  CHECK(box.alice.heard() == Texts{"(drained)"});
  CHECK(box.world.store.is_dirty);
}

TEST_CASE("who introduces himself hears the same, at once, whatever comes of it") {
  dispatcher::Settings settings = log_settings();
  settings.limits.introduction_box = {2, 20};
  Box box(settings);
  const auto introduced_at_once = [&](Member& who) {
    box.world.say(who.link(), frame::Introduce{9, kLog, submission_named("x"), 0, as_bytes("x"), {}});
    box.world.next<frame::Introduced>(who.link());
    box.world.settle();
  };
  Member elsewhere(box.world, log_named("none"));
  elsewhere.introduce("a", "nobody is here");
  introduced_at_once(box.joiner);
  box.joiner.introduce("b", std::string(20, 'x'));  // no room
  box.joiner.introduce("c", "y");
  introduced_at_once(box.joiner);
  box.joiner.introduce("d", "z");  // too many
  CHECK(box.world.dispatcher.counters().introductions_kept == 2);
  CHECK(box.world.dispatcher.counters().introductions_dropped == 4);  // the repeated one, too
  box.read(5, Until::drained);
  CHECK(box.alice.heard() == Texts{"x", "y", "(drained)"});
  CHECK(box.world.store.logs.logs.size() == 1);
}

TEST_CASE("introductions expire, as they say or at the latest when the dispatcher says") {
  dispatcher::Settings settings = log_settings();
  settings.limits.introduction_ttl_max = std::chrono::hours(2);
  Box box(settings);
  box.joiner.introduce("a", "short", 600);
  box.joiner.introduce("b", "long", 1'000'000);
  let_pass(box.world, std::chrono::hours(1));
  CHECK(box.world.store.logs.logs.at(kLog).introductions.size() == 1);
  Member bob(box.world, kLog);
  bob.prove(kKey);
  bob.read(kKey, 5, 0, Until::drained, Shelf::introductions, 10'000);
  CHECK(bob.heard() == Texts{"long", "(drained)"});
  let_pass(box.world, std::chrono::hours(1));
  CHECK(box.world.store.logs.logs.at(kLog).introductions.empty());
}

TEST_CASE("introductions from one place are bounded") {
  dispatcher::Settings settings = log_settings();
  settings.limits.source_rates[static_cast<std::size_t>(dispatcher::Spending::introductions)] = {1, 1};
  Box box(settings);
  box.joiner.introduce("a", "one");
  box.joiner.introduce("b", "two");
  Member(box.world, kLog, 3).introduce("c", "three");
  box.read(5, Until::drained);
  CHECK(box.alice.heard() == Texts{"one", "three", "(drained)"});
}

TEST_CASE("a store that fails drops an introduction, and the box has its room again") {
  dispatcher::Settings settings = log_settings();
  settings.limits.introduction_box = {1, 100};
  Box box(settings);
  box.world.say(box.joiner.link(), frame::Introduce{9, kLog, {}, 0, as_bytes("x"), {}});
  box.world.fail_one();
  box.world.next<frame::Introduced>(box.joiner.link());
  box.joiner.introduce("a", "again");
  box.read(5, Until::drained);
  CHECK(box.alice.heard() == Texts{"again", "(drained)"});
}
