#pragma once
// How sending went, as a sentence.

#include "cli/context.hpp"
#include "node/task.hpp"
#include "run/task_runner.hpp"

namespace taut::cli {

struct SendCounts {
  std::size_t offered = 0;
  std::size_t stored = 0;
  std::size_t fetched = 0;   ///< with --wait: each was counted as stored before
  std::size_t released = 0;  ///< likewise
  std::size_t expired = 0;
  std::size_t unknown = 0;
  std::size_t refused = 0;  ///< full or declined

  void count(const node::Receipt& receipt);
};

/// One receipt, in the format asked for.
/// @param line  of standard input that the message was, from 1, where lines were sent
Done print_receipt(const Context& context, const node::Receipt& receipt, const std::string& name,
                   std::optional<std::uint64_t> line = std::nullopt);

/// @param name  of the contact
std::unexpected<Failure> send_failure(store::NodeStore& store, const std::string& name, const Error& error,
                                      const std::optional<run::TaskRunner::LinkFailure>& link_failure,
                                      const SendCounts& counts);

}  // namespace taut::cli
