#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>

#include "../notes.hpp"
#include "../operations.hpp"
#include "store/dispatcher_store.hpp"
#include "store/dispatcher_tables.hpp"
#include "store/node_store.hpp"
#include "support/folder.hpp"
#include "support/forgetful_vfs.hpp"
#include "support/seeded_random.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::dispatcher;

namespace {

/// Runs in a process of its own, on a forgetful disk, until it is killed; `say` reaches the caller. A life
/// that ends by itself fails the test.
class Victim {
 public:
  template <class Life>
  explicit Victim(Life life, const char* syncs = "honest") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    from_ = ends[0];
    child_ = ::fork();
    if (child_ == 0) {
      ::setenv("TAUT_FORGETFUL", syncs, 1);
      register_forgetful_vfs();
      life([to = ends[1]](std::uint64_t number) {
        if (::write(to, &number, sizeof number) != sizeof number) ::_exit(1);
      });
      ::_exit(1);
    }
    ::close(ends[1]);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim() { kill(); }

  std::uint64_t hear() {
    std::uint64_t number = 0;
    REQUIRE(::read(from_, &number, sizeof number) == sizeof number);
    return number;
  }
  /// The rest of what it said before it died.
  std::set<std::uint64_t> kill() {
    std::set<std::uint64_t> rest;
    if (child_ == 0) return rest;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
    for (std::uint64_t number = 0; ::read(from_, &number, sizeof number) == sizeof number;)
      rest.insert(number);
    ::close(from_);
    return rest;
  }

 private:
  pid_t child_ = 0;
  int from_ = -1;
};

constexpr std::uint64_t kRests = 0;  ///< said instead of an operation's number

/// Puts for ever, and says what is stored; after so many commits it says that it rests, and does.
auto putting(const std::filesystem::path& file, int commits_until_rest = -1) {
  return [file, commits_until_rest](auto say) {
    SeededRandom random(1);
    const auto deliver = [say, left = commits_until_rest](
                             std::vector<store::DispatcherStore::Completion> completions) mutable {
      for (const auto& one : completions) {
        if (one.result) say(one.id);
      }
      if (--left != 0) return;
      say(kRests);
      ::pause();
    };
    auto store = store::DispatcherStore::start(file, random, deliver);
    if (!store) ::_exit(1);
    (*store)->submit({1, AddNode{value_numbered<NodeId>(1), {}, {}}});
    for (OperationId id = 2;; ++id) {
      (*store)->submit({id, put_of(1, id, 100 + id % 2000)});
      if (id % 50 == 0) ::usleep(1000);
    }
  };
}

std::set<std::uint64_t> stored_in(const std::filesystem::path& file) {
  SeededRandom random(1);
  auto tables = store::DispatcherTables::open(file, random);
  REQUIRE_MESSAGE(tables.has_value(), tables.error().text);
  std::vector<Operation> batch{FetchMessages{value_numbered<NodeId>(1), 0, std::size_t{1} << 30, 1'000'000}};
  const auto results = (*tables)->carry_out(batch);
  REQUIRE(results[0].has_value());
  std::set<std::uint64_t> numbers;
  for (const auto& message : std::get<Fetched>(*results[0]).messages) numbers.insert(message.number);
  return numbers;
}

}  // namespace

TEST_CASE("a kill makes a forgetful disk forget what was not synced, and nothing else") {
  Folder folder;
  Victim victim([&](auto say) {
    auto notes = open_notes(folder / "notes.db");
    if (!notes) ::_exit(1);
    const auto add = [&] { return notes->run("INSERT INTO note (body) VALUES ('kept')").has_value(); };
    for (int i = 0; i < 20; ++i) add();
    static_cast<void>(notes->run("PRAGMA synchronous = OFF"));
    for (int i = 0; i < 30; ++i) add();
    say(static_cast<std::uint64_t>(count_notes(*notes)));
    ::pause();
  });
  CHECK(victim.hear() == 50);
  victim.kill();
  auto notes = open_notes(folder / "notes.db");
  REQUIRE(notes.has_value());
  CHECK(count_notes(*notes) == 20);
  CHECK(notes->check().has_value());
}

TEST_CASE("killed in the middle of a transaction on a forgetful disk, a state file holds those before it") {
  Folder folder;
  const auto file = folder / "state.db";
  Victim victim([&](auto say) {
    auto store = store::NodeStore::open(file);
    if (!store) ::_exit(1);
    const auto add = [](node::Transaction& to) -> Status {
      TAUT_CHECK(to.add_item(Bytes(2000, 'i')));
      return {};
    };
    for (int i = 0; i < 20; ++i) static_cast<void>(store->write(add));
    static_cast<void>(store->write([&](node::Transaction& to) -> Status {
      for (int i = 0; i < 5000; ++i) TAUT_CHECK(add(to));  // more than the cache holds
      say(0);
      ::pause();
      return {};
    }));
  });
  CHECK(victim.hear() == 0);
  victim.kill();
  auto store = store::NodeStore::open(file);
  REQUIRE(store.has_value());
  REQUIRE(store
              ->read([](node::Transaction& from) -> Status {
                CHECK(from.item_count() == 20);
                return {};
              })
              .has_value());
  CHECK(store->check().has_value());
}

TEST_CASE("killed on a forgetful disk, a dispatcher's store has lost nothing that it acknowledged") {
  for (int kills = 0; kills < 5; ++kills) {
    Folder place;
    Victim victim(putting(place / "post.db"));
    std::set<std::uint64_t> said;
    for (int i = 0; i < 300 + 700 * kills; ++i) said.insert(victim.hear());
    said.merge(victim.kill());
    said.erase(1);
    const auto stored = stored_in(place / "post.db");
    CHECK(std::ranges::includes(stored, said));
    CHECK(said.size() > 200);
  }
}

TEST_CASE("a dispatcher's store that acknowledges before the sync is found out by a kill") {
  std::size_t lost = 0;
  for (int commits = 6; commits < 10; ++commits) {  // every other one is not synced: the last, twice at least
    Folder place;
    Victim victim(putting(place / "post.db", commits), "late");
    std::set<std::uint64_t> said;
    for (std::uint64_t one = victim.hear(); one != kRests; one = victim.hear()) said.insert(one);
    victim.kill();
    said.erase(1);
    const auto stored = stored_in(place / "post.db");
    for (const std::uint64_t one : said) lost += stored.contains(one) ? 0 : 1;
  }
  CHECK(lost > 0);
}
