#pragma once
// The folder that holds all of a node's state: --home, $TAUT_HOME, $XDG_DATA_HOME/taut or
// ~/.local/share/taut. Its owner's alone (0700), and everything in it (0600).

#include <filesystem>
#include <optional>
#include <string>

#include "cli/failure.hpp"

namespace taut::cli {

struct Home {
  std::filesystem::path folder;

  std::filesystem::path node_file() const { return folder / "node.db"; }
  std::filesystem::path dispatcher_file() const { return folder / "dispatcher.db"; }
  /// Held by the `taut up` of this folder, and where it listens.
  std::filesystem::path up_lock() const { return folder / "up.lock"; }
  std::filesystem::path up_socket() const { return folder / "up.socket"; }
  /// Held by the process that has a topic's broker or pipe.
  std::filesystem::path topic_lock(std::uint64_t number) const {
    return folder / ("topic-" + std::to_string(number) + ".lock");
  }
  std::filesystem::path dispatcher_config() const { return folder / "dispatcher.toml"; }
  /// Where a running dispatcher answers its operator.
  std::filesystem::path operator_socket() const { return folder / "dispatcher.sock"; }
};

/// @param given  of --home
/// @errors usage: nothing says where
Outcome<Home> find_home(const std::optional<std::string>& given);

}  // namespace taut::cli
