#include "dispatcher/resident.hpp"

namespace taut::dispatcher {

namespace {
// How many pinned entries one insertion looks past for something to drop.
constexpr int kPassedMax = 8;
}  // namespace

void Resident::set_record(std::optional<NodeRecord> known) {
  record = std::move(known);
  card_issued = record ? record->card_sequence : 0;
  state_issued = record ? note(NoteKind::state) : Bytes();
  read_access();
}

void Resident::keep_note(NoteKind kind, Bytes note) {
  record->notes[static_cast<std::size_t>(kind)] = std::move(note);
  if (kind == NoteKind::access) read_access();
}

// Rules that cannot be read keep everybody a stranger, rather than letting everybody in.
void Resident::read_access() {
  access.reset();
  if (!record || note(NoteKind::access).empty()) return;
  auto parsed = Access::parse(note(NoteKind::access));
  access.emplace(parsed ? std::move(*parsed) : Access{});
}

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
