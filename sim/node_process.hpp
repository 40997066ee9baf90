#pragma once
// A node's process: its state file opened, its tasks, its links.

#include "node/self.hpp"
#include "sim/node_disk.hpp"
#include "sim/socket.hpp"
#include "sim/stream_hop.hpp"
#include "sim/task_host.hpp"

namespace taut::sim {

class NodeProcess final : public Process {
 public:
  /// @param on_end  its disk has ended it; called once, not from its own calls
  NodeProcess(Site& site, NodeDisk& disk, Carrier carrier, Schedule::Action on_end);
  ~NodeProcess() override { die(); }

  /// @errors of the state file
  Status open(unsigned move);
  const identity::Identity& identity() const { return self_->identity; }
  NodeDisk& disk() { return disk_; }
  void roam(unsigned move) { socket_->roam(move); }

  TaskHost& run(std::unique_ptr<node::Task> task, TaskHost::Owner& owner);
  void forget(TaskHost& host);
  /// nullptr: no task is being called.
  TaskHost* running() const { return running_; }

  // For TaskHost.
  /// nullptr: it cannot even be dialled.
  std::shared_ptr<Hop> dial(const node::Dial& effect, Hop::Owner& owner);
  template <class Call>
  node::Effects while_running(TaskHost& host, Call call) {
    running_ = &host;
    node::Effects effects = call();
    running_ = nullptr;
    return effects;
  }
  bool died_in_its_disk();
  bool failed_in_its_disk();

  /// What nobody without a proof may change.
  std::uint64_t footprint() const;

 private:
  NodeDisk& disk_;
  Carrier carrier_;
  Schedule::Action on_end_;
  std::optional<node::Self> self_;
  link::KnownPeers known_peers_;
  std::optional<link::Local> local_;
  std::unique_ptr<Socket> socket_;
  std::vector<std::unique_ptr<TaskHost>> tasks_;
  TaskHost* running_ = nullptr;
};

}  // namespace taut::sim
