// Who may use a log: docs/protocol/topic-log.md, "Keys".

#include "log_world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::AppendState;

namespace {

const LogId kLog = log_named("log");
const EpochKey kFirst(1);
const EpochKey kSecond(2);
const EpochKey kThird(3);
const EpochKey kStranger(99);

}  // namespace

TEST_CASE("a log is made once; who opens it again with its key is let in, with another he is not") {
  World world(log_settings());
  Member alice(world, kLog);
  Member bob(world, kLog);
  Member eve(world, kLog);
  CHECK(alice.open(kFirst) == AnswerStatus::done);
  CHECK(alice.open(kFirst) == AnswerStatus::done);
  CHECK(bob.open(kFirst) == AnswerStatus::done);
  CHECK(eve.open(kStranger) == AnswerStatus::refused);
  CHECK(world.dispatcher.counters().logs == 1);
  CHECK(alice.append(kFirst, "a", "hello").state == AppendState::stored);
  CHECK(bob.append(kFirst, "b", "hello").state == AppendState::stored);
}

TEST_CASE("two open the same log at once: one makes it, the other finds it") {
  World world(log_settings());
  Member alice(world, kLog);
  Member bob(world, kLog);
  Member eve(world, kLog);
  const auto open = [&](const Member& who, const EpochKey& key) {
    world.say(who.link(), frame::OpenLog{1, kLog, key.key(), key.prove(who.session(), kLog), 0, 0, {}});
  };
  open(alice, kFirst);
  open(bob, kFirst);
  open(eve, kStranger);
  world.settle();
  CHECK(world.next<frame::Answer>(alice.link()).status == AnswerStatus::done);
  CHECK(world.next<frame::Answer>(bob.link()).status == AnswerStatus::done);
  CHECK(world.next<frame::Answer>(eve.link()).status == AnswerStatus::refused);
  CHECK(world.store.logs.logs.size() == 1);
}

TEST_CASE("strangers hear one answer: no such log, no such key, somebody else's proof") {
  World world(log_settings());
  Member alice(world, kLog);
  alice.open(kFirst);
  Member eve(world, kLog);
  CHECK(eve.prove(kStranger) == AnswerStatus::refused);
  CHECK(Member(world, log_named("none")).prove(kStranger) == AnswerStatus::refused);
  const auto with_proof = [&](const frame::AccessProof& proof) {
    return world.ask<frame::Answer>(eve.link(), frame::ProveAccess{1, kLog, kFirst.key(), proof, {}}).status;
  };
  CHECK(with_proof(kFirst.prove(alice.session(), kLog)) == AnswerStatus::refused);  // of another link
  CHECK(with_proof(kFirst.prove(eve.session(), log_named("other"))) == AnswerStatus::refused);
  CHECK(with_proof({}) == AnswerStatus::refused);
  CHECK(with_proof(kFirst.prove(eve.session(), kLog)) == AnswerStatus::done);
}

TEST_CASE("without a proof on this link nothing is appended, read, named, set or taken out") {
  World world(log_settings());
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.append(kFirst, "a", "secret");
  Member eve(world, kLog);
  CHECK(eve.append(kFirst, "e", "noise").state == AppendState::refused);
  CHECK(eve.name(kFirst, kStranger) == AnswerStatus::refused);
  const frame::SetRetention set{1, kLog, kFirst.key(), 10, 100, {}};
  CHECK(world.ask<frame::Answer>(eve.link(), set).status == AnswerStatus::refused);
  const frame::ReleaseIntroductions release{1, kLog, kFirst.key(), {1}, {}};
  CHECK(world.ask<frame::Answer>(eve.link(), release).status == AnswerStatus::refused);
  eve.read(kFirst, 7, 0, frame::Until::drained, frame::Shelf::entries, 1000);
  CHECK(eve.heard() == Texts{"(answer 1)"});
}

TEST_CASE("one who was away climbs from key to key") {
  World world(log_settings());
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.append(kFirst, "a", "one");
  alice.append(kFirst, "b", "commit to 2", &kSecond);
  CHECK(alice.prove(kSecond) == AnswerStatus::done);
  alice.append(kSecond, "c", "two");
  alice.append(kSecond, "d", "commit to 3", &kThird);
  CHECK(alice.prove(kThird) == AnswerStatus::done);
  alice.append(kThird, "e", "three");
  let_pass(world, std::chrono::days(8));

  Member bob(world, kLog);
  CHECK(bob.prove(kFirst) == AnswerStatus::done);
  bob.read(kFirst, 11, 0, frame::Until::drained, frame::Shelf::entries, 10'000);
  CHECK(bob.heard() == Texts{"one", "commit to 2", "(drained)"});
  CHECK(bob.prove(kSecond) == AnswerStatus::done);
  bob.read(kSecond, 12);
  CHECK(bob.heard() == Texts{"two", "commit to 3", "(drained)"});
  CHECK(bob.prove(kThird) == AnswerStatus::done);
  bob.read(kThird, 13, 4);
  CHECK(bob.heard() == Texts{"three", "(drained)"});
}

TEST_CASE("a removed member's key opens nothing newer than the commits of its epoch") {
  World world(log_settings());
  Member alice(world, kLog);
  alice.open(kFirst);
  Member removed(world, kLog);
  removed.prove(kFirst);
  removed.read(kFirst, 5, 0, frame::Until::closed, frame::Shelf::entries, 10'000);
  removed.read(kFirst, 6, 0, frame::Until::closed, frame::Shelf::introductions);
  removed.heard();
  alice.append(kFirst, "a", "remove", &kSecond);
  alice.prove(kSecond);
  CHECK(removed.heard() == Texts{"remove", "(over)"});  // no introductions any more
  alice.append(kSecond, "b", "without you");
  Member(world, kLog, 7).introduce("i", "a newcomer");
  CHECK(removed.heard().empty());
  CHECK(removed.prove(kSecond) == AnswerStatus::done);  // he would have to have the key: the test lends it
  Member again(world, kLog);
  again.prove(kFirst);
  again.read(kFirst, 5, 0, frame::Until::drained, frame::Shelf::entries, 10'000);
  CHECK(again.heard() == Texts{"remove", "(drained)"});
  again.read(kFirst, 6, 0, frame::Until::drained, frame::Shelf::introductions);
  CHECK(again.heard() == Texts{"(answer 1)"});
}

TEST_CASE("an invalid commit locks nobody out: its candidate and others coexist") {
  World world(log_settings());
  Member mallory(world, kLog);
  mallory.open(kFirst);
  const EpochKey nobodys(50);
  const EpochKey mallorys(51);
  mallory.append(kFirst, "x", "commit that nobody accepts", &nobodys);
  mallory.append(kFirst, "y", "another", &mallorys);
  mallory.prove(mallorys);  // and she lives there alone
  mallory.append(mallorys, "z", "hello?");
  Member alice(world, kLog);
  CHECK(alice.prove(kFirst) == AnswerStatus::done);
  CHECK(alice.append(kFirst, "a", "commit of the others", &kSecond).state == AppendState::stored);
  CHECK(alice.prove(kSecond) == AnswerStatus::done);
  CHECK(alice.append(kSecond, "b", "on we go").state == AppendState::stored);
  alice.read(kSecond, 9, 0, frame::Until::drained, frame::Shelf::introductions, 1000);
  CHECK(alice.heard() == Texts{"(drained)"});
}

TEST_CASE("a flood of candidates pushes others out, and they are named again") {
  dispatcher::Settings settings = log_settings();
  settings.limits.log_keys.candidates_max = 3;
  settings.limits.log_keys.keys_max = 8;
  World world(settings);
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.append(kFirst, "a", "commit", &kSecond);
  Member mallory(world, kLog);
  mallory.prove(kFirst);
  for (Byte number = 100; number < 120; ++number) {
    const EpochKey junk(number);
    CHECK(mallory.name(kFirst, junk) == AnswerStatus::done);
    CHECK(world.store.logs.logs.at(kLog).record.keys.size() <= 4);
  }
  CHECK(alice.prove(kSecond) == AnswerStatus::refused);
  CHECK(alice.name(kFirst, kSecond) == AnswerStatus::done);
  CHECK(alice.prove(kSecond) == AnswerStatus::done);
  alice.append(kSecond, "b", "an entry");
  // Proven junk: what is written under is kept, and the log's keys are bounded.
  for (Byte number = 120; number < 150; ++number) {
    const EpochKey junk(number);
    mallory.name(kFirst, junk);
    mallory.prove(junk);
    CHECK(world.store.logs.logs.at(kLog).record.keys.size() <= 9);
  }
  CHECK(alice.append(kSecond, "c", "another").state == AppendState::stored);
  Member bob(world, kLog);
  CHECK(bob.prove(kSecond) == AnswerStatus::done);
}

TEST_CASE("a candidate lapses unless it is used, and can be named again") {
  World world(log_settings());
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.name(kFirst, kSecond);
  let_pass(world, std::chrono::hours(24));
  Member bob(world, kLog);
  CHECK(bob.prove(kSecond) == AnswerStatus::refused);
  CHECK(bob.prove(kFirst) == AnswerStatus::done);
  CHECK(bob.name(kFirst, kSecond) == AnswerStatus::done);
  CHECK(bob.prove(kSecond) == AnswerStatus::done);
}

TEST_CASE("a superseded key lapses when nobody uses it, and appends nothing then") {
  dispatcher::Settings settings = log_settings();
  settings.limits.log_retention = {std::chrono::hours(1), 1 << 20};
  World world(settings);
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.name(kFirst, kSecond);
  alice.prove(kSecond);
  CHECK(alice.append(kFirst, "a", "late").state == AppendState::stored);
  for (const auto& one : world.store.logs.logs.at(kLog).record.keys) {
    CHECK((one.until == dispatcher::kNeverLapses) == (one.key == kSecond.key()));
  }
  let_pass(world, std::chrono::days(8));
  Member bob(world, kLog);
  CHECK(bob.prove(kFirst) == AnswerStatus::refused);
  CHECK(bob.prove(kSecond) == AnswerStatus::done);
}

TEST_CASE("who is late has a small room under a superseded key; commits have more; what is stored is said") {
  dispatcher::Settings settings = log_settings();
  settings.limits.late_room = {2, 1000};
  World world(settings);
  Member alice(world, kLog);
  alice.open(kFirst);
  CHECK(alice.append(kFirst, "0", "in time").number == 1);
  alice.name(kFirst, kSecond);
  alice.prove(kSecond);
  CHECK(alice.append(kFirst, "1", "late").state == AppendState::stored);
  CHECK(alice.append(kFirst, "2", "late").state == AppendState::stored);
  CHECK(alice.append(kFirst, "3", "late").state == AppendState::superseded);
  CHECK(alice.append(kFirst, "4", "commit", &kThird).state == AppendState::stored);
  const frame::Appended again = alice.append(kFirst, "0", "in time");
  CHECK(again.state == AppendState::stored);
  CHECK(again.number == 1);
  CHECK(alice.append(kSecond, "5", "in time").state == AppendState::stored);
}

TEST_CASE("closed: only registered nodes make logs; who has a key uses them without a name") {
  dispatcher::Settings settings = log_settings();
  settings.policy = frame::Policy::closed;
  World world(settings);
  Member stranger(world, kLog);
  CHECK(stranger.open(kFirst) == AnswerStatus::refused);
  const NodeId node = node_named("member");
  world.add_node(node);
  const SessionId session = session_numbered(1 << 20);
  const auto link = world.connect(dispatcher::Peer(node, session));
  const frame::OpenLog open{1, kLog, kFirst.key(), kFirst.prove(session, kLog), 0, 0, {}};
  CHECK(world.ask<frame::Answer>(link, open).status == AnswerStatus::done);
  CHECK(stranger.prove(kFirst) == AnswerStatus::done);
  CHECK(stranger.append(kFirst, "a", "hello").state == AppendState::stored);
}

TEST_CASE("logs and names from one place are bounded; another place is not affected, and time forgives") {
  dispatcher::Settings settings = log_settings();
  settings.limits.source_rates[static_cast<std::size_t>(dispatcher::Spending::logs)] = {2, 60};
  settings.limits.source_rates[static_cast<std::size_t>(dispatcher::Spending::names)] = {1, 1};
  World world(settings);
  CHECK(Member(world, log_named("1"), 5).open(kFirst) == AnswerStatus::done);
  CHECK(Member(world, log_named("2"), 5).open(kFirst) == AnswerStatus::done);
  CHECK(Member(world, log_named("3"), 5).open(kFirst) == AnswerStatus::full);
  Member other(world, log_named("4"), 6);
  CHECK(other.open(kFirst) == AnswerStatus::done);
  CHECK(other.name(kFirst, kSecond) == AnswerStatus::done);
  CHECK(other.name(kFirst, kThird) == AnswerStatus::full);
  world.pass(std::chrono::seconds(61));
  CHECK(Member(world, log_named("3"), 5).open(kFirst) == AnswerStatus::done);
}

TEST_CASE("keys proven on one link are bounded") {
  dispatcher::Settings settings = log_settings();
  settings.limits.proven_keys_max = 1;
  World world(settings);
  Member alice(world, kLog);
  alice.open(kFirst);
  alice.name(kFirst, kSecond);
  CHECK(alice.prove(kSecond) == AnswerStatus::full);
  CHECK(alice.prove(kFirst) == AnswerStatus::done);
}

TEST_CASE("a store that fails: nothing is granted, and it can be asked again") {
  World world(log_settings());
  Member alice(world, kLog);
  const frame::OpenLog open{1, kLog, kFirst.key(), kFirst.prove(alice.session(), kLog), 0, 0, {}};
  world.say(alice.link(), open);
  world.fail_one();
  CHECK(world.next<frame::Answer>(alice.link()).status == AnswerStatus::unavailable);
  world.say(alice.link(), open);
  world.store_one();
  world.fail_one(Errc::exhausted);
  CHECK(world.next<frame::Answer>(alice.link()).status == AnswerStatus::full);
  CHECK(world.dispatcher.counters().logs == 0);
  CHECK(alice.append(kFirst, "a", "x").state == AppendState::refused);
  CHECK(alice.open(kFirst) == AnswerStatus::done);
}
