#include "dispatcher/resident.hpp"

namespace taut::dispatcher {

namespace {
// How many pinned entries one insertion looks past for something to drop.
constexpr int kPassedMax = 8;
}  // namespace

Pin Residents::at(const NodeId& id) {
  const auto [entry, is_new] = by_id_.try_emplace(id);
  Resident& resident = entry->second;
  if (is_new) {
    resident.id = id;
    resident.recency = recent_.insert(recent_.begin(), &resident);
  } else {
    recent_.splice(recent_.begin(), recent_, resident.recency);
  }
  Pin pin(resident);
  if (is_new) make_room();
  return pin;
}

Resident* Residents::find(const NodeId& id) {
  const auto entry = by_id_.find(id);
  return entry == by_id_.end() ? nullptr : &entry->second;
}

void Residents::make_room() {
  for (int passed = 0; by_id_.size() > kept_max_ && passed < kPassedMax;) {
    Resident& oldest = *recent_.back();
    if (oldest.pins > 0) {
      recent_.splice(recent_.begin(), recent_, oldest.recency);
      ++passed;
      continue;
    }
    recent_.pop_back();
    by_id_.erase(NodeId(oldest.id));
  }
}

}  // namespace taut::dispatcher
