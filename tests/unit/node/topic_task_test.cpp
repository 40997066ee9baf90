// A topic and its log: keys that open it, epoch by epoch.

#include "node/topic_task.hpp"

#include <doctest/doctest.h>

#include "node/topics.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct LogWorld {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  RowNumber number;

  LogWorld() : number(create_topic(maker(), "tea", at_post(), {{}, kNow}).value()) {}
  TopicMaker maker() { return {alice.store, alice.self->identity, alice.random}; }
  topic::NewTopic at_post() const {
    topic::NewTopic options;
    options.order = topic::LogOrder{{as_dispatcher(*post.card).value()}};
    return options;
  }
};

struct Online {
  std::unique_ptr<TopicTask> task;
  TestShell shell;

  explicit Online(LogWorld& world)
      : task(
            make_topic_task(world.alice.store, world.alice.self->identity, world.alice.random, world.number)),
        shell(*task, world.alice.id()) {
    shell.knows(world.post);
    shell.start();
  }
  std::uint64_t epoch() const { return task->keeper().topic()->epoch(); }
  void update() {
    const auto changed = task->change(
        [](TopicChange& change) { return change.take(change.topic.update(change.now)); }, shell.at);
    REQUIRE(changed.status.has_value());
    shell.carry_out(changed.effects);
    shell.run();
  }
};

}  // namespace

TEST_CASE("a topic climbs to the epoch that its commit begins") {
  LogWorld world;
  Online online(world);
  CHECK(online.task->is_current());
  online.update();
  CHECK(online.epoch() == 1);
  CHECK(online.task->is_current());
  CHECK(world.post.logs.names == 0);
}

TEST_CASE("a key whose naming was lost is named again under the key before, once") {
  LogWorld world;
  world.post.logs.forgets_candidates = true;
  SUBCASE("and is taken then") {
    Online online(world);
    online.update();
    CHECK(online.epoch() == 1);
    CHECK(online.task->is_current());
    CHECK(world.post.logs.names == 1);
    CHECK(online.shell.hang_ups == 0);
  }
  SUBCASE("also when the key before is asked for with it, later") {
    world.post.logs.forgets_names = true;
    {
      Online online(world);
      online.update();
    }
    world.post.logs.forgets_names = false;
    Online online(world);
    CHECK(online.task->is_current());
    CHECK(online.shell.hang_ups == 0);
  }
  SUBCASE("and given up when that does not help") {
    world.post.logs.forgets_names = true;
    Online online(world);
    online.update();
    CHECK_FALSE(online.task->is_current());
    CHECK(world.post.logs.names == 1);
    CHECK(online.shell.hang_ups == 1);
    CHECK(online.task->failure().reason == reasons::kLogGone);
  }
}

TEST_CASE("what comes of a reading that was ended gives its credit back") {
  LogWorld world;
  Online online(world);
  world.post.logs.late_entry = Bytes(100);
  online.update();
  online.update();
  REQUIRE(online.epoch() == 2);
  CHECK(world.post.logs.entry_cost > 100);
  CHECK(world.post.credit_bytes == world.post.logs.entry_cost);
}
