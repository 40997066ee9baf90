#include "dispatcher/notes.hpp"

#include "dispatcher/device_note.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::dispatcher {

namespace {

// Being seen is written at most this often.
constexpr std::chrono::seconds kSeenEvery{60};

using frame::AnswerStatus;

/// struct { uint64 sequence; opaque record[]; } StateNote;   0 when there is none
std::uint64_t sequence_of(ByteView state_note) { return wire::Reader(state_note).u64().value_or(0); }

}  // namespace

void Notes::answer(std::optional<ConnectionId> connection, frame::RequestId request, AnswerStatus status) {
  if (connection) common_.links.answer(*connection, frame::Answer{request, status, {}});
}

void Notes::save(Connection& from, frame::RequestId request, NoteKind kind, Bytes note) {
  if (!from.is_registered()) return answer(from.id, request, AnswerStatus::refused);
  Resident& node = *from.resident;
  SaveNote saved{node.id, kind, note};  // before the note moves: arguments have no order
  common_.issue(std::move(saved), NotePending{from.id, request, Pin(node), kind, std::move(note)});
}

void Notes::on_set_access(Connection& from, frame::SetAccess& set) {
  Bytes note;
  if (!set.key.empty()) {
    const Access access{frame::DeliveryKey(set.key.first<frame::DeliveryKey::size_bytes>()),
                        std::move(set.revoked)};
    note = access.written();
  }
  save(from, set.request, NoteKind::access, std::move(note));
}

void Notes::on_publish_state(Connection& from, const frame::PublishState& publish) {
  if (!from.is_registered()) return answer(from.id, publish.request, AnswerStatus::refused);
  Bytes note = wire::written([&](wire::Writer& out) { out.u64(publish.sequence).raw(publish.record); });
  Bytes& issued = from.resident->state_issued;
  // The same record again is asked of the store again: what answers is durable either way.
  const bool is_newer = issued.empty() || publish.sequence > sequence_of(issued);
  if (!is_newer && note != issued) return answer(from.id, publish.request, AnswerStatus::stale);
  issued = note;
  save(from, publish.request, NoteKind::state, std::move(note));
}

void Notes::on_look_up_state(Connection& from, const frame::LookUpState& look_up) {
  if (!from.is_registered()) return answer(from.id, look_up.request, AnswerStatus::refused);
  frame::StateAnswer found{look_up.request, std::nullopt, {}};
  const ByteView note = from.resident->note(NoteKind::state);
  if (note.size() > sizeof(std::uint64_t)) found.record = note.subspan(sizeof(std::uint64_t));
  common_.links.answer(from.id, found);
}

void Notes::on_report(Connection& from, const frame::Report& report, const Moment& at) {
  const DeviceNote note{at.wall, report.uptime_s, from.carrier, std::string(as_text(report.name)),
                        report.viewers};
  save(from, report.request, NoteKind::device, note.written());
}

void Notes::on_gone(const Connection& connection, const Moment& at) {
  if (!connection.is_registered()) return;
  Resident& node = *connection.resident;
  const auto kept = DeviceNote::parse(node.note(NoteKind::device));
  DeviceNote note = kept.value_or(DeviceNote{});
  if (at.wall < note.last_seen + kSeenEvery) return;
  note.see(at.wall);
  note.carrier = connection.carrier;
  common_.issue(SaveNote{node.id, NoteKind::device, note.written()},
                NotePending{std::nullopt, 0, Pin(node), NoteKind::device, note.written()});
}

void Notes::on_result(NotePending& pending, Result<Done> result) {
  Resident& node = *pending.node;
  if (!result) {
    const bool is_full = result.error().code == Errc::exhausted;
    if (pending.kind == NoteKind::state && node.state_issued == pending.note && node.record) {
      node.state_issued = node.note(NoteKind::state);
    }
    return answer(pending.connection, pending.request,
                  is_full ? AnswerStatus::full : AnswerStatus::unavailable);
  }
  if (!node.record) return answer(pending.connection, pending.request, AnswerStatus::refused);
  node.keep_note(pending.kind, std::move(pending.note));
  answer(pending.connection, pending.request, AnswerStatus::done);
}

void Notes::on_list_devices(Connection& from, frame::ListDevices& list) {
  const std::optional<NodeId> asker = from.is_anonymous() ? std::nullopt : std::optional(from.node());
  common_.issue(DescribeNodes{std::move(list.nodes)}, DevicesPending{from.id, list.request, asker});
}

void Notes::on_result(DevicesPending& pending, Result<Listed> result, const Moment& at) {
  if (!result) return answer(pending.connection, pending.request, AnswerStatus::unavailable);
  frame::Devices devices{pending.request, {}, {}};
  for (const NodeRow& row : result->rows) {
    const auto note = DeviceNote::parse(row.device);
    const bool may_see =
        note && pending.asker &&
        (row.node == *pending.asker || std::ranges::binary_search(note->viewers, *pending.asker));
    if (!may_see) continue;
    devices.devices.push_back(common_.present(row, *note, at.wall));
  }
  common_.links.answer(pending.connection, devices);
}

}  // namespace taut::dispatcher
