// What is written is the group, and what changed is little.

#include "group_world.hpp"
#include "mls/psk.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

/// A store that follows a group by what it says has changed.
struct Store {
  std::map<RecordKey, Bytes> records;

  explicit Store(Group& group) {
    for (Record& record : group.save()) records[record.key] = to_bytes(record.value.expose());
  }
  std::size_t apply(Group& group) {
    Changes changes = group.take_changes();
    const std::size_t count = changes.put.size() + changes.erase.size();
    for (const RecordKey& key : changes.erase) records.erase(key);
    for (const Record& record : changes.put) records[record.key] = to_bytes(record.value.expose());
    return count;
  }
  std::vector<Record> content() const {
    std::vector<Record> list;
    for (const auto& [key, value] : records) list.push_back({key, SecretBytes(value)});
    return list;
  }
  bool is(Group& group) const {
    std::map<RecordKey, Bytes> all;
    for (Record& record : group.save()) all[record.key] = to_bytes(record.value.expose());
    return all == records;
  }
  Group load(World& world, Time now = kNow) const { return must(Group::load(world.hooks(), content(), now)); }
};

}  // namespace

TEST_CASE("saved and loaded between every step, a group goes on as if nothing was") {
  World world;
  world.psks.put("shared", "a secret");
  auto groups = world.group_of({"alice", "bob", "carol"});
  const auto restart = [&] {
    for (Group& group : groups) {
      Store store(group);
      group = store.load(world);
      CHECK(store.is(group));
    }
  };
  restart();
  const Bytes late = must(groups[2].protect(as_bytes("late")));
  const Bytes later = must(groups[2].protect(as_bytes("later")));
  must(groups[0].receive(later, kNow));  // keeps the key of `late`
  restart();
  const SentProposal update = must(groups[1].propose_update());
  restart();
  must(groups[0].receive(update.message, kNow));
  must(groups[2].receive(update.message, kNow));
  restart();
  const PreSharedKeyId psk =
      make_psk_id(crypto::suite(kSuite), ExternalPskId{to_bytes(as_bytes("shared"))}, world.random);
  const SentCommit sent = must(groups[0].commit({.proposals = {{PreSharedKey{psk}}}}, kNow));
  restart();  // a crash between creating the commit and knowing what became of it
  REQUIRE(groups[0].has_pending_commit());
  for (Group& group : groups) {
    must(group.merge(staged(group.receive(sent.commit, kNow)), kNow));
    restart();
  }
  CHECK(same_epoch(groups[0], groups[1]));
  CHECK(same_epoch(groups[0], groups[2]));
  CHECK(opened(groups[0].receive(late, kNow)).data.size() == 4);
  CHECK(error_of(groups[0].receive(later, kNow)) == errors::kReplayed);
  must(groups[0].resumption_psk(1));
  must(groups[1].receive(must(groups[0].protect(as_bytes("on"))), kNow));
}

TEST_CASE("the changes of each step keep a store equal to the group") {
  World world;
  auto groups = world.group_of({"alice", "bob", "carol", "dave", "eve"});
  std::vector<Store> stores;
  for (Group& group : groups) stores.emplace_back(group);
  const auto check = [&] {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      stores[i].apply(groups[i]);
      CHECK(stores[i].is(groups[i]));
    }
  };
  for (int i = 0; i < 6; ++i) {  // past epochs come and go
    must(groups[3].receive(must(groups[2].protect(as_bytes("x"))), kNow));
    const SentProposal proposal = must(groups[1].propose_update());
    for (std::size_t other : {0U, 2U, 3U, 4U}) must(groups[other].receive(proposal.message, kNow));
    check();
    const SentCommit sent = must(groups[4].commit({}, kNow));
    check();
    merge_all(groups[4], sent.commit, {&groups[0], &groups[1], &groups[2], &groups[3]});
    check();
  }
  // The tree shrinks: four members leave, and their nodes with them.
  const SentCommit removal = must(
      groups[0].commit({.proposals = {{Remove{{1}}}, {Remove{{2}}}, {Remove{{3}}}, {Remove{{4}}}}}, kNow));
  merge_all(groups[0], removal.commit, {&groups[1]});
  check();
  groups[0].tick({kNow.instant + std::chrono::hours(48), std::nullopt});
  check();
  must(stores[0].load(world).protect(as_bytes("alone")));
}

TEST_CASE("a message or a commit writes O(log n) records") {
  World world;
  std::vector<std::string> names;
  for (int i = 0; i < 64; ++i) names.push_back("member " + std::to_string(i));
  auto groups = world.group_of(names);
  Group& alice = groups[0];
  Group& bob = groups[1];
  // The first commit fills blanks; the second is an ordinary one.
  merge_all(alice, must(alice.commit({}, kNow)).commit, {&bob});
  Store alice_store(alice);
  Store bob_store(bob);
  const Bytes message = must(alice.protect(as_bytes("x")));
  CHECK(alice_store.apply(alice) <= 10);
  must(bob.receive(message, kNow));
  CHECK(bob_store.apply(bob) <= 10);
  merge_all(alice, must(alice.commit({}, kNow)).commit, {&bob});
  // Path of 7 nodes; header, epoch, own, pending, two secret trees, past epoch and leaf, PSK.
  CHECK(alice_store.apply(alice) <= 30);
  CHECK(bob_store.apply(bob) <= 30);
  CHECK(alice_store.is(alice));
  CHECK(bob_store.records.size() > 70);
}

TEST_CASE("past epochs do not outlive their time in a saved state") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  const Bytes late = must(groups[0].protect(as_bytes("late")));
  merge_all(groups[0], must(groups[0].commit({}, kNow)).commit, {&groups[1]});
  Store store(groups[1]);
  const auto later = [&](std::chrono::hours by) {
    // The monotonic clock begins anew; the wall clock goes on.
    return Time{Instant{std::chrono::seconds(5)}, *kNow.wall + by};
  };
  Group in_time = store.load(world, later(std::chrono::hours(23)));
  CHECK(in_time.next_deadline() == Instant{std::chrono::seconds(5) + std::chrono::hours(1)});
  must(in_time.receive(late, later(std::chrono::hours(23))));

  for (const Time& now : {later(std::chrono::hours(24)), Time{Instant{}, std::nullopt}}) {
    Group too_late = store.load(world, now);
    CHECK(error_of(too_late.receive(late, now)) == errors::kPastEpoch);
    // Its records leave the store with the next write.
    Store cleaned = store;
    CHECK(cleaned.apply(too_late) > 0);
    CHECK(cleaned.is(too_late));
  }
}

TEST_CASE("records that do not make a group are refused") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  merge_all(groups[0], must(groups[0].commit({}, kNow)).commit, {&groups[1]});
  must(groups[1].receive(must(groups[0].protect(as_bytes("x"))), kNow));
  const Store whole(groups[1]);
  for (const auto& [key, value] : whole.records) {
    Store cut = whole;
    cut.records[key].pop_back();
    const auto loaded = Group::load(world.hooks(), cut.content(), kNow);
    // A secret that became shorter is found, and so is everything else but an identity's last byte.
    CHECK((!loaded || key.kind == RecordKind::resumption_psk || key.kind == RecordKind::past_epoch));
    if (key.kind == RecordKind::header || key.kind == RecordKind::own || key.kind == RecordKind::epoch) {
      cut.records.erase(key);
      CHECK(error_of(Group::load(world.hooks(), cut.content(), kNow)) == errors::kMalformed);
    }
  }
  Store newer = whole;
  newer.records[{.kind = RecordKind::header}][1] = 2;
  CHECK(error_of(Group::load(world.hooks(), newer.content(), kNow)) == errors::kUnsupportedVersion);

  auto twice = whole.content();
  twice.push_back({twice.front().key, SecretBytes(twice.front().value.expose())});
  CHECK(error_of(Group::load(world.hooks(), std::move(twice), kNow)) == errors::kMalformed);

  // A pending commit of somebody else.
  must(groups[0].commit({}, kNow));
  must(groups[1].commit({}, kNow));
  Store swapped(groups[0]);
  swapped.records[{.kind = RecordKind::pending_commit}] =
      Store(groups[1]).records[{.kind = RecordKind::pending_commit}];
  CHECK(error_of(Group::load(world.hooks(), swapped.content(), kNow)) == errors::kMalformed);
  groups[0].drop_pending();
  groups[1].drop_pending();

  // Nodes of another save do not fit the epoch.
  Store old(groups[0]);
  merge_all(groups[1], must(groups[1].commit({}, kNow)).commit, {&groups[0]});
  Store mixed(groups[0]);
  mixed.records[{.kind = RecordKind::node, .index = 2}] = old.records[{.kind = RecordKind::node, .index = 2}];
  CHECK(error_of(Group::load(world.hooks(), mixed.content(), kNow)) == errors::kBadTreeHash);
}

TEST_CASE("a group that nobody saves remembers no changes") {
  World world;
  auto groups = world.group_of({"alice", "bob"});
  must(groups[0].protect(as_bytes("x")));
  CHECK(groups[0].take_changes().empty());
  static_cast<void>(groups[0].save());
  CHECK(groups[0].take_changes().empty());
  must(groups[0].protect(as_bytes("x")));
  CHECK_FALSE(groups[0].take_changes().empty());
}

TEST_CASE("record keys encode in their order, and come back") {
  const RecordKey low{RecordKind::kept_key, 1, 2, 1, 300};
  const RecordKey high{RecordKind::kept_key, 1, 3, 0, 0};
  CHECK(low < high);
  CHECK(low.encode() < high.encode());
  CHECK(low.encode().size() == RecordKey::size_bytes);
  CHECK(must(RecordKey::decode(low.encode())) == low);
  CHECK(error_of(RecordKey::decode(Bytes(18, 0xff))) == errors::kMalformed);
  CHECK(error_of(RecordKey::decode(Bytes(17))) == errors::kMalformed);
}
