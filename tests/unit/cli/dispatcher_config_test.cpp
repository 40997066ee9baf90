#include "cli/dispatcher_config.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "support/folder.hpp"

namespace taut::cli {
namespace {

DispatcherConfig parsed(const std::string& text) {
  auto config = parse_dispatcher_config(text, "'x.toml'");
  if (!config) FAIL(config.error().what);
  return *config;
}
std::string refused(const std::string& text) {
  const auto config = parse_dispatcher_config(text, "'x.toml'");
  REQUIRE_FALSE(config);
  CHECK(config.error().exit == ExitCode::usage);
  CHECK(config.error().reason == "bad_config");
  return config.error().what + ". " + config.error().next;
}

TEST_CASE("an empty file changes nothing, a full one everything that it names") {
  const dispatcher::Limits defaults;
  CHECK_FALSE(parsed("").policy);
  CHECK(parsed("# nothing\n").limits.inbox_max == defaults.inbox_max);
  const DispatcherConfig full = parsed(
      "policy = \"closed\"\nttl = \"3d\"\n"
      "inbox_messages = 100\ninbox_bytes = 2_000_000\nown_messages = 10\nown_bytes = 20\n"
      "stranger_messages = 0\nstranger_bytes = 0\nstore_bytes = 1000000000\nnodes = 7\nconnections = 8\r\n");
  CHECK(full.policy == DispatcherPolicy::closed);
  CHECK(full.limits.ttl_max == std::chrono::days(3));
  CHECK(full.limits.inbox_max == dispatcher::Usage{100, 2'000'000});
  CHECK(full.limits.own_share == dispatcher::Usage{10, 20});
  CHECK(full.limits.stranger_share == dispatcher::Usage{0, 0});
  CHECK(full.limits.store_bytes_max == 1'000'000'000);
  CHECK(full.limits.nodes_max == 7);
  CHECK(full.limits.connections_max == 8);
}

TEST_CASE("what one log may hold at most also bounds what it holds where nobody asks") {
  const DispatcherConfig small = parsed(
      "logs = 5\nlog_store_bytes = 100000000\nlog_bytes = 3000000\nlog_time = \"2d\"\nkey_packages = 9\n");
  CHECK(small.limits.logs_max == 5);
  CHECK(small.limits.log_store_bytes_max == 100'000'000);
  CHECK(small.limits.log_retention_max == dispatcher::LogRetention{std::chrono::days(2), 3'000'000});
  CHECK(small.limits.log_retention == small.limits.log_retention_max);
  CHECK(small.limits.key_packages_max == 9);
  const DispatcherConfig large = parsed("log_bytes = 1000000000\nlog_time = \"365d\"\n");
  CHECK(large.limits.log_retention == dispatcher::Limits().log_retention);
  CHECK(large.limits.log_retention_max.time == std::chrono::days(365));
  CHECK(parsed("log_time = \"1m\"").limits.log_retention.time == std::chrono::hours(1));
}

TEST_CASE("what does not read is refused with its place") {
  for (const auto& [text, said] : std::vector<std::pair<std::string, std::string>>{
           {"polcy = \"open\"", "line 1, column 9: there is no 'polcy'"},
           {"\n\nnodes = 0", "line 3, column 9: 'nodes' takes a whole number"},
           {"nodes = -1", "'nodes' takes a whole number"},
           {"nodes = 1.5", "'nodes' takes a whole number"},
           {"nodes = \"5\"", "'nodes' takes a whole number"},
           {"nodes = nan", "'nodes' takes a whole number"},
           {"nodes = 99999999999999999999", "line 1"},
           {"policy = \"ajar\"", "'policy' takes \"open\" or \"closed\""},
           {"policy = true", "'policy' takes \"open\" or \"closed\""},
           {"log_bytes = 5", "'log_bytes' takes a whole number"},
           {"log_time = 3", "'log_time' takes a time in quotes"},
           {"log_time = \"1y\"", "'log_time' takes no \"1y\""},
           {"ttl = 30", "'ttl' takes a time in quotes"},
           {"ttl = \"366d\"", "'ttl' takes no \"366d\""},
           {"nodes = 1\nnodes = 2", "line 2"},
           {"[inbox]\nmessages = 1", "there is no 'inbox'"},
           {"nodes", "line 1"},
           {"nodes = [[[[[[[[1]]]]]]]]", "'nodes' takes a whole number"},
           {"policy = \"\xff\"", "line 1"},
       }) {
    CAPTURE(text);
    const std::string what = refused(text);
    CAPTURE(what);
    CHECK(what.find(said) != std::string::npos);
    CHECK(what.starts_with("'x.toml', line "));
  }
}

TEST_CASE("a file that is not there, is too long, or is no file") {
  const test::Folder folder;
  const auto file = folder.path() / "dispatcher.toml";
  CHECK(read_dispatcher_config(file).has_value());
  std::ofstream(file) << "nodes = 9\n";
  CHECK(read_dispatcher_config(file)->limits.nodes_max == 9);
  std::ofstream(file) << std::string(70'000, '#');
  CHECK(read_dispatcher_config(file).error().exit == ExitCode::usage);
  CHECK(read_dispatcher_config(folder.path()).error().exit == ExitCode::storage);
}

}  // namespace
}  // namespace taut::cli
