#pragma once
// The folder that holds all of a node's state: --home, $TAUT_HOME, $XDG_DATA_HOME/taut or
// ~/.local/share/taut. Its owner's alone (0700), and everything in it (0600).

#include <filesystem>
#include <optional>

#include "cli/failure.hpp"

namespace taut::cli {

struct Home {
  std::filesystem::path folder;

  std::filesystem::path node_file() const { return folder / "node.db"; }
  std::filesystem::path dispatcher_file() const { return folder / "dispatcher.db"; }
};

/// @param given  of --home
/// @errors usage: neither of the variables says where
Outcome<Home> find_home(const std::optional<std::string>& given);

/// The folder is there, ours, and closed to others.
/// @errors not_found: no such folder; storage: not a folder, another's, or modes looser than 0700
Done check_home(const Home& home);

/// Makes the folder with mode 0700, and its parents; or checks the one that is there.
Done make_home(const Home& home);

}  // namespace taut::cli
