#pragma once
// From the words of a command line to a request.

#include <span>
#include <string>
#include <vector>

#include "cli/failure.hpp"
#include "cli/requests.hpp"

namespace taut::cli {

struct Arguments {
  Globals globals;
  Request request;
};

/// @param words   without the program's own name
/// @errors usage: an unknown command or flag (and the nearest one), a missing or a doubtful value
Outcome<Arguments> parse_arguments(std::span<const std::string> words);

/// Whether --json is among the words, for the answer to words that did not parse.
bool asks_for_json(std::span<const std::string> words);

}  // namespace taut::cli
