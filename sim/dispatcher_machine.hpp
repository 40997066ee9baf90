#pragma once
// A dispatcher and its operator, who starts it again.

#include "sim/dispatcher_process.hpp"

namespace taut::sim {

class DispatcherMachine {
 public:
  DispatcherMachine(Site site, unsigned suite, unsigned inbox_messages_max, const Weather& weather,
                    Dice& dice);

  void boot();
  void crash(Network::Death death, Duration back_after);
  bool is_up() const { return process_ != nullptr && !process_->is_dead(); }

  Site& site() { return site_; }
  DispatcherDisk& disk() { return disk_; }
  const identity::SignedCard& card() const { return card_; }
  const NodeId& id() const { return card_.node_id(); }
  DispatcherProcess* process() { return process_.get(); }
  const identity::Identity& identity() const { return identity_; }
  const dispatcher::Settings& settings() const { return settings_; }
  /// After each crash, when its disk is what is left.
  Schedule::Action crashed;
  Replacing replacing = Replacing::when_proven;

 private:
  Site site_;
  identity::Identity identity_;
  identity::SignedCard card_;
  dispatcher::Settings settings_;
  Dice& dice_;
  DispatcherDisk disk_;
  std::unique_ptr<DispatcherProcess> process_;
  std::uint64_t lives_ = 0;
};

}  // namespace taut::sim
