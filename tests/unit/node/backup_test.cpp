#include "node/backup.hpp"

#include <doctest/doctest.h>

#include "node/backup_form.hpp"
#include "node/revoking.hpp"
#include "node/sealing_keys.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

constexpr crypto::PassphraseCost kCheap{1, 8};
constexpr std::string_view kWords = "correct horse battery staple";

struct World {
  ScriptedDispatcher post{50};
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  MemoryNodeStore fresh;
  SeededRandom random{7};

  World() {
    use(bob, post);
    bob.knows("alice", alice.card());
  }
  Bytes back_up() { return node::back_up(bob.store, as_bytes(kWords), random, kCheap).value(); }
  Status restore(ByteView backup, std::string_view words = kWords) {
    return node::restore(fresh, backup, as_bytes(words), Bytes{9}, {{}, kNow + std::chrono::days(1)}, random);
  }
};

}  // namespace

TEST_CASE("a restored node is the same to others, with a new stream, sealing key and card") {
  World world;
  world.restore(world.back_up()).value();
  const Self self = open(world.fresh, Bytes{9}, {{}, kNow + std::chrono::days(1)}, world.random).value();
  CHECK(self.identity.node_id() == world.bob.id());
  CHECK(self.state_file == StateFile::as_left);
  CHECK(self.name == "bob");
  CHECK(self.card.check_replaces(world.bob.card()).has_value());
  CHECK(self.card.card().sealing_key != world.bob.card().card().sealing_key);
  REQUIRE(self.card.card().dispatchers.size() == 1);
  CHECK(self.card.card().dispatchers[0].node_id == world.post.id());
  const std::vector<Contact> known = contacts(world.fresh).value();
  REQUIRE(known.size() == 1);
  CHECK(known[0].petname == "alice");
  CHECK(known[0].verification == Verification::verified);
  CHECK(known[0].cards == std::vector{world.alice.card()});
  CHECK(world.fresh.state().sealing_keys.size() == 1);
  CHECK(world.fresh.state().sealing_keys.begin()->second !=
        world.bob.store.state().sealing_keys.begin()->second);
  CHECK(world.fresh.state().values.at(ValueKey::stream) !=
        world.bob.store.state().values.at(ValueKey::stream));
  CHECK(world.fresh.state().counters.empty());
}

TEST_CASE("a backup has nothing of sealing keys and messages, and nothing that can be read") {
  World world;
  const Bytes before = world.back_up();
  world.bob.store
      .write([&](Transaction& transaction) -> Status {
        TAUT_CHECK(transaction.add_item(Bytes(5000)));
        TAUT_CHECK(add_sealing_key(transaction, kDefaultSuite[0], kNow, world.random));
        return transaction.set_next_counter(world.alice.id(), 9);
      })
      .value();
  const Bytes after = world.back_up();
  CHECK(after.size() == before.size());
  CHECK(after != before);  // another salt
  for (const std::string_view plain : {"alice", "bob"})
    CHECK(std::ranges::search(after, as_bytes(plain)).empty());
}

TEST_CASE("a wrong passphrase and any altered bit restore nothing") {
  World world;
  const Bytes backup = world.back_up();
  CHECK(world.restore(backup, "correct horse battery stable").error() ==
        Error{Errc::unauthentic, reasons::kBadTag});
  for (std::size_t at = 0; at < backup.size(); at += at < 48 ? 1 : 97) {
    CAPTURE(at);
    Bytes altered = backup;
    altered[at] ^= 1;
    const bool is_cost = at >= 13 && at < 21;
    if (is_cost && at != 16 && at != 20) continue;  // gigabytes, or refused below
    CHECK_FALSE(world.restore(altered).has_value());
  }
  for (std::size_t size = 0; size < backup.size(); size += size < 60 ? 1 : 101)
    CHECK_FALSE(world.restore(ByteView(backup).first(size)).has_value());
  CHECK_FALSE(is_initialised(world.fresh).value());
}

TEST_CASE("a file that is no backup is told from one of a later version, and costs no work") {
  World world;
  Bytes backup = world.back_up();
  CHECK(world.restore(as_bytes("taut:abc")).error().reason == reasons::kNoBackup);
  CHECK(world.restore({}).error().reason == reasons::kNoBackup);
  Bytes later = backup;
  later[12] = 2;
  CHECK(world.restore(later).error() == Error{Errc::incompatible, reasons::kFutureState});
  for (const std::size_t at : {std::size_t{13}, std::size_t{17}}) {  // 2^24 passes, 16 TiB
    Bytes dear = backup;
    dear[at] = 1;
    CHECK(world.restore(dear).error().reason == reasons::kNoBackup);
  }
}

TEST_CASE("a passphrase has a size, and a state file is not overwritten") {
  World world;
  CHECK(node::back_up(world.bob.store, as_bytes("1234567"), world.random, kCheap).error().reason ==
        reasons::kWeakPassphrase);
  CHECK(node::back_up(world.bob.store, Bytes(1025), world.random, kCheap).error().reason ==
        reasons::kWeakPassphrase);
  const Bytes backup = world.back_up();
  CHECK(world.restore(backup, "short").error().reason == reasons::kWeakPassphrase);
  CHECK(node::restore(world.alice.store, backup, as_bytes(kWords), kHere, {{}, kNow}, world.random)
            .error()
            .reason == reasons::kIdentityExists);
  CHECK(world.alice.card().node_id() == world.alice.id());
}

TEST_CASE("a revoked identity comes back revoked") {
  World world;
  const identity::SignedCard revocation = sign_revocation(world.bob.store, std::nullopt).value();
  world.bob.store.write([&](Transaction& transaction) { return keep_revocation(transaction, revocation); })
      .value();
  world.restore(world.back_up()).value();
  CHECK(open(world.fresh, Bytes{9}, {{}, kNow}, world.random).value().card == revocation);
}

TEST_CASE("the content of a backup is read back as it was written, or not at all") {
  World world;
  const Self self = open(world.bob.store, kHere, {{}, kNow}, world.random).value();
  const BackupContent content{identity::Identity::copy_of(self.identity).value(),
                              "bob",
                              {kDefaultSuite.begin(), kDefaultSuite.end()},
                              self.card,
                              contacts(world.bob.store).value(),
                              {*world.post.card}};
  const SecretBytes bytes = encode(content);
  const BackupContent read = parse_backup_content(bytes.expose()).value();
  CHECK(encode(read).equals(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(parse_backup_content(bytes.expose().first(size)).has_value());
  Bytes longer = to_bytes(bytes.expose());
  longer.push_back(0);
  CHECK_FALSE(parse_backup_content(longer).has_value());
}
