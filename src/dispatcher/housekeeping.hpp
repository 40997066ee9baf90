#pragma once
// What time asks for: silent links, stalled uploads, expired rows, bytes that must leave the files.

#include "dispatcher/key_packages.hpp"
#include "dispatcher/log_appends.hpp"
#include "dispatcher/log_sweeps.hpp"
#include "dispatcher/operators.hpp"
#include "dispatcher/submissions.hpp"

namespace taut::dispatcher {

class Housekeeping {
 public:
  Housekeeping(Common& common, Submissions& submissions, Relays& relays, Operators& operators,
               LogAppends& appends, LogSweeps& log_sweeps, KeyPackages& key_packages)
      : common_(common),
        submissions_(submissions),
        relays_(relays),
        operators_(operators),
        appends_(appends),
        log_sweeps_(log_sweeps),
        key_packages_(key_packages) {}

  void start(Instant now);
  void tick(const Moment& at);
  Instant next_deadline() const;

  void on_result(SweepPending& pending, Result<Swept> result, const Moment& at);
  void on_result(ErasePending& pending, Result<Done> result, const Moment& at);

 private:
  void look_at_links(Instant now);
  void sweep(const Moment& at);
  void erase();

  Common& common_;
  Submissions& submissions_;
  Relays& relays_;
  Operators& operators_;
  LogAppends& appends_;
  LogSweeps& log_sweeps_;
  KeyPackages& key_packages_;
  Instant look_at_;
  Instant sweep_at_;
  enum class Sweeping : std::uint8_t { no, yes } sweeping_ = Sweeping::no;
};

}  // namespace taut::dispatcher
