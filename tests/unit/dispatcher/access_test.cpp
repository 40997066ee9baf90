// Shares and delivery tokens: docs/protocol/dispatcher.md, "Shares".

#include "world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::OutcomeState;
using frame::Rank;

namespace {

const NodeId kAlice = node_named("alice");
const NodeId kBob = node_named("bob");
const Bytes kKey(32, 7);

frame::DeliveryTokenId token_id(Byte number) {
  frame::DeliveryTokenId id;
  id.fill()[0] = number;
  return id;
}

Bytes token(Rank rank, Byte number = 1, const Bytes& key = kKey) {
  const frame::DeliveryKey delivery_key{ByteView(key).first<32>()};
  return frame::DeliveryToken::mint(delivery_key, kBob, rank, token_id(number)).written();
}

struct Shares : World {
  Shares() : World(settings()) {
    add_node(kBob);
    bob = connect(kBob);
    alice = connect(kAlice);
  }
  static dispatcher::Settings settings() {
    auto shares = small_settings();
    shares.limits.inbox_max = {10, 100'000};
    shares.limits.own_share = {2, 20'000};
    shares.limits.stranger_share = {3, 300};
    return shares;
  }
  void guard(std::vector<frame::DeliveryTokenId> revoked = {}, const Bytes& key = kKey) {
    CHECK(ask<frame::Answer>(bob, frame::SetAccess{1, key, std::move(revoked), {}}).status ==
          AnswerStatus::done);
  }
  OutcomeState put_with(const Bytes& shown, std::string_view text = "x", frame::Keep keep = {}) {
    const auto size = static_cast<std::uint32_t>(text.size());
    last = submission_named("s" + std::to_string(++count));
    return ask<frame::Outcome>(alice, frame::Put{1, kBob, last, 0, keep, size, shown, as_bytes(text), {}})
        .state;
  }
  OutcomeState query() { return ask<frame::Outcome>(alice, frame::OutcomeQuery{2, kBob, last, {}}).state; }
  std::uint64_t held(dispatcher::Share share) {
    return store.nodes.at(kBob).record.usage[static_cast<std::size_t>(share)].messages;
  }
  using World::ask;

  dispatcher::ConnectionId bob = 0;
  dispatcher::ConnectionId alice = 0;
  SubmissionId last;
  int count = 0;
};

}  // namespace

TEST_CASE("while the owner has said nothing, everybody is a contact") {
  Shares world;
  CHECK(world.put_with({}) == OutcomeState::stored);
  CHECK(world.put_with(Bytes(25, 9)) == OutcomeState::stored);
  CHECK(world.held(dispatcher::Share::known) == 2);
}

TEST_CASE("tokens tell own devices and contacts from strangers") {
  Shares world;
  world.guard();
  CHECK(world.put_with(token(Rank::own)) == OutcomeState::stored);
  CHECK(world.put_with(token(Rank::known)) == OutcomeState::stored);
  CHECK(world.put_with({}) == OutcomeState::taken);
  CHECK(world.put_with(token(Rank::known, 1, Bytes(32, 8))) == OutcomeState::taken);
  CHECK(world.held(dispatcher::Share::own) == 1);
  CHECK(world.held(dispatcher::Share::known) == 1);
  CHECK(world.held(dispatcher::Share::stranger) == 2);
  world.put(world.bob, kBob, "own", "x");
  world.settle();
  CHECK(world.next<frame::Outcome>(world.bob).state == OutcomeState::stored);
  CHECK(world.held(dispatcher::Share::own) == 2);
}

TEST_CASE("a token that was called off is a stranger's; the others stay good") {
  Shares world;
  world.guard({token_id(1), token_id(3)});
  CHECK(world.put_with(token(Rank::known, 1)) == OutcomeState::taken);
  CHECK(world.put_with(token(Rank::known, 2)) == OutcomeState::stored);
  CHECK(world.put_with(token(Rank::own, 3)) == OutcomeState::taken);
}

TEST_CASE("each share is full by itself") {
  Shares world;
  world.guard();
  for (int i = 0; i < 3; ++i) CHECK(world.put_with({}) == OutcomeState::taken);
  CHECK(world.held(dispatcher::Share::stranger) == 3);
  CHECK(world.put_with({}) == OutcomeState::taken);
  CHECK(world.held(dispatcher::Share::stranger) == 3);
  for (int i = 0; i < 5; ++i) CHECK(world.put_with(token(Rank::known)) == OutcomeState::stored);
  CHECK(world.put_with(token(Rank::known)) == OutcomeState::full);
  for (int i = 0; i < 2; ++i) CHECK(world.put_with(token(Rank::own)) == OutcomeState::stored);
  CHECK(world.put_with(token(Rank::own)) == OutcomeState::full);
}

TEST_CASE("strangers get one answer: stored, full, declined, unknown, failed; also when they ask later") {
  Shares world;
  world.guard();
  const std::string large(301, 'x');
  CHECK(world.put_with({}, "small") == OutcomeState::taken);  // stored
  CHECK(world.query() == OutcomeState::taken);
  CHECK(world.put_with({}, large) == OutcomeState::taken);  // over the share
  CHECK(world.query() == OutcomeState::taken);
  CHECK(world.put_with({}, "now", frame::Keep::online_only) == OutcomeState::taken);  // not for strangers
  CHECK(world.query() == OutcomeState::taken);
  world.say(world.alice, frame::Put{1, kBob, submission_named("f"), 0, {}, 1, {}, as_bytes("x"), {}});
  world.fail_one();
  const auto failed = world.next<frame::Outcome>(world.alice);
  CHECK(failed.state == OutcomeState::taken);
  CHECK(failed.retry_after_s == 0);
  CHECK(world.held(dispatcher::Share::stranger) == 1);
  // A contact gets the truth.
  CHECK(world.put_with(token(Rank::known)) == OutcomeState::stored);
  CHECK(world.query() == OutcomeState::stored);
}

TEST_CASE("rules survive a restart, can be replaced and taken away") {
  Shares before;
  before.guard();
  Shares world;
  world.store = before.store;
  world.disconnect(world.bob);
  world.disconnect(world.alice);
  // The record in memory is of a store without rules; a new dispatcher reads it.
  dispatcher::Dispatcher fresh(Shares::settings());
  world.dispatcher = std::move(fresh);
  world.asked.clear();
  world.bob = world.connect(kBob);
  world.alice = world.connect(kAlice);
  CHECK(world.put_with({}) == OutcomeState::taken);
  world.guard({}, Bytes(32, 8));
  CHECK(world.put_with(token(Rank::known)) == OutcomeState::taken);
  world.guard({}, {});
  CHECK(world.put_with({}) == OutcomeState::stored);
}

TEST_CASE("rules that the store could not keep are not in force") {
  Shares world;
  world.say(world.bob, frame::SetAccess{1, kKey, {}, {}});
  world.fail_one();
  CHECK(world.next<frame::Answer>(world.bob).status == AnswerStatus::unavailable);
  CHECK(world.put_with({}) == OutcomeState::stored);
}
