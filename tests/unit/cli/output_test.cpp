#include "cli/output.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "cli/home.hpp"
#include "cli/qr.hpp"

namespace taut::cli {
namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read() const {
    std::string text(1000, '\0');
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }
  int ends[2] = {-1, -1};
};

TEST_CASE("what is printed is out when the call returns") {
  const Pipe data;
  const Pipe talk;
  const Output out(Output::Format::text, data.ends[1], talk.ends[1]);
  REQUIRE(out.print("hello\n"));
  CHECK(data.read() == "hello\n");
  out.say("by the way");
  CHECK(talk.read() == "by the way\n");
  CHECK(out.terminal_columns() == 0);
}

TEST_CASE("a full device and a broken pipe are failures that say so") {
  std::signal(SIGPIPE, SIG_IGN);
  const int full = ::open("/dev/full", O_WRONLY);
  const auto no_room = Output(Output::Format::text, full).print("x");
  ::close(full);
  REQUIRE_FALSE(no_room);
  CHECK(no_room.error().exit == ExitCode::storage);
  CHECK(no_room.error().reason == "stdout_failed");

  Pipe broken;
  ::close(broken.ends[0]);
  broken.ends[0] = -1;
  const auto closed = Output(Output::Format::text, broken.ends[1]).print("x");
  REQUIRE_FALSE(closed);
  CHECK(closed.error().reason == "stdout_closed");
}

TEST_CASE("under --json talk is silent, and a failure is an object") {
  const Pipe talk;
  const Output out(Output::Format::json, 1, talk.ends[1]);
  out.say("by the way");
  out.report({ExitCode::timeout, "nothing_came", "Nothing came", "Wait"});
  CHECK(talk.read().starts_with("{\"v\":1,\"error\":\"timeout\",\"reason\":\"nothing_came\",\"exit\":7"));
}

TEST_CASE("the folder is the flag's, else the environment's, in its order") {
  const auto home = [](std::optional<std::string> given = std::nullopt) {
    const auto found = find_home(given);
    return found ? found->folder.string() : found.error().reason;
  };
  ::setenv("TAUT_HOME", "/t", 1);
  ::setenv("XDG_DATA_HOME", "/x", 1);
  ::setenv("HOME", "/h", 1);
  CHECK(home("/flag") == "/flag");
  CHECK(home("") == "no_home");
  CHECK(home() == "/t");
  ::setenv("TAUT_HOME", "", 1);
  CHECK(home() == "/x/taut");
  ::setenv("XDG_DATA_HOME", "relative", 1);  // to be ignored, says the XDG specification
  CHECK(home() == "/h/.local/share/taut");
  ::unsetenv("HOME");
  CHECK(home() == "no_home");
}

TEST_CASE("a QR code fits its terminal or is left out") {
  const auto code = qr_code("taut:abc", 80);
  REQUIRE(code);
  CHECK(code->find("\u2588") != std::string::npos);
  CHECK_FALSE(qr_code("taut:abc", 20));
  CHECK_FALSE(qr_code(std::string(5000, 'x'), 500));
}

}  // namespace
}  // namespace taut::cli
