// Messages in chunks: docs/protocol/dispatcher.md, "Uploads".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::GoodbyeReason;
using frame::OutcomeState;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");
const Bytes kLarge = [] {
  Bytes bytes(3000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<Byte>(i * 7);
  return bytes;
}();

void begin(World& world, dispatcher::ConnectionId from, frame::RequestId request, std::size_t size = 3000) {
  SubmissionId submission;
  submission.fill()[0] = static_cast<Byte>(request);
  world.say(from, frame::Put{request,
                             kBob,
                             submission,
                             0,
                             {},
                             static_cast<std::uint32_t>(size),
                             {},
                             ByteView(kLarge).first(1000),
                             {}});
}

void go_on(World& world, dispatcher::ConnectionId from, frame::RequestId request, std::size_t offset,
           std::size_t size = 1000) {
  world.say(from, frame::PutChunk{request, static_cast<std::uint32_t>(offset),
                                  ByteView(kLarge).subspan(offset % 2000, size)});
}

}  // namespace

TEST_CASE("chunks become one message, uploads may interleave") {
  auto settings = small_settings();
  settings.limits.inbox_max.bytes = 5000;
  World world(settings);
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  begin(world, alice, 1);
  begin(world, alice, 2, 1001);
  go_on(world, alice, 1, 1000);
  go_on(world, alice, 2, 1000, 1);
  world.say(alice, frame::PutChunk{1, 2000, ByteView(kLarge).subspan(2000)});
  world.settle();
  CHECK(world.next<frame::Outcome>(alice).request == 2);
  CHECK(world.next<frame::Outcome>(alice).request == 1);
  CHECK(world.store.nodes.at(kBob).messages.at(2).body == kLarge);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
}

TEST_CASE("a message of the largest size goes in and comes out") {
  auto settings = small_settings();
  settings.limits.inbox_max.bytes = 4 << 20;
  World world(settings);
  world.add_node(kBob);
  const auto bob = world.connect(kBob);
  Bytes large(frame::kMessageBytesMax);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<Byte>(i ^ i >> 8);
  const ByteView all(large);
  world.say(
      bob, frame::Put{1, kBob, {}, 0, {}, frame::kMessageBytesMax, {}, all.first(frame::kChunkBytesMax), {}});
  for (std::size_t offset = frame::kChunkBytesMax; offset < all.size(); offset += frame::kChunkBytesMax) {
    const std::size_t size = std::min(frame::kChunkBytesMax, all.size() - offset);
    world.say(bob, frame::PutChunk{1, static_cast<std::uint32_t>(offset), all.subspan(offset, size)});
  }
  world.settle();
  CHECK(world.next<frame::Outcome>(bob).state == OutcomeState::stored);
  world.say(bob, frame::Subscribe{2, frame::Until::drained, 1, {}});
  world.settle();
  const auto first = world.next<frame::Delivery>(bob);
  CHECK(first.size == large.size());
  Bytes got = to_bytes(first.chunk);
  while (got.size() < first.size) {
    const auto more = world.next<frame::DeliveryChunk>(bob);
    REQUIRE(more.offset == got.size());
    append(got, more.chunk);
  }
  CHECK(got == large);
}

TEST_CASE("a chunk that leaves a gap, overlaps or goes beyond the end is a violation") {
  for (const auto& [offset, size] : {std::pair{1001UL, 10UL}, {999UL, 10UL}, {0UL, 10UL}, {1000UL, 2001UL}}) {
    CAPTURE(offset);
    World world;
    world.add_node(kBob);
    const auto alice = world.connect(kAlice);
    begin(world, alice, 1);
    world.say(alice, frame::PutChunk{1, static_cast<std::uint32_t>(offset), ByteView(kLarge).first(size)});
    CHECK(world.closed(alice) == GoodbyeReason::violation);
    CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
    world.settle();
    CHECK(world.store.nodes.at(kBob).messages.empty());
  }
}

TEST_CASE("chunks of an upload that is not there are ignored: it may have been refused") {
  World world;
  const auto alice = world.connect(kAlice);
  go_on(world, alice, 1, 1000);
  CHECK_FALSE(world.closed(alice).has_value());
}

TEST_CASE("two uploads may not share a request ID") {
  World world;
  const auto alice = world.connect(kAlice);
  begin(world, alice, 1);
  begin(world, alice, 1);
  CHECK(world.closed(alice) == GoodbyeReason::violation);
}

TEST_CASE("a message over the announced limit is a violation before a byte of it is kept") {
  auto settings = small_settings();
  settings.limits.message_bytes_max = 2999;
  World world(settings);
  const auto alice = world.connect(kAlice);
  begin(world, alice, 1, 0xffffffff);
  CHECK(world.closed(alice) == GoodbyeReason::violation);
  const auto carol = world.connect(node_named("carol"));
  begin(world, carol, 1, 3000);
  CHECK(world.closed(carol) == GoodbyeReason::violation);
  const auto dave = world.connect(node_named("dave"));
  begin(world, dave, 1, 2999);
  CHECK_FALSE(world.closed(dave).has_value());
}

TEST_CASE("only so many uploads at once; the next one is full for now, and its chunks are ignored") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  for (const frame::RequestId request : {1U, 2U, 3U}) begin(world, alice, request);
  const auto refused = world.next<frame::Outcome>(alice);
  CHECK(refused.request == 3);
  CHECK(refused.state == OutcomeState::full);
  go_on(world, alice, 3, 1000);
  CHECK_FALSE(world.closed(alice).has_value());
}

TEST_CASE("an upload is charged whole when it begins") {
  auto settings = small_settings();
  settings.limits.put_bytes_max = 5000;
  World world(settings);
  const auto alice = world.connect(kAlice);
  begin(world, alice, 1);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 3000 + frame::kPutCost);
  begin(world, alice, 2);
  CHECK(world.next<frame::Outcome>(alice).request == 2);
  world.disconnect(alice);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
}

TEST_CASE("an upload whose next chunk does not come is given up, and its outcome is unknown") {
  World world;
  world.add_node(kBob);
  const auto alice = world.connect(kAlice);
  begin(world, alice, 1);
  world.pass(25s);
  go_on(world, alice, 1, 1000);
  world.pass(25s);
  CHECK(world.frames_waiting(alice) == 0);
  world.pass(15s);
  CHECK(world.next<frame::Outcome>(alice).state == OutcomeState::unknown);
  CHECK(world.dispatcher.counters().buffered_put_bytes == 0);
  CHECK(world.dispatcher.counters().uploads_abandoned == 1);
  world.say(alice, frame::PutChunk{1, 2000, ByteView(kLarge).subspan(2000)});
  world.settle();
  CHECK(world.store.nodes.at(kBob).messages.empty());
}
