#pragma once
// What the command's exit status says (the manual page's table).

#include <span>
#include <string_view>

#include "base/error.hpp"

namespace taut::cli {

enum class ExitCode : int {
  ok = 0,
  unexpected = 1,
  usage = 2,
  unreachable = 3,
  identity = 4,
  authentication = 5,
  not_found = 6,
  timeout = 7,
  storage = 8,
  not_running = 9,
  interrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;     ///< in error objects
  std::string_view meaning;  ///< in the manual page
};
std::span<const ExitCodeRow> exit_codes();
std::string_view name_of(ExitCode code);

/// What an error means to who typed the command, where the command knows no better.
ExitCode exit_code_of(const Error& error);
/// What ended a link, or kept one from being made: a peer that makes no sense is as good as none.
ExitCode exit_code_of_link(const Error& error);

}  // namespace taut::cli
