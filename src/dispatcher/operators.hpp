#pragma once
// What the dispatcher's operator asks, and nodes that are removed.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

class Operators {
 public:
  explicit Operators(Common& common) : common_(common) {}

  void on_request(OperatorRequestId request, const OperatorRequest& asked, const Moment& at);

  /// Removes those that nobody needs any more.
  void let_go(const std::vector<NodeId>& lapsed);

  void on_result(EnrolPending& pending, Result<Done> result);
  void on_result(RemovePending& pending, Result<Freed> result, const Moment& at);
  void on_result(ListPending& pending, Result<Listed> result, const Moment& at);

 private:
  void answer(OperatorRequestId request, Result<OperatorValue> value);
  void end_links(Resident& node, frame::GoodbyeReason reason);
  void remove(Pin node, RemovePending pending);

  Common& common_;
};

}  // namespace taut::dispatcher
