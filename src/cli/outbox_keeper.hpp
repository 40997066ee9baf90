#pragma once
// Puts what waits in the outbox while something else goes on, one recipient after the other.

#include <functional>
#include <set>

#include "cli/context.hpp"
#include "node/sending.hpp"
#include "run/task_runner.hpp"

namespace taut::cli {

class OutboxKeeper final : public run::TaskRunner::Owner {
 public:
  /// @param on_idle  nothing is under way any more; may be empty
  OutboxKeeper(carrier::Loop& loop, const OpenNode& node, Context& context, carrier::Loop::Task on_idle = {});

  /// What commands left there a while ago (one that still runs answers for itself), and releases of ours.
  void put_all();
  /// Releases of ours: what was taken in is signed for, and its sender may be waiting.
  void put_releases();
  void stop();
  bool is_busy() const { return runner_ != nullptr; }

 private:
  struct Work {
    NodeId recipient;
    node::Pending what = node::Pending::releases;
    friend auto operator<=>(const Work&, const Work&) = default;
  };

  void add_releases();
  void next();
  void on_receipt(const node::Receipt& receipt) override;
  void on_finished(const Status& status) override;

  carrier::Loop& loop_;
  const OpenNode& node_;
  Context& context_;
  carrier::Loop::Task on_idle_;
  std::set<Work> waiting_;
  std::string petname_;
  std::unique_ptr<node::Sending> sending_;
  std::unique_ptr<run::TaskRunner> runner_;
  carrier::Posts posts_;
};

}  // namespace taut::cli
