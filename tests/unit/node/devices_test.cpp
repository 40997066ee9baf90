#include <doctest/doctest.h>

#include "node/device_viewers.hpp"
#include "node/listing.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

NodeId node_numbered(std::size_t number) {
  NodeId id;
  id.fill()[0] = static_cast<Byte>(number);
  id.fill()[1] = static_cast<Byte>(number >> 8);
  return id;
}

frame::Device device(const NodeId& node, std::uint64_t messages = 0) {
  frame::Device one;
  one.node = node;
  one.messages = messages;
  return one;
}

void show_to(TestNode& node, const std::vector<NodeId>& viewers, Sight sight = Sight::shown) {
  REQUIRE(node.store.write([&](Transaction& transaction) { return set_sight(transaction, viewers, sight); }));
}

std::vector<NodeId> viewers_of(TestNode& node) {
  std::vector<NodeId> viewers;
  node.store
      .read([&](Transaction& transaction) -> Status {
        TAUT_TRY(viewers, device_viewers(transaction));
        return {};
      })
      .value();
  return viewers;
}

void use(TestNode& node, ScriptedDispatcher& dispatcher) {
  const auto task = make_using(node.store, node.self->identity, *dispatcher.card);
  TestShell shell(*task, node.id());
  shell.knows(dispatcher);
  shell.start();
  shell.run_to_the_end();
  REQUIRE(shell.finished.value());
}

}  // namespace

TEST_CASE("a node tells its dispatchers its name, how long it is up, and who may see it") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  show_to(bob, {node_numbered(9), node_numbered(3)});
  use(bob, post);
  CHECK(post.reports.at(bob.id()).name == "bob");
  CHECK(post.reports.at(bob.id()).uptime_s == 0);
  CHECK(post.reports.at(bob.id()).viewers == std::vector{node_numbered(3), node_numbered(9)});

  const auto task = make_receiving(bob.store, bob.self->identity, bob.random, Stay::for_more);
  TestShell shell(*task, bob.id());
  shell.knows(post);
  shell.start();
  shell.run();
  CHECK(post.reports.at(bob.id()).uptime_s == 1);
  shell.stop();
}

TEST_CASE("viewers are a set, and so many at most") {
  TestNode bob(2, "bob");
  CHECK(viewers_of(bob).empty());
  show_to(bob, {node_numbered(2), node_numbered(1), node_numbered(2)});
  CHECK(viewers_of(bob) == std::vector{node_numbered(1), node_numbered(2)});
  show_to(bob, {node_numbered(2), node_numbered(7)}, Sight::hidden);
  CHECK(viewers_of(bob) == std::vector{node_numbered(1)});
  std::vector<NodeId> many;
  for (std::size_t number = 1; number <= frame::kViewersMax + 1; ++number)
    many.push_back(node_numbered(number));
  CHECK(bob.store.write([&](Transaction& transaction) { return set_sight(transaction, many, Sight::shown); })
            .error()
            .reason == reasons::kFull);
  many.pop_back();
  show_to(bob, many);
  CHECK(viewers_of(bob) == many);
}

TEST_CASE("listing asks every dispatcher for the node itself and its contacts") {
  ScriptedDispatcher post{50};
  ScriptedDispatcher other{51};
  TestNode bob(2, "bob");
  TestNode carol(3, "carol");
  use(bob, post);
  const auto second = make_using(bob.store, bob.self->identity, *other.card);
  TestShell using_second(*second, bob.id());
  using_second.knows(post);
  using_second.knows(other);
  using_second.start();
  using_second.run_to_the_end();
  bob.knows("carol", carol.card());
  post.devices = {device(bob.id(), 1), device(carol.id(), 2), device(node_numbered(1), 3)};
  other.devices = {device(bob.id(), 4)};

  const auto task = make_listing(bob.store, bob.self->identity);
  TestShell shell(*task, bob.id());
  shell.knows(post);
  shell.knows(other);
  std::size_t expected = 3;
  SUBCASE("all of them") {}
  SUBCASE("one is away") {
    shell.set_reach(other, Reach::down);
    expected = 2;
  }
  SUBCASE("none answers") {
    shell.set_reach(other, Reach::down);
    post.is_mute = true;
    expected = 0;
  }
  shell.start();
  shell.run_to_the_end();
  CHECK(shell.finished.value().has_value() == (expected > 0));
  const auto devices = task->devices();
  CHECK(devices.size() == expected);
  std::uint64_t messages = 0;
  for (const SeenDevice& one : devices) messages += one.device.messages;
  CHECK(messages == (expected == 3 ? 7 : expected == 2 ? 3 : 0));
}

TEST_CASE("listing asks again for what does not fit one question") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  use(bob, post);
  REQUIRE(bob.store.write([&](Transaction& transaction) -> Status {
    for (std::size_t number = 1; number <= 2 * frame::kListedMax; ++number)
      TAUT_CHECK(transaction.put_contact(
          {"contact " + std::to_string(number), Verification::unverified, {node_numbered(number)}}));
    return {};
  }));
  post.devices = {device(node_numbered(1)), device(node_numbered(2 * frame::kListedMax))};
  const auto task = make_listing(bob.store, bob.self->identity);
  TestShell shell(*task, bob.id());
  shell.knows(post);
  shell.start();
  shell.run_to_the_end();
  CHECK(task->devices().size() == 2);
  CHECK(post.listings == 3);
}

TEST_CASE("listing without a dispatcher says so") {
  TestNode bob(2, "bob");
  const auto task = make_listing(bob.store, bob.self->identity);
  TestShell shell(*task, bob.id());
  shell.start();
  CHECK(shell.finished.value().error().reason == reasons::kNoDispatcher);
}
