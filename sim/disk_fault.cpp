#include "sim/disk_fault.hpp"

namespace taut::sim {

namespace {

std::string_view name_of(OperationFate fate) {
  switch (fate) {
    case OperationFate::succeeds:
      return "operation";
    case OperationFate::full:
      return "disk full";
    case OperationFate::sync_fails:
      return "sync failed";
    case OperationFate::dies_before:
      return "crash before an operation";
    case OperationFate::dies_after:
      return "crash after an operation";
  }
  return "operation";
}

}  // namespace

OperationFate DiskFaults::next() {
  ++operations_;
  OperationFate fate = OperationFate::succeeds;
  for (const Planted& one : planted_)
    if (one.at == operations_) fate = one.fate;
  if (fate == OperationFate::succeeds && weather_.is_at(FaultKind::disk_full, machine_))
    fate = OperationFate::full;
  chronicle_.hit("storage", name_of(fate));
  return fate;
}

}  // namespace taut::sim
