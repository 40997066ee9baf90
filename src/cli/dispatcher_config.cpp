#include "cli/dispatcher_config.hpp"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
#include <fstream>
#include <functional>
#include <map>

#include "cli/argument_parser.hpp"
#include "cli/nearest.hpp"

namespace taut::cli {
namespace {

constexpr std::int64_t kConfigBytesMax = 64 * 1024;

using Key = std::function<Done(const toml::node& value, DispatcherConfig& config)>;

std::unexpected<Failure> bad_config(const std::string& name, const toml::source_region& where,
                                    const std::string& what, const std::string& next) {
  return failure(ExitCode::usage, "bad_config",
                 name + ", line " + std::to_string(where.begin.line) + ", column " +
                     std::to_string(where.begin.column) + ": " + what,
                 next);
}

/// A whole number in 1..highest.
template <class Target>
Key count(Target dispatcher::Limits::* member, std::uint64_t highest) {
  return [member, highest](const toml::node& value, DispatcherConfig& config) -> Done {
    const auto number = value.value_exact<std::int64_t>();
    if (!number || *number < 1 || static_cast<std::uint64_t>(*number) > highest)
      return failure(ExitCode::usage, "bad_config", "takes a whole number",
                     "Give one from 1 to " + std::to_string(highest));
    config.limits.*member = static_cast<Target>(*number);
    return {};
  };
}

enum class Part { messages, bytes };

Key share(dispatcher::Usage dispatcher::Limits::* member, Part part) {
  constexpr std::int64_t kHighest = std::int64_t{1} << 40;
  return [member, part](const toml::node& value, DispatcherConfig& config) -> Done {
    const auto number = value.value_exact<std::int64_t>();
    if (!number || *number < 0 || *number > kHighest)
      return failure(ExitCode::usage, "bad_config", "takes a whole number",
                     "Give one from 0 to " + std::to_string(kHighest));
    dispatcher::Usage& usage = config.limits.*member;
    (part == Part::messages ? usage.messages : usage.bytes) = static_cast<std::uint64_t>(*number);
    return {};
  };
}

Done read_policy(const toml::node& value, DispatcherConfig& config) {
  const auto text = value.value_exact<std::string>();
  if (text == "open") config.policy = DispatcherPolicy::open;
  if (text == "closed") config.policy = DispatcherPolicy::closed;
  if (config.policy) return {};
  return failure(ExitCode::usage, "bad_config", "takes \"open\" or \"closed\"", "Give one of them");
}

Done read_ttl(const toml::node& value, DispatcherConfig& config) {
  constexpr std::chrono::days kLongest{365};
  const auto text = value.value_exact<std::string>();
  if (!text)
    return failure(ExitCode::usage, "bad_config", "takes a time in quotes", "Give one such as \"30d\"");
  const auto parsed = duration("ttl", *text, kLongest);
  if (!parsed)
    return failure(ExitCode::usage, "bad_config", "takes no \"" + *text + "\"", parsed.error().next);
  config.limits.ttl_max = *parsed;
  return {};
}

/// How much of one log stays at most, and where nobody asks for less.
Done read_log_bytes(const toml::node& value, DispatcherConfig& config) {
  constexpr std::uint64_t kHighest = std::uint64_t{1} << 40;
  const auto number = value.value_exact<std::int64_t>();
  const std::uint64_t least = config.limits.log_retention_min.bytes;
  if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < least ||
      static_cast<std::uint64_t>(*number) > kHighest)
    return failure(ExitCode::usage, "bad_config", "takes a whole number",
                   "Give one from " + std::to_string(least) + " to " + std::to_string(kHighest));
  const auto bytes = static_cast<std::uint64_t>(*number);
  config.limits.log_retention_max.bytes = bytes;
  config.limits.log_retention.bytes = std::min(config.limits.log_retention.bytes, bytes);
  return {};
}

/// And for how long.
Done read_log_time(const toml::node& value, DispatcherConfig& config) {
  constexpr std::chrono::days kLongest{3650};
  const auto text = value.value_exact<std::string>();
  if (!text)
    return failure(ExitCode::usage, "bad_config", "takes a time in quotes", "Give one such as \"90d\"");
  const auto parsed = duration("log_time", *text, kLongest);
  if (!parsed)
    return failure(ExitCode::usage, "bad_config", "takes no \"" + *text + "\"", parsed.error().next);
  config.limits.log_retention_max.time = std::max(*parsed, config.limits.log_retention_min.time);
  config.limits.log_retention.time =
      std::min(config.limits.log_retention.time, config.limits.log_retention_max.time);
  return {};
}

const std::map<std::string, Key>& keys() {
  using dispatcher::Limits;
  static const std::map<std::string, Key> all{
      {"policy", read_policy},
      {"ttl", read_ttl},
      {"inbox_messages", share(&Limits::inbox_max, Part::messages)},
      {"inbox_bytes", share(&Limits::inbox_max, Part::bytes)},
      {"own_messages", share(&Limits::own_share, Part::messages)},
      {"own_bytes", share(&Limits::own_share, Part::bytes)},
      {"stranger_messages", share(&Limits::stranger_share, Part::messages)},
      {"stranger_bytes", share(&Limits::stranger_share, Part::bytes)},
      {"store_bytes", count(&Limits::store_bytes_max, std::uint64_t{1} << 50)},
      {"nodes", count(&Limits::nodes_max, 10'000'000)},
      {"connections", count(&Limits::connections_max, 1'000'000)},
      {"logs", count(&Limits::logs_max, 10'000'000)},
      {"log_store_bytes", count(&Limits::log_store_bytes_max, std::uint64_t{1} << 50)},
      {"log_bytes", read_log_bytes},
      {"log_time", read_log_time},
      {"key_packages", count(&Limits::key_packages_max, 10'000)},
  };
  return all;
}

Done read_key(const std::string& name, const std::string& key, const toml::node& value,
              DispatcherConfig& config) {
  const auto found = keys().find(key);
  if (found == keys().end()) {
    std::vector<std::string> names;
    for (const auto& [known, read] : keys()) names.push_back(known);
    return bad_config(name, value.source(), "there is no '" + key + "'" + did_you_mean(key, names),
                      "Take it out, or see: man taut");
  }
  const Done read = found->second(value, config);
  if (read) return {};
  return bad_config(name, value.source(), "'" + key + "' " + read.error().what, read.error().next);
}

}  // namespace

Outcome<DispatcherConfig> parse_dispatcher_config(std::string_view text, const std::string& name) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed)
    return bad_config(name, parsed.error().source(), std::string(parsed.error().description()),
                      "Mend it, or take it out");
  DispatcherConfig config;
  for (const auto& [key, value] : parsed.table()) {
    TAUT_CHECK(read_key(name, std::string(key.str()), value, config));
  }
  return config;
}

Outcome<DispatcherConfig> read_dispatcher_config(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return DispatcherConfig{};
  const std::string name = "'" + file.string() + "'";
  std::ifstream in(file, std::ios::binary);
  std::string text(static_cast<std::size_t>(kConfigBytesMax) + 1, '\0');
  in.read(text.data(), kConfigBytesMax + 1);
  if (!std::filesystem::is_regular_file(file, error) || in.bad() || !in.is_open())
    return failure(ExitCode::storage, "cannot_read", "Cannot read " + name, "Look at its owner and modes");
  if (in.gcount() > kConfigBytesMax)
    return failure(ExitCode::usage, "bad_config", name + " is longer than 64 KiB", "Shorten it");
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_dispatcher_config(text, name);
}

}  // namespace taut::cli
