// The page docs/mls.md: its examples run, and are what the page shows.

#include <fstream>
#include <sstream>

#include "../../../examples/mls/examples.hpp"
#include "group_world.hpp"
#include "support/source_dir.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::mls::test;

namespace {

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What stands between the two lines `// [name]`.
std::string excerpt(const std::string& name) {
  const std::string text = read(taut::test::source_dir() / "examples/mls" / (name + ".cpp"));
  const std::string mark = "// [" + name + "]\n";
  const std::size_t begin = text.find(mark);
  const std::size_t end = text.find(mark, begin + 1);
  REQUIRE(begin != std::string::npos);
  REQUIRE(end != std::string::npos);
  return text.substr(begin + mark.size(), end - begin - mark.size());
}

/// All of these tests, in one text.
std::string all_tests() {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(taut::test::source_dir() / "tests/unit/mls"))
    if (entry.path().extension() == ".cpp") text += read(entry.path());
  return text;
}

/// What stands in quotes from `begin` on.
std::vector<std::string> quoted(const std::string& text, std::size_t begin) {
  std::vector<std::string> found;
  while ((begin = text.find('"', begin)) != std::string::npos) {
    const std::size_t end = text.find('"', begin + 1);
    REQUIRE(end != std::string::npos);
    found.push_back(text.substr(begin + 1, end - begin - 1));
    begin = end + 1;
  }
  return found;
}

}  // namespace

TEST_CASE("the examples of docs/mls.md run") {
  taut::test::SeededRandom random(1);
  const Client alice_client = must(examples::make_client("alice", random));
  const Client bob_client = must(examples::make_client("bob", random));
  Group alice = must(examples::create(alice_client, random, kNow));
  Group bob = must(examples::add(alice, bob_client, random, kNow));
  const Bytes message = must(examples::send(alice, "half past nine?"));
  CHECK(must(examples::receive(bob, message, kNow)) == "half past nine?");

  examples::Store store;
  examples::save(bob, store);
  must(examples::receive(bob, must(examples::send(alice, "bring the rope")), kNow));
  examples::save(bob, store);
  bob = must(examples::load(store, random, kNow));
  CHECK(error_of(examples::receive(bob, message, kNow)) == errors::kReplayed);

  // Bob loses everything, comes back, and is removed.
  Bytes commit;
  Group again = must(
      examples::rejoin(must(examples::make_client("bob", random)), alice, bob.own_leaf(), commit, random));
  CHECK(must(examples::receive(alice, commit, kNow)) == "epoch 2");
  CHECK(must(examples::receive(bob, commit, kNow)) == "this client was removed");
  CHECK(same_epoch(alice, again));
  const Bytes removal = must(examples::remove(alice, "bob", kNow));
  CHECK(must(examples::receive(alice, removal, kNow)) == "epoch 3");
  CHECK(must(examples::receive(again, removal, kNow)) == "this client was removed");
  CHECK(error_of(examples::remove(alice, "bob", kNow)) == errors::kNoSuchLeaf);
}

TEST_CASE("docs/mls.md shows them as they are, each in about twenty lines") {
  const std::string page = read(taut::test::source_dir() / "docs/mls.md");
  for (const std::string name :
       {"client", "create", "add", "send", "receive", "remove", "rejoin", "save", "load"}) {
    const std::string code = excerpt(name);
    CHECK_MESSAGE(page.find("```cpp\n" + code + "```\n") != std::string::npos,
                  "docs/mls.md differs from " << name);
    CHECK_MESSAGE(std::ranges::count(code, '\n') <= 20, name << " is longer than twenty lines");
  }
}

TEST_CASE("docs/mls.md names tests that there are") {
  const std::string page = read(taut::test::source_dir() / "docs/mls.md");
  const std::string tests = all_tests();
  const auto names = quoted(page, page.find("## What shows it"));
  CHECK(names.size() > 50);
  for (const std::string& name : names) {
    const std::string start = name.substr(0, name.find("…"));  // "a family: …"
    CHECK_MESSAGE(tests.find("\"" + start) != std::string::npos, "no test is called " << name);
  }
}
