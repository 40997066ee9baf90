#pragma once
// What a dispatcher wants done, in this order.

#include "dispatcher/operator.hpp"
#include "dispatcher/store.hpp"
#include "frame/hello.hpp"

namespace taut::dispatcher {

/// Names one link; chosen by the caller, never used twice.
using ConnectionId = std::uint64_t;

/// One frame to one link. The caller says `on_sent` when the carrier has taken it.
struct SendFrame {
  ConnectionId connection = 0;
  Bytes frame;
};

struct StoreOperation {
  OperationId id = 0;
  Operation operation;
};

/// The dispatcher has forgotten this link: send what was given before, then end it.
struct Close {
  ConnectionId connection = 0;
  frame::GoodbyeReason reason = frame::GoodbyeReason::done;
};

struct OperatorAnswer {
  OperatorRequestId request = 0;
  Result<OperatorValue> answer;
};

using Effect = std::variant<SendFrame, StoreOperation, Close, OperatorAnswer>;
using Effects = std::vector<Effect>;

}  // namespace taut::dispatcher
