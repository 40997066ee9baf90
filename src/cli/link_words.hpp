#pragma once
// Why a dispatcher could not be worked with, as sentences.

#include "cli/failure.hpp"
#include "identity/card.hpp"
#include "run/task_runner.hpp"

namespace taut::cli {

/// "nobody listens there", …; for the end of a sentence.
std::string link_words(const Error& why);

/// @param name   how the dispatcher is called in the sentence
std::unexpected<Failure> link_failure(const Error& why, const std::string& name,
                                      const identity::Dispatcher& dispatcher);

/// "the dispatcher at 127.0.0.1:7420"
std::string title_of(const identity::Dispatcher& dispatcher);

}  // namespace taut::cli
