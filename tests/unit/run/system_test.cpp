#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "run/clocks.hpp"
#include "run/place.hpp"
#include "run/standard_input.hpp"
#include "run/system_random.hpp"
#include "support/folder.hpp"

namespace taut::run {
namespace {

TEST_CASE("the system's randomness does not repeat, whatever the sizes") {
  SystemRandom random;
  std::set<Bytes> seen;
  for (std::size_t size = 8; size < 700; size += 7) {
    Bytes bytes(size);
    random.fill(bytes);
    CHECK(seen.insert(Bytes(bytes.begin(), bytes.begin() + 8)).second);
    CHECK(seen.insert(Bytes(bytes.end() - 8, bytes.end())).second == (size > 8));
  }
}

TEST_CASE("the wall clock is set") { CHECK(wall_time().has_value()); }

TEST_CASE("a copy lies in another place") {
  const test::Folder folder;
  const auto file = folder.path() / "state";
  CHECK(place_of(file).empty());
  std::ofstream(file) << "x";
  const Bytes place = place_of(file);
  CHECK_FALSE(place.empty());
  CHECK(place_of(file) == place);
  std::filesystem::copy_file(file, folder.path() / "copy");
  CHECK(place_of(folder.path() / "copy") != place);
}

TEST_CASE("standard input comes in pieces, and a silent one holds nothing up") {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const int saved = ::dup(STDIN_FILENO);
  ::dup2(pipe[0], STDIN_FILENO);
  {
    carrier::Loop loop;
    Bytes got;
    bool ended = false;
    std::unique_ptr<StandardInput> input;
    input = std::make_unique<StandardInput>(loop, [&](Result<Bytes> piece) {
      REQUIRE(piece);
      if (piece->empty()) {
        ended = true;
        return loop.stop();
      }
      append(got, *piece);
      ::close(pipe[1]);
      input->read();
    });
    input->read();
    REQUIRE(::write(pipe[1], "abc", 3) == 3);
    loop.run();
    CHECK(as_text(got) == "abc");
    CHECK(ended);
  }
  REQUIRE(::pipe(pipe.data()) == 0);
  ::dup2(pipe[0], STDIN_FILENO);
  {
    carrier::Loop loop;
    StandardInput silent(loop, [](Result<Bytes>) { FAIL("nothing was written"); });
    silent.read();
  }  // ends though the read has not
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
}

}  // namespace
}  // namespace taut::run
