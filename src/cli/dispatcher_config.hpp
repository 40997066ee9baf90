#pragma once
// dispatcher.toml in the state folder: what a dispatcher allows. Read at the start and on SIGHUP.

#include <filesystem>

#include "cli/failure.hpp"
#include "cli/requests.hpp"
#include "dispatcher/limits.hpp"

namespace taut::cli {

struct DispatcherConfig {
  std::optional<DispatcherPolicy> policy;
  dispatcher::Limits limits;
};

/// The defaults, where there is no file.
/// @errors usage (bad_config): with line and column; storage (cannot_read)
Outcome<DispatcherConfig> read_dispatcher_config(const std::filesystem::path& file);
/// @param name  of the file, for sentences
Outcome<DispatcherConfig> parse_dispatcher_config(std::string_view text, const std::string& name);

}  // namespace taut::cli
