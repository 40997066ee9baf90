#pragma once
// Puts what waits in the outbox while something else goes on. A recipient whose dispatchers are dead takes
// nobody's turn: some go side by side, those who may be waiting first, and who failed waits longer each time.

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "cli/context.hpp"
#include "node/outbox.hpp"
#include "node/sending.hpp"
#include "run/task_runner.hpp"

namespace taut::cli {

class OutboxKeeper {
 public:
  /// @param on_idle  nothing is under way any more; may be empty
  OutboxKeeper(carrier::Loop& loop, const OpenNode& node, Context& context, carrier::Loop::Task on_idle = {});
  OutboxKeeper(const OutboxKeeper&) = delete;
  OutboxKeeper& operator=(const OutboxKeeper&) = delete;
  ~OutboxKeeper();

  /// What commands left there a while ago (one that still runs answers for itself), and releases of ours.
  void put_all();
  /// Releases of ours: what was taken in is signed for, and its sender may be waiting.
  void put_releases();
  void stop();
  bool is_busy() const { return !under_way_.empty(); }

 private:
  class Putting;
  struct Work {
    NodeId recipient;
    node::Pending what = node::Pending::releases;
    friend bool operator==(const Work&, const Work&) = default;
  };
  struct Failed {
    Instant again_at;
    Duration delay{0};
  };

  void tell_released(const std::vector<node::Waiting>& rows);
  void add(const Work& work);
  void add_releases();
  bool is_backing_off(const NodeId& recipient) const;
  void next();
  void begin(const Work& work);
  void note_end(const NodeId& recipient, const Status& status);

  carrier::Loop& loop_;
  const OpenNode& node_;
  Context& context_;
  carrier::Loop::Task on_idle_;
  std::vector<Work> waiting_;                  ///< in the order in which they go
  std::set<node::RowNumber> released_before_;  ///< by the last put_all(): rows that were signed for
  std::map<NodeId, Failed> failed_;
  std::map<NodeId, std::unique_ptr<Putting>> under_way_;
  carrier::Posts posts_;
};

}  // namespace taut::cli
