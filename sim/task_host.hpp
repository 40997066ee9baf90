#pragma once
// Runs one of a node's tasks, as the command does (run/task_runner.hpp).

#include "node/task.hpp"
#include "sim/hop.hpp"

namespace taut::sim {

class NodeProcess;

class TaskHost final : Hop::Owner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_receipt(TaskHost&, const node::Receipt&) {}
    virtual void on_items_ready() {}
    virtual void on_settled(TaskHost&) {}
    virtual void on_finished(TaskHost& host, const Status& status) = 0;
  };

  TaskHost(NodeProcess& process, std::unique_ptr<node::Task> task, Owner& owner);
  TaskHost(const TaskHost&) = delete;
  TaskHost& operator=(const TaskHost&) = delete;
  ~TaskHost() override;

  void start();
  void settle_soon();
  bool has_finished() const { return has_finished_; }
  std::size_t links_up() const { return links_up_.size(); }

 private:
  node::Moment moment() const;
  /// One call of the task, and what follows from it.
  template <class Call>
  void run(Call call);
  void perform(const node::Dial& effect);
  void perform(const node::SendFrame& effect);
  void perform(const node::HangUp& effect) { hang_up(effect.dispatcher); }
  void perform(const node::Receipt& effect);
  void perform(const node::ItemsReady&) { owner_.on_items_ready(); }
  void perform(const node::Drained&) {}
  void perform(const node::Published&) {}
  void perform(const node::CopyNoticed&) {}
  void perform(const node::TopicHappened&) {}
  void perform(const node::EntryPublished&) {}
  void perform(const node::WelcomeDue&) {}
  void perform(const node::Finished& effect);
  void hang_up(const NodeId& dispatcher);

  void on_up(Hop& hop, const link::Peer& peer) override;
  void on_frame(Hop& hop, ByteView frame) override;
  void on_down(Hop& hop, const Error& why) override;
  /// nullptr: hung up.
  const NodeId* dispatcher_of(const Hop& hop) const;

  NodeProcess& process_;
  std::unique_ptr<node::Task> task_;
  Owner& owner_;
  std::map<NodeId, std::shared_ptr<Hop>> hops_;
  std::vector<std::shared_ptr<Hop>> leaving_;
  std::set<NodeId> links_up_;
  Alarm alarm_;
  bool will_settle_ = false;
  bool has_finished_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace taut::sim
