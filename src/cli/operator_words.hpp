#pragma once
// Asking the dispatcher that runs in this folder.

#include "cli/context.hpp"
#include "dispatcher/operator.hpp"

namespace taut::cli {

/// @errors not_running: none runs here; storage; unexpected
Outcome<dispatcher::OperatorValue> ask_dispatcher(const Context& context,
                                                  const dispatcher::OperatorRequest& request);

/// The same, where only one kind of answer makes sense.
template <class Value>
Outcome<Value> ask_dispatcher_for(const Context& context, const dispatcher::OperatorRequest& request) {
  TAUT_TRY(dispatcher::OperatorValue value, ask_dispatcher(context, request));
  if (Value* const wanted = std::get_if<Value>(&value)) return std::move(*wanted);
  return failure(ExitCode::unexpected, "malformed", "The dispatcher gave another answer than was asked for",
                 "Restart it: it may be of another version");
}

/// Draws a token, tells the dispatcher, and gives it out.
struct EnrolmentWish {
  std::uint32_t uses = 1;
  std::chrono::seconds lifetime{0};
};
struct Enrolled {
  std::string token;
  WallTime expires;
};
Outcome<Enrolled> enrol(Context& context, const EnrolmentWish& wish);

}  // namespace taut::cli
