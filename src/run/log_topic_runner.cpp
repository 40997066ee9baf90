#include "run/log_topic_runner.hpp"

#include "run/clocks.hpp"

namespace taut::run {

Status LogTopicRunner::change(const node::TopicKeeper::Body& body) {
  node::TopicTask::Changed changed = task_->change(body, node_moment());
  runner_.carry_out(std::move(changed.effects));
  return changed.status;
}

void LogTopicRunner::refresh() { runner_.carry_out(task_->refresh(node_moment())); }

}  // namespace taut::run
