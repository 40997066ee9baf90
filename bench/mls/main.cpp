// The table of docs/performance.md: what an MLS group costs by its size, in thread CPU time, one thread.
//
//   bench_mls [N …]      sizes; by default 2 10 100 1000 5000 10000

#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "mls/table.hpp"
#include "mls/world.hpp"
#include "support/cpu_time.hpp"

using namespace taut;
using namespace taut::bench;
using namespace taut::mls;

namespace {

struct Units {
  double verify_s;
  double x25519_s;
};

// What this machine's own primitives cost: the floor under every row.
Units measure_units() {
  test::SeededRandom random(1);
  const auto key = must(crypto::SignatureKeyPair::generate(crypto::SignatureId::ed25519, random), "key");
  const auto mine = must(crypto::DhKeyPair::generate(crypto::DhId::x25519, random), "key");
  const auto theirs = must(crypto::DhKeyPair::generate(crypto::DhId::x25519, random), "key");
  const Bytes message(250, 7);
  const auto signature = must(crypto::sign(key, message), "sign");
  std::vector<double> verify, x25519;
  for (int i = 0; i < 301; ++i) {
    verify.push_back(cpu_s([&] { return crypto::verify(key.public_key, message, signature.view()); }));
    x25519.push_back(cpu_s([&] { return crypto::dh(mine, theirs.public_key).has_value(); }));
  }
  return {median(verify), median(x25519)};
}

class Column {
 public:
  Column(Table& table, std::uint32_t member_count)
      : table_(table), world_(member_count), rounds_(member_count > 1'000 ? 3 : 7) {
    table.begin_column("N=" + std::to_string(member_count));
  }

  void measure() {
    creation();
    Pair blank = world_.blank_pair();
    follow("First update on blank tree", blank, [](Pair&) { return CommitOptions{}; }, 1);
    Bytes welcome;
    Pair filled = world_.filled_pair(&welcome);
    if (!welcome.empty())
      table_.milliseconds("Join, filled tree", cpu_s([&] { return world_.join_last(welcome); }));
    follow("Update, filled tree", filled, [](Pair&) { return CommitOptions{}; }, rounds_);
    messages(filled, 100);
    messages(filled, 1'000);
    saving(filled);
    memory(welcome);
    additions(filled);
    removals(filled);
  }

 private:
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
      table_.count("Create group: ratchet_tree bytes", group.ratchet_tree().size());
      table_.milliseconds("Join, blank tree", cpu_s([&] { return world_.join_last(*sent); }));
    }
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
  int rounds_;
};

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> sizes{2, 10, 100, 1'000, 5'000, 10'000};
  if (argc > 1) sizes.clear();
  for (int i = 1; i < argc; ++i)
    sizes.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  const Units units = measure_units();
  std::printf(
      "Suite 1. V = Ed25519 verify of 250 B: %.1f µs. X = X25519: %.1f µs. Thread CPU time, medians.\n\n",
      units.verify_s * 1e6, units.x25519_s * 1e6);
  Table table("operation");
  for (const std::uint32_t size : sizes) {
    std::fprintf(stderr, "N=%u\n", size);
    Column(table, size).measure();
  }
  table.print();
  return 0;
}
