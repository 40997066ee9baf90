#pragma once
// Runs tasks of a node until they are over, or somebody interrupts.

#include "cli/context.hpp"
#include "run/signals.hpp"
#include "run/task_runner.hpp"

namespace taut::cli {

/// The failure of a command that was interrupted.
std::unexpected<Failure> interrupted();

/// A loop, and the signals that end what runs on it: the first in order, the second at once.
class Session {
 public:
  explicit Session(carrier::Loop::Task on_interrupt, carrier::Loop::Task on_reload = {});

  carrier::Loop& loop() { return loop_; }
  bool was_interrupted() const { return interrupts_ > 0; }

 private:
  carrier::Loop loop_;
  int interrupts_ = 0;
  run::Signals signals_;
};

/// How a task ended.
struct TaskEnd {
  Status status;
  std::optional<run::TaskRunner::LinkFailure> link_failure;
};

/// @param on_receipt    for tasks that send
/// @param on_published  for tasks that publish
/// @errors interrupted
Outcome<TaskEnd> run_task(node::Task& task, const OpenNode& node, Context& context,
                          std::function<void(const node::Receipt&)> on_receipt = {},
                          std::function<void(const NodeId&)> on_published = {});

}  // namespace taut::cli
