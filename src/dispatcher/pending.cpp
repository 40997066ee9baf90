#include "dispatcher/pending.hpp"

namespace taut::dispatcher {

std::optional<Pending> OpenOperations::close(OperationId id) {
  if (id < first_ || id - first_ >= slots_.size()) return std::nullopt;
  std::optional<Pending> pending = std::exchange(slots_[id - first_], std::nullopt);
  if (pending) --open_count_;
  for (; !slots_.empty() && !slots_.front(); ++first_) slots_.pop_front();
  return pending;
}

}  // namespace taut::dispatcher
