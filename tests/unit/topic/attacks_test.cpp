// What was done to String phone, and what insiders and strangers try besides (docs/threat-model.md).

#include "forged_welcome.hpp"
#include "insider.hpp"
#include "mls/key_schedule.hpp"
#include "topic/checkpoint.hpp"
#include "topic/said.hpp"
#include "topic/welcome_letter.hpp"

using namespace taut;
using namespace taut::topic;
using namespace taut::topic::test;
using Texts = std::vector<std::string>;
using std::chrono::seconds;

namespace {

/// What the carrier saw of one kind.
std::vector<Bytes> recorded(const World& world, EntryKind kind) {
  std::vector<Bytes> found;
  for (const auto& [one, entry] : world.recorded)
    if (one == kind) found.push_back(entry);
  return found;
}

bool contains(ByteView in, ByteView what) { return !std::ranges::search(in, what).empty(); }

}  // namespace

TEST_CASE("replayed entries are heard once, at once, later, and after a restart") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "carol"});
    for (int i = 0; i < 20; ++i) world.say("alice", "message " + std::to_string(i));
    world.run(seconds(5));
    REQUIRE(world["bob"].heard.size() == 20);
    for (int round = 0; round < 3; ++round) {
      const auto copies = world.recorded;
      for (const auto& [kind, entry] : copies) {
        if (carrier == World::Carrier::log && kind != EntryKind::introduction && kind != EntryKind::welcome)
          world.log.push_back(entry);
        else
          world.open(world["bob"], entry);
      }
      world.run(seconds(2));
      world.reload(world["bob"]);
      world.run(seconds(2));
    }
    CHECK(world["bob"].heard.size() == 20);
    CHECK(in_step(world, {"alice", "bob", "carol"}));
  }
}

TEST_CASE("who was removed reads nothing of what comes after, with all it kept") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  std::map<std::string, std::map<Bytes, Bytes>> kept;
  for (const char* name : {"bob", "carol"}) kept[name] = world[name].store;
  world.take(world["alice"],
             world["alice"].topic->remove(world["carol"].id(), AfterRemoval::may_return, world.now));
  world.run(seconds(3));
  for (int i = 0; i < 10; ++i) world.say("alice", "after carol");
  world.run(seconds(3));
  REQUIRE(world["bob"].heard.size() == 10);

  // What was stored before the removal, and the whole log.
  const auto opened_with = [&](const char* name) {
    Person copy("copy", 5);
    copy.store = kept[name];
    auto begun = must(Topic::load(world[name].surroundings(), copy.records(), world.now));
    std::size_t opened = 0;
    for (std::uint64_t next = begun.topic.cursor() + 1; next <= world.log.size(); ++next) {
      const Step step = must(begun.topic.open(world.log[next - 1], next, world.now));
      for (const Event& event : step.events) opened += std::holds_alternative<MessageReceived>(event) ? 1 : 0;
    }
    return opened;
  };
  CHECK(opened_with("bob") == 10);
  CHECK(opened_with("carol") == 0);
}

TEST_CASE("all files, stolen later, open no message that was read") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  for (int i = 0; i < 10; ++i) world.say("alice", "a secret");
  world.run(seconds(3));
  for (int i = 0; i < 5; ++i) {
    world.take(world["bob"], world["bob"].topic->update(world.now));
    world.run(seconds(3));
  }
  const auto opened_with = [&](const char* name) {
    std::size_t opened = 0;
    for (const Bytes& entry : world.log) {
      Insider thief(world[name], world.now);
      const EntryBody body = thief.unwrap(entry);
      if (body.kind != EntryKind::message) continue;
      const auto message = must(mls::decoded<mls::MlsMessage>(body.body));
      const auto* in_private = message.as<mls::PrivateMessage>();
      opened += mls::unprotect(thief.state(), *in_private, world.now).has_value() ? 1 : 0;
    }
    return opened;
  };
  for (const char* name : {"alice", "bob", "carol"}) CHECK(opened_with(name) == 0);
  // What nobody has read yet opens: the thief knows how.
  world["bob"].is_cut_off = true;
  world.say("alice", "not read yet");
  world.settle();
  CHECK(opened_with("bob") == 1);
  for (const char* name : {"alice", "bob", "carol"})
    for (const auto& [key, value] : world[name].store) CHECK_FALSE(contains(value, as_bytes("a secret")));
}

TEST_CASE("who answers first without the invitation's secret is not believed") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Person& eve = world.add("eve");
  Topic::Invited invited = must(world["alice"].topic->invite({}, world.now));
  world.apply(world["alice"], std::move(invited.step));
  world.begin_joining("dave", invited.link);
  const Bytes asks = recorded(world, EntryKind::introduction).back();
  const Settings settings = world["alice"].topic->settings();
  const TopicId other(ByteView(Bytes(32, 7)).first<32>());
  for (const introduction::InvitationId* id :
       {static_cast<const introduction::InvitationId*>(nullptr),
        static_cast<const introduction::InvitationId*>(&invited.link.invitation->id)}) {
    const Bytes forged = forged_welcome(eve, settings, asks, other, world.now, id);
    const auto opened = world["dave"].joining->open(forged, {}, world.now);
    CHECK(reason_of(opened) == (id == nullptr ? "unknown_welcomer" : "missing_psk"));
  }
  world.run(seconds(10));
  REQUIRE(world["dave"].topic.has_value());
  CHECK(world["dave"].topic->is_member(world["alice"].id()));
  CHECK_FALSE(world["dave"].topic->is_member(eve.id()));
}

TEST_CASE("without an invitation, only the link's maker or somebody trusted lets in") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  Person& eve = world.add("eve");
  world.begin_joining("dave", world["alice"].topic->locator());
  const Bytes asks = recorded(world, EntryKind::introduction).back();
  const Bytes forged =
      forged_welcome(eve, world["alice"].topic->settings(), asks, world["alice"].topic->id(), world.now);
  CHECK(reason_of(world["dave"].joining->open(forged, {}, world.now)) == "unknown_welcomer");
  world.settle();
  REQUIRE(world["bob"].last<Introduced>() != nullptr);
  const auto ref = world["bob"].last<Introduced>()->introduction.key_package_ref;
  world.take(world["bob"], world["bob"].topic->welcome(ref, world.now));
  world.run(seconds(5));
  CHECK_FALSE(world["dave"].topic.has_value());
  world["dave"].trusted.push_back(world["bob"].id());
  world.run(seconds(120));
  REQUIRE(world["dave"].topic.has_value());
  CHECK(in_step(world, {"alice", "bob", "dave"}));
}

TEST_CASE("a stranger's introduction is shown, and lets nobody in") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.begin_joining("stranger", world["alice"].topic->locator());
  world.run(seconds(60));
  CHECK(world["alice"].count<Introduced>() == 1);
  CHECK(world["alice"].topic->members().size() == 2);
  CHECK_FALSE(world["stranger"].topic.has_value());
}

TEST_CASE("an insider's copy of somebody's words is the insider's, or a replay") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  world.say("alice", "alice's words");
  const Bytes entry = recorded(world, EntryKind::message).back();
  Insider carol(world["carol"], world.now);
  // Signed content of alice under alice's next key, which every member can derive.
  const Bytes again = carol.encrypt_again(entry);
  world.settle();
  world.log.push_back(again);
  world.settle();
  CHECK(world["bob"].heard == Texts{"alice's words"});

  // The same words said by carol are carol's.
  const Said stolen{MessageId{},
                    0,
                    world["carol"].topic->epoch(),
                    {},
                    {},
                    seconds(0),
                    ContentType::text,
                    to_bytes(as_bytes("alice's words"))};
  world.log.push_back(carol.say(stolen.encode().expose()));
  world.settle();
  REQUIRE(world["bob"].heard.size() == 2);
  CHECK(world["bob"].last<MessageReceived>()->from == world["carol"].id());
}

TEST_CASE("an introduction that was answered once is not answered again") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob", "dave"});
    const auto old = recorded(world, EntryKind::introduction);
    world.take(world["alice"],
               world["alice"].topic->remove(world["dave"].id(), AfterRemoval::may_return, world.now));
    world.run(seconds(10));
    const std::uint64_t epoch = world["alice"].topic->epoch();
    for (const Bytes& entry : old)
      for (const char* name : {"alice", "bob"}) world.open(world[name], entry);
    world.run(seconds(10));
    CHECK(world["alice"].topic->epoch() == epoch);
    CHECK(world["alice"].topic->members().size() == 2);
    CHECK(world["bob"].topic->introductions().empty());
  }
}

TEST_CASE("any bytes on the carrier are dropped: one byte, garbage, parts of entries") {
  for (const auto carrier : {World::Carrier::log, World::Carrier::broadcast}) {
    World world(carrier);
    world.topic_of({"alice", "bob"});
    taut::test::SeededRandom random(5);
    std::vector<Bytes> garbage{{}, {0}, {1}, Bytes(41, 1), Bytes(100'000, 0xff)};
    for (int i = 0; i < 50; ++i) {
      Bytes noise(1 + random.u64() % 600);
      random.fill(noise);
      garbage.push_back(noise);
    }
    const Bytes whole = world.recorded.back().second;
    for (std::size_t size = 0; size < whole.size(); size += 37)
      garbage.emplace_back(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    const std::uint64_t epoch = world["bob"].topic->epoch();
    for (const Bytes& one : garbage) {
      if (carrier == World::Carrier::log)
        world.log.push_back(one);
      else
        CHECK(reason_of(world["bob"].topic->open(one, std::nullopt, world.now)) == "foreign_entry");
    }
    world.settle();
    world.say("alice", "as before");
    world.run(seconds(3));
    CHECK(world["bob"].heard == Texts{"as before"});
    CHECK(world["bob"].topic->epoch() == epoch);
  }
}

TEST_CASE("entries name nobody, and say little by their size") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob"});
  world.say("alice", "yes");
  world.say("alice", "not at all, and I wonder why you ask");
  world.settle();
  const Topic& topic = *world["alice"].topic;
  std::set<std::size_t> sizes;
  for (const auto& [kind, entry] : world.recorded) {
    for (const char* name : {"alice", "bob"}) {
      CHECK_FALSE(contains(entry, world[name].id().view()));
      CHECK_FALSE(contains(entry, as_bytes(name)));
      CHECK_FALSE(contains(entry, world[name].identity.signature_key().public_key.bytes.view()));
    }
    CHECK_FALSE(contains(entry, topic.id().view()));
    CHECK_FALSE(contains(entry, topic.settings().log_id.view()));
    if (kind == EntryKind::message) sizes.insert(entry.size());
  }
  CHECK(sizes.size() == 1);
}

TEST_CASE("a checkpoint counts only from the member that signed it") {
  World world(World::Carrier::log);
  world.topic_of({"alice", "bob", "carol"});
  Insider carol(world["carol"], world.now);
  const std::uint64_t epoch = world["alice"].topic->epoch();
  const auto secret = must(mls::export_secret(
      *carol.state().suite, carol.state().epoch.secrets.exporter_secret, "taut 1 topic checkpoint", {}, 32));
  const CheckpointKey key(secret.expose().first<32>());
  // In bob's name, with carol's key: another beginning of the epoch that follows.
  const Checkpoint lie{world["bob"].id(), epoch + 1, 1, EntryHash{}, Bytes(32, 3), 1};
  const Bytes sealed = must(seal_checkpoint(lie, {world["alice"].topic->id(), epoch, key},
                                            world["carol"].identity.signature_key(), world["carol"].random));
  world.log.push_back(carol.wrap(EntryKind::checkpoint, sealed));
  world.run(seconds(60));
  CHECK(world["alice"].count<Diverged>() == 0);
  CHECK(world["alice"].last<Refused>() != nullptr);

  // In its own name it stands alone against the others.
  Checkpoint own = lie;
  own.node_id = world["carol"].id();
  const Bytes alone = must(seal_checkpoint(own, {world["alice"].topic->id(), epoch, key},
                                           world["carol"].identity.signature_key(), world["carol"].random));
  world.log.push_back(carol.wrap(EntryKind::checkpoint, alone));
  world.run(seconds(60));
  CHECK(world["alice"].topic->standing() == Standing::open);
  CHECK(world["bob"].topic->standing() == Standing::open);
  REQUIRE(world["alice"].last<Disagreement>() != nullptr);
  CHECK(world["alice"].last<Disagreement>()->with == world["carol"].id());
}
