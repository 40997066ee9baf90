// The table of docs/performance/mls.md: what an MLS group costs by its size, in thread CPU time, one thread.
// Every column has this machine's own primitives beside it, measured before, between and after its rows: a
// machine that is shared does not run at one speed.
//
//   bench_mls [N …]      sizes; by default 2 10 100 1000 5000 10000

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "mls/key_package_rules.hpp"
#include "mls/table.hpp"
#include "mls/world.hpp"
#include "support/cpu_time.hpp"

using namespace taut;
using namespace taut::bench;
using namespace taut::mls;

namespace {

// What this machine's own primitives cost: the floor under every row.
class Units {
 public:
  void measure() {
    for (int i = 0; i < 101; ++i) {
      sign_.push_back(cpu_s([&] { return crypto::sign(key_, message_).has_value(); }));
      verify_.push_back(
          cpu_s([&] { return crypto::verify(key_.public_key, message_, signature_.view()).has_value(); }));
      x25519_.push_back(cpu_s([&] { return crypto::dh(mine_, theirs_.public_key).has_value(); }));
    }
  }
  void write(Table& table) const {
    table.microseconds("S: Ed25519 sign, 250 B", median(sign_));
    table.microseconds("V: Ed25519 verify, 250 B", median(verify_));
    table.microseconds("X: X25519", median(x25519_));
  }

 private:
  test::SeededRandom random_{1};
  const crypto::SignatureKeyPair key_ =
      must(crypto::SignatureKeyPair::generate(crypto::SignatureId::ed25519, random_), "key");
  const crypto::DhKeyPair mine_ = must(crypto::DhKeyPair::generate(crypto::DhId::x25519, random_), "key");
  const crypto::DhKeyPair theirs_ = must(crypto::DhKeyPair::generate(crypto::DhId::x25519, random_), "key");
  const Bytes message_ = Bytes(250, 7);
  const crypto::Signature signature_ = must(crypto::sign(key_, message_), "sign");
  std::vector<double> sign_, verify_, x25519_;
};

class Column {
 public:
  Column(Table& table, std::uint32_t member_count)
      : table_(table), world_(member_count), rounds_(member_count > 1'000 ? 3 : 7) {
    table.begin_column("N=" + std::to_string(member_count));
  }

  void measure() {
    units_.measure();
    key_packages();
    creation();
    units_.measure();
    Pair blank = world_.blank_pair();
    follow("First update on blank tree", blank, [](Pair&) { return CommitOptions{}; }, 1);
    Bytes welcome;
    Pair filled = world_.filled_pair(&welcome);
    table_.count("ratchet_tree of a filled tree, bytes", filled.actor.ratchet_tree().size());
    units_.measure();
    join("Join, filled tree", welcome);
    units_.measure();
    follow("Update, filled tree", filled, [](Pair&) { return CommitOptions{}; }, rounds_);
    additions(filled);
    removals(filled);
    units_.measure();
    messages(filled, 100);
    messages(filled, 1'000);
    units_.measure();
    saving(filled);
    memory(welcome);
    units_.write(table_);
  }

 private:
  void key_packages() {
    std::vector<double> make, judge;
    KeyPackage made;
    const LeafRules rules = LeafRules::of_suite(world_.client().suite).value();
    for (int i = 0; i < 51; ++i) {
      make.push_back(cpu_s([&] { return made = world_.new_key_package(); }));
      const Bytes bytes = encoded(made);
      judge.push_back(
          cpu_s([&] { return verify_key_package(rules, decoded<KeyPackage>(bytes).value()).has_value(); }));
    }
    table_.microseconds("KeyPackage: client and package made", median(make));
    table_.microseconds("KeyPackage: read and verified", median(judge));
    table_.count("KeyPackage: bytes", encoded(made).size());
  }

  void join(const std::string& row, ByteView welcome) {
    if (welcome.empty()) return;
    std::vector<double> times;
    for (int i = 0; i < std::min(rounds_, 3); ++i)
      times.push_back(cpu_s([&] { return world_.join_last(welcome); }));
    table_.milliseconds(row, median(times));
  }

  void creation() {
    for (const PathChoice path : {PathChoice::if_required, PathChoice::always}) {
      const bool plain = path == PathChoice::if_required;
      CommitOptions options = world_.add_others(path);
      Group group = world_.alone();
      std::optional<SentCommit> sent;
      table_.milliseconds(plain ? "Create group: add N-1, no path" : "Create group: add N-1, with path",
                          cpu_s([&] {
                            sent = must(group.commit(std::move(options), World::now()), "commit");
                            return must(group.merge_pending(World::now()), "merge");
                          }));
      if (!plain) continue;
      table_.count("Create group: commit bytes", sent->commit.size());
      table_.count("Create group: Welcome bytes", sent->welcome->size());
      table_.count("ratchet_tree of a blank tree, bytes", group.ratchet_tree().size());
      join("Join, blank tree", *sent->welcome);
    }
    CommitOptions apart = world_.add_others(PathChoice::if_required);
    apart.tree = TreeDelivery::apart;
    Group group = world_.alone();
    table_.count("Create group: Welcome without tree, bytes",
                 must(group.commit(std::move(apart), World::now()), "commit").welcome->size());
  }

  // The actor commits, the follower processes: each with its merge.
  template <class Options>
  void follow(const std::string& row, Pair& pair, Options options, int rounds) {
    std::vector<double> create, process;
    std::optional<SentCommit> sent;
    for (int i = 0; i < rounds; ++i) {
      CommitOptions wanted = options(pair);
      create.push_back(cpu_s([&] {
        sent = must(pair.actor.commit(std::move(wanted), World::now()), "commit");
        return must(pair.actor.merge_pending(World::now()), "merge");
      }));
      process.push_back(cpu_s([&] {
        auto staged =
            std::get<StagedCommit>(must(pair.follower.receive(sent->commit, World::now()), "receive"));
        return must(pair.follower.merge(std::move(staged), World::now()), "merge");
      }));
    }
    table_.milliseconds(row + ": create", median(create));
    table_.milliseconds(row + ": process", median(process));
    table_.count(row + ": bytes", sent->commit.size());
    if (sent->welcome) table_.count(row + ": Welcome bytes", sent->welcome->size());
  }

  void additions(Pair& pair) {
    follow(
        "Add 1 (path, Welcome with tree)", pair,
        [&](Pair&) {
          CommitOptions options;
          options.proposals.push_back({Add{world_.new_key_package()}});
          return options;
        },
        rounds_);
  }

  void removals(Pair& pair) {
    if (world_.member_count() < 10) return;
    std::uint32_t next = 1;
    follow(
        "Remove 1", pair,
        [&](Pair&) {
          CommitOptions options;
          options.proposals.push_back({Remove{{next}}});
          next += world_.member_count() / 10;
          return options;
        },
        std::min(rounds_, 5));
  }

  void messages(Pair& pair, std::size_t size) {
    const Bytes data(size, 1);
    std::vector<double> protect, unprotect;
    Bytes sent;
    for (int i = 0; i < 301; ++i) {
      protect.push_back(cpu_s([&] { return sent = must(pair.actor.protect(data), "protect"); }));
      unprotect.push_back(cpu_s([&] { return must(pair.follower.receive(sent, World::now()), "receive"); }));
    }
    const std::string row = "Message of " + std::to_string(size) + " B: ";
    table_.microseconds(row + "protect", median(protect));
    table_.microseconds(row + "unprotect", median(unprotect));
    table_.count(row + "bytes on the wire", sent.size());
  }

  void saving(Pair& pair) {
    std::vector<Record> records;
    table_.milliseconds("Save whole", cpu_s([&] { return (records = pair.follower.save()).size(); }));
    std::size_t saved_bytes = 0;
    for (const Record& record : records)
      saved_bytes += Bytes(record.key.encode()).size() + record.value.size();
    table_.count("Save whole: bytes", saved_bytes);
    table_.milliseconds("Load", cpu_s([&] {
                          return must(Group::load(world_.hooks(), std::move(records), World::now()), "load");
                        }));

    const SentCommit sent = must(pair.actor.commit({}, World::now()), "commit");
    must(pair.actor.merge_pending(World::now()), "merge");
    auto staged = std::get<StagedCommit>(must(pair.follower.receive(sent.commit, World::now()), "receive"));
    must(pair.follower.merge(std::move(staged), World::now()), "merge");
    Changes changes;
    table_.milliseconds("Save after an update", cpu_s([&] {
                          changes = pair.follower.take_changes();
                          return changes.put.size();
                        }));
    table_.count("Save after an update: records", changes.put.size() + changes.erase.size());
  }

  // What a joined group keeps, of the tree by whose Welcome it came.
  void memory(const Bytes& welcome) {
    if (welcome.empty()) return;
    malloc_trim(0);
    const std::size_t before = mallinfo2().uordblks;
    const Group joined = world_.join_last(welcome);
    table_.count("Memory of a group, bytes a member",
                 (mallinfo2().uordblks - before) / world_.member_count());
  }

  Table& table_;
  World world_;
  Units units_;
  int rounds_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> sizes{2, 10, 100, 1'000, 5'000, 10'000};
  if (argc > 1) sizes.clear();
  for (int i = 1; i < argc; ++i)
    sizes.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  std::printf("Suite 1, thread CPU time, medians.\n\n");
  Table table("operation");
  for (const std::uint32_t size : sizes) {
    std::fprintf(stderr, "N=%u\n", size);
    Column(table, size).measure();
  }
  table.print();
  return 0;
}
