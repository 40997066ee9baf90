#pragma once
// A topic on a dispatcher's log.

#include "node/topic_task.hpp"
#include "run/topic_runner.hpp"

namespace taut::run {

class LogTopicRunner final : public TopicRunner, TaskRunner::Owner {
 public:
  /// Everything outlives it.
  LogTopicRunner(carrier::Loop& loop, node::Store& store, const identity::Identity& identity, Random& random,
                 node::RowNumber topic, TopicRunner::Owner& owner)
      : owner_(owner),
        task_(node::make_topic_task(store, identity, random, topic)),
        runner_(loop, *task_, identity, random, *this) {}

  void start() override { runner_.start(); }
  void stop() override { runner_.stop(); }
  Status change(const node::TopicKeeper::Body& body) override;
  void refresh() override;
  bool is_current() const override { return task_->is_current(); }
  bool is_reachable() const override { return task_->is_reachable(); }
  bool has_carrier() const override { return true; }
  bool is_carried() const override { return true; }
  bool is_idle() const override { return true; }
  const node::TopicKeeper& keeper() const override { return task_->keeper(); }
  Error failure() const override { return task_->failure(); }
  std::optional<TaskRunner::LinkFailure> link_failure() const override { return runner_.last_link_failure(); }

 private:
  void on_items_ready() override { owner_.on_progress(); }
  void on_drained() override { owner_.on_progress(); }
  void on_settled() override { owner_.on_progress(); }
  void on_topic_happened(const topic::Event& event) override { owner_.on_topic_happened(event); }
  void on_entry_published(const node::EntryPublished& entry) override { owner_.on_entry_published(entry); }
  void on_welcome_due(const node::WelcomeDue& welcome) override { owner_.on_welcome_due(welcome); }
  void on_finished(const Status& status) override { owner_.on_finished(status); }

  TopicRunner::Owner& owner_;
  std::unique_ptr<node::TopicTask> task_;
  TaskRunner runner_;
};

}  // namespace taut::run
