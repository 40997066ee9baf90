#pragma once
// What the dispatcher's operator asks.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

class Operators {
 public:
  explicit Operators(Common& common) : common_(common) {}

  void on_request(OperatorRequestId request, const OperatorRequest& asked);

  void on_result(EnrolPending& pending, Result<Done> result);
  void on_result(RevokePending& pending, Result<Freed> result, const Moment& at);
  void on_result(ListPending& pending, Result<Listed> result);

 private:
  void answer(OperatorRequestId request, Result<OperatorValue> value);
  void end_links(Resident& node);

  Common& common_;
};

}  // namespace taut::dispatcher
