#pragma once
// Asks a running dispatcher, from a command (run/operator_server.hpp). Blocks.

#include <filesystem>

#include "dispatcher/operator.hpp"

namespace taut::run {

inline constexpr std::chrono::seconds kOperatorDeadline{30};

/// @errors unavailable: nobody_listens, forbidden, deadline, reset; what the dispatcher answers
Result<dispatcher::OperatorValue> ask_operator(const std::filesystem::path& socket,
                                               const dispatcher::OperatorRequest& request);

}  // namespace taut::run
