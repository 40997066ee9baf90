#include "sim/node_disk.hpp"

namespace taut::sim {

namespace {

std::unexpected<Error> broken() { return fail(Errc::unavailable, reasons::kStorage); }

}  // namespace

void NodeDisk::reopen() {
  has_failed_ = has_died_ = false;
  faults_.forget_plants();
  if (bend_at_reopening) bend_at_reopening(state_);
}

Status NodeDisk::read(const Body& body) {
  if (has_failed_) return broken();
  test::memory::MemoryTransaction transaction(state_);
  return body(transaction);
}

Status NodeDisk::write(const Body& body) {
  if (has_failed_) return broken();
  const OperationFate fate = faults_.next();
  if (fate == OperationFate::dies_before) {
    has_failed_ = has_died_ = true;
    return broken();
  }
  State next = state_;
  test::memory::MemoryTransaction transaction(next);
  TAUT_CHECK(body(transaction));
  switch (fate) {
    case OperationFate::full:
      return fail(Errc::exhausted, reasons::kDiskFull);
    case OperationFate::sync_fails:
      has_failed_ = true;
      if (dice_.happens(50)) TAUT_CHECK(commit(std::move(next)));
      return broken();
    case OperationFate::dies_after:
      TAUT_CHECK(commit(std::move(next)));
      has_failed_ = has_died_ = true;
      return broken();
    case OperationFate::succeeds:
    case OperationFate::dies_before:
      break;
  }
  return commit(std::move(next));
}

Status NodeDisk::commit(State next) {
  if (bend_at_commit) bend_at_commit(next);
  chronicle_.note(machine_, "committed", faults_.operations());
  std::swap(state_, next);
  if (committed) committed(next, state_);
  return {};
}

}  // namespace taut::sim
