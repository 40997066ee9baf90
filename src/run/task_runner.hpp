#pragma once
// Runs one of a node's tasks: what the task wants done is done here and nowhere else.

#include <deque>
#include <map>

#include "link/local.hpp"
#include "node/task.hpp"
#include "run/dispatcher_link.hpp"

namespace taut::run {

/// All calls from and to the loop's thread.
class TaskRunner final : public DispatcherLink::Owner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_receipt(const node::Receipt&) {}
    virtual void on_items_ready() {}
    virtual void on_drained() {}
    virtual void on_published(const NodeId&) {}
    virtual void on_copy_noticed(const node::CopyNoticed&) {}
    virtual void on_topic_happened(const topic::Event&) {}
    virtual void on_entry_published(const node::EntryPublished&) {}
    virtual void on_welcome_due(const node::WelcomeDue&) {}
    /// What has gathered was settled: room for more may be there.
    virtual void on_settled() {}
    /// The last call; the links have ended. May destroy the runner.
    virtual void on_finished(const Status& status) = 0;
  };

  /// Everything outlives it.
  TaskRunner(carrier::Loop& loop, node::Task& task, const identity::Identity& identity, Random& random,
             Owner& owner);

  void start();
  /// After something was offered to the task.
  void settle_soon();
  /// What a call to the task itself gave, where it has more calls than a Task.
  void carry_out(node::Effects effects) { perform(std::move(effects)); }
  /// Ends early, in order; on_finished follows.
  void stop();
  /// Why the last link that failed did, and to whom.
  struct LinkFailure {
    identity::Dispatcher dispatcher;
    Error error;
  };
  const std::optional<LinkFailure>& last_link_failure() const { return last_link_failure_; }

 private:
  void perform(node::Effects effects);
  void perform(const node::Dial& effect);
  void perform(const node::SendFrame& effect);
  void perform(const node::HangUp& effect);
  void perform(const node::Receipt& effect) { owner_.on_receipt(effect); }
  void perform(const node::ItemsReady&) { owner_.on_items_ready(); }
  void perform(const node::Drained&) { owner_.on_drained(); }
  void perform(const node::Published& effect) { owner_.on_published(effect.dispatcher); }
  void perform(const node::CopyNoticed& effect) { owner_.on_copy_noticed(effect); }
  void perform(const node::TopicHappened& effect) { owner_.on_topic_happened(effect.event); }
  void perform(const node::EntryPublished& effect) { owner_.on_entry_published(effect); }
  void perform(const node::WelcomeDue& effect) { owner_.on_welcome_due(effect); }
  void perform(const node::Finished& effect);
  void hang_up(const NodeId& dispatcher);
  void finish_if_alone();

  void on_connected(DispatcherLink& link) override;
  void on_frame(DispatcherLink& link, ByteView frame) override;
  void on_disconnected(DispatcherLink& link, const Error& why) override;

  carrier::Loop& loop_;
  node::Task& task_;
  link::Local local_;
  Owner& owner_;
  std::map<NodeId, std::unique_ptr<DispatcherLink>> links_;
  std::vector<std::unique_ptr<DispatcherLink>> leaving_;  ///< hung up, or gone and not yet erased
  std::map<NodeId, identity::Dispatcher> dialled_;
  std::optional<LinkFailure> last_link_failure_;
  std::deque<node::Effect> effects_;
  bool is_performing_ = false;
  bool will_settle_ = false;
  std::optional<Status> finished_;
  carrier::Timer timer_;
  carrier::Timer leaving_timer_;
  carrier::Posts posts_;
};

}  // namespace taut::run
