#include "dispatcher/resident.hpp"

namespace taut::dispatcher {

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

}  // namespace taut::dispatcher
