#pragma once
// A node and who uses it: writes what the plan says, asks again for what is unknown, reads what comes, and
// starts the process again when it is gone.

#include "node/sending.hpp"
#include "sim/ledger.hpp"
#include "sim/node_process.hpp"

namespace taut::sim {

class NodeMachine final : TaskHost::Owner {
 public:
  NodeMachine(Site site, const PlannedNode& plan, const Weather& weather, Ledger& ledger, Dice& dice);

  // The set-up, while nothing goes wrong.
  void initialise(const std::string& name);
  /// Takes the next of these into use, and calls back after the last.
  void use(std::vector<identity::SignedCard> dispatchers, Schedule::Action done);
  identity::SignedCard card();
  void meet(const std::string& petname, const identity::SignedCard& card);

  /// The set-up is over.
  void begin();
  void boot();
  void crash(Network::Death death, Duration back_after);
  bool is_up() const { return process_ != nullptr && !process_->is_dead(); }
  void write(Ledger::Number number);
  void roam() { is_up() ? process_->roam(++move_) : void(++move_); }
  /// Nothing is left to be sent, shown, or waited for.
  bool is_quiet() const;
  std::string why_not_quiet() const;

  Site& site() { return site_; }
  NodeDisk& disk() { return disk_; }
  const NodeId& id() const { return id_; }
  const PlannedNode& plan() const { return plan_; }
  NodeProcess* process() { return process_.get(); }
  void knows(MachineId other, const NodeId& node) { peers_[other] = node; }

 private:
  /// One command that sends.
  struct Sender {
    TaskHost* host = nullptr;
    node::Sending* task = nullptr;
    MachineId to = 0;
    std::chrono::seconds ttl{};
    std::deque<Ledger::Number> offered;  ///< and not sealed yet
    bool has_all = false;
  };

  void on_receipt(TaskHost& host, const node::Receipt& receipt) override;
  void on_items_ready() override { show_soon(); }
  void on_settled(TaskHost& host) override;
  void on_finished(TaskHost& host, const Status& status) override;

  void on_committed(const NodeDisk::State& before, const NodeDisk::State& after);
  void receive();
  void attend();
  void attend_later(Duration delay);
  bool has_work(MachineId to) const;
  void send(MachineId to);
  void offer(Sender& sender);
  void give_back(Sender& sender);
  void show_soon();
  void show();

  Site site_;
  PlannedNode plan_;
  Ledger& ledger_;
  Dice& dice_;
  NodeDisk disk_;
  NodeId id_;
  std::map<MachineId, NodeId> peers_;
  std::unique_ptr<NodeProcess> process_;
  TaskHost* receiving_ = nullptr;
  TaskHost* using_ = nullptr;
  Schedule::Action used_;
  std::vector<std::unique_ptr<Sender>> senders_;
  std::map<MachineId, std::deque<Ledger::Number>> waiting_;
  unsigned move_ = 0;
  std::uint64_t lives_ = 0;
  bool will_show_ = false;
};

}  // namespace taut::sim
