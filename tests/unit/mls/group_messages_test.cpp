// Application messages: each key opens one message, and only a genuine one spends it.

#include "group_world.hpp"
#include "mls/secret_tree.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

const ByteView kHello = as_bytes("hello");

}  // namespace

TEST_CASE("a message arrives, with who, when and what beside it") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const Bytes message = must(groups[0].protect(kHello, as_bytes("beside")));
  for (const std::size_t at : {1U, 2U}) {
    const ApplicationMessage got = opened(groups[at].receive(message, kNow));
    CHECK(got.sender == LeafIndex{0});
    CHECK(got.epoch == 1);
    CHECK(got.generation == 0);
    CHECK(got.credential == Credential::basic(as_bytes("alice")));
    CHECK(equal(got.data, kHello));
    CHECK(equal(got.authenticated_data, as_bytes("beside")));
  }
}

TEST_CASE("a tampered copy before the genuine message does not burn its key") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const Bytes message = must(groups[0].protect(kHello));
  const Bytes before = snapshot(groups[1]);
  for (std::size_t at = 0; at < message.size(); ++at) {
    Bytes tampered = message;
    tampered[at] ^= 0x01;
    CHECK_FALSE(groups[1].receive(tampered, kNow).has_value());
  }
  for (std::size_t size = 0; size < message.size(); ++size)
    CHECK_FALSE(groups[1].receive(ByteView(message).first(size), kNow).has_value());
  CHECK(snapshot(groups[1]) == before);
  CHECK(equal(opened(groups[1].receive(message, kNow)).data, kHello));
}

TEST_CASE("a replay is refused, and so is one's own message") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const Bytes message = must(groups[0].protect(kHello));
  must(groups[1].receive(message, kNow));
  const Bytes before = snapshot(groups[1]);
  CHECK(error_of(groups[1].receive(message, kNow)) == errors::kReplayed);
  CHECK(snapshot(groups[1]) == before);
  CHECK(error_of(groups[0].receive(message, kNow)) == errors::kOwnMessage);
}

TEST_CASE("messages may come in any order") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  std::vector<Bytes> messages;
  for (int i = 0; i < 20; ++i) messages.push_back(must(groups[0].protect(kHello)));
  for (const std::size_t at : {19U, 0U, 7U, 3U, 18U})
    CHECK(opened(groups[1].receive(messages[at], kNow)).generation == at);
}

TEST_CASE("a jump over the limit is refused at once, and changes nothing") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  std::vector<Bytes> messages;
  for (std::uint32_t i = 0; i <= kForwardJumpMax + 1; ++i)
    messages.push_back(must(groups[0].protect(kHello)));
  const Bytes before = snapshot(groups[1]);
  CHECK(error_of(groups[1].receive(messages[kForwardJumpMax + 1], kNow)) == errors::kJumpTooFar);
  CHECK(snapshot(groups[1]) == before);
  must(groups[1].receive(messages[kForwardJumpMax], kNow));
  must(groups[1].receive(messages[kForwardJumpMax + 1], kNow));
}

TEST_CASE("padding hides the size, and must be zeros") {
  World world;
  auto groups = world.group_of({"alice", "bob"}, {.padding_block_bytes = 256});
  const Bytes small = must(groups[0].protect(as_bytes("a")));
  const Bytes larger = must(groups[0].protect(as_bytes("as long as a sentence may well be")));
  CHECK(small.size() == larger.size());
  CHECK(opened(groups[1].receive(larger, kNow)).data.size() == 33);
}

TEST_CASE("errors tell group and epoch apart") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  Group other =
      must(Group::create(world.hooks(), world.client("eve"), GroupId(as_bytes("another")), kLifetime));
  CHECK(error_of(groups[1].receive(must(other.protect(kHello)), kNow)) == errors::kWrongGroup);

  const SentCommit sent = must(groups[0].commit({}, kNow));
  must(groups[0].merge_pending(kNow));
  const Bytes ahead = must(groups[0].protect(kHello));
  CHECK(error_of(groups[1].receive(ahead, kNow)) == errors::kFutureEpoch);
  must(groups[1].merge(staged(groups[1].receive(sent.commit, kNow)), kNow));
  CHECK(equal(opened(groups[1].receive(ahead, kNow)).data, kHello));
  CHECK(error_of(groups[1].receive(sent.commit, kNow)) == errors::kPastEpoch);
}

TEST_CASE("late messages of past epochs open: three epochs, one day") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  std::vector<Bytes> late;
  for (int epoch = 0; epoch < 5; ++epoch) {
    late.push_back(must(groups[0].protect(kHello)));
    const SentCommit sent = must(groups[0].commit({}, kNow));
    merge_all(groups[0], sent.commit, {&groups[1]});
  }
  CHECK(error_of(groups[1].receive(late[0], kNow)) == errors::kPastEpoch);
  CHECK(error_of(groups[1].receive(late[1], kNow)) == errors::kPastEpoch);
  CHECK(opened(groups[1].receive(late[2], kNow)).epoch == 3);
  CHECK(error_of(groups[1].receive(late[2], kNow)) == errors::kReplayed);

  REQUIRE(groups[1].next_deadline() == kNow.instant + std::chrono::hours(24));
  const Time tomorrow{kNow.instant + std::chrono::hours(24), std::nullopt};
  CHECK(error_of(groups[1].receive(late[3], tomorrow)) == errors::kPastEpoch);
  groups[1].tick(tomorrow);
  CHECK_FALSE(groups[1].next_deadline().has_value());
  CHECK(error_of(groups[1].receive(late[3], kNow)) == errors::kPastEpoch);
}

TEST_CASE("a late message is judged by who sat there then") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol"});
  const Bytes late = must(groups[1].protect(kHello));
  // Bob goes, Dave takes his leaf: Bob's late message still is Bob's.
  const SentCommit removal = must(groups[0].commit({.proposals = {{Remove{{1}}}}}, kNow));
  merge_all(groups[0], removal.commit, {&groups[2]});
  Group dave = add(world, groups[0], {&groups[2]}, world.client("dave"));
  REQUIRE(dave.own_leaf() == LeafIndex{1});
  CHECK(opened(groups[2].receive(late, kNow)).credential == Credential::basic(as_bytes("bob")));
  CHECK(error_of(dave.receive(late, kNow)) == errors::kPastEpoch);
}

TEST_CASE("whoever has seen a proposal commits before sending data") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const SentProposal update = must(groups[1].propose_update());
  must(groups[0].receive(update.message, kNow));
  CHECK(error_of(groups[0].protect(kHello)) == errors::kPendingProposals);
  groups[0].drop_proposal(update.ref);
  must(groups[0].protect(kHello));
}

TEST_CASE("every suite carries messages both ways") {
  for (const crypto::Suite& suite : crypto::all_suites()) {
    World world;
    world.suite = suite.id;
    auto groups = world.group_of({"alice", "bob", "carol"});
    CHECK(equal(opened(groups[2].receive(must(groups[0].protect(kHello)), kNow)).data, kHello));
    CHECK(equal(opened(groups[0].receive(must(groups[2].protect(kHello)), kNow)).data, kHello));
    const SentCommit sent = must(groups[1].commit({}, kNow));
    merge_all(groups[1], sent.commit, {&groups[0], &groups[2]});
    CHECK(same_epoch(groups[0], groups[2]));
  }
}
