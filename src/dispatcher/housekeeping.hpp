#pragma once
// What time asks for: silent links, stalled uploads, expired rows, bytes that must leave the files.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"
#include "dispatcher/operators.hpp"
#include "dispatcher/submissions.hpp"

namespace taut::dispatcher {

class Housekeeping {
 public:
  Housekeeping(Common& common, Submissions& submissions, Relays& relays, Operators& operators)
      : common_(common), submissions_(submissions), relays_(relays), operators_(operators) {}

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
  Instant look_at_;
  Instant sweep_at_;
  enum class Sweeping : std::uint8_t { no, yes } sweeping_ = Sweeping::no;
};

}  // namespace taut::dispatcher
