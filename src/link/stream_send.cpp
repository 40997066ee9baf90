// What goes out, and when.

#include "link/stream_state.hpp"

namespace taut::link {

void StreamLink::State::say_hello(const Hello& hello, ByteView message) {
  write_hello(outgoing, hello);
  append_block(outgoing, message);
}

bool StreamLink::State::wants_flush() const { return !outgoing.empty() || owes_record() || owes_end(); }

bool StreamLink::State::owes_record() const {
  const auto* open = std::get_if<Open>(&phase);
  const bool may_send = open != nullptr || std::holds_alternative<Closing>(phase);
  return may_send && (!queue.empty() || (open != nullptr && open->owes_record));
}

bool StreamLink::State::owes_end() const {
  const auto* closing = std::get_if<Closing>(&phase);
  return closing != nullptr && !closing->we_ended;
}

Result<std::size_t> StreamLink::State::flush(MutableByteView out, Instant now) {
  if (out.size() < kFlushBytesMin) return fail(Errc::misuse, reasons::kTooLarge);
  const std::size_t before_records = flush_outgoing(out);
  TAUT_TRY(const std::size_t records, flush_records(out.subspan(before_records), now));
  return before_records + records;
}

std::size_t StreamLink::State::flush_outgoing(MutableByteView out) {
  const std::size_t size = outgoing.size();
  std::ranges::copy(outgoing, out.begin());
  outgoing = {};
  return size;
}

Result<std::size_t> StreamLink::State::flush_records(MutableByteView out, Instant now) {
  std::size_t written = 0;
  while (owes_record()) {
    TAUT_TRY(const std::size_t size, flush_record(*records(), out.subspan(written), now));
    if (size == 0) return written;  // the next frame goes into the next buffer
    written += size;
  }
  const std::size_t end_bytes = 2 + kRecordOverheadBytes;
  if (!owes_end() || out.size() - written < end_bytes) return written;
  TAUT_TRY(const std::size_t size, records()->sealer.seal_end(EndCode::done, out.subspan(written)));
  std::get_if<Closing>(&phase)->we_ended = true;
  settle();
  return written + size;
}

Result<std::size_t> StreamLink::State::flush_record(Records& to, MutableByteView out, Instant now) {
  const std::size_t room = std::min(out.size(), 2 + kRecordBytesMax);
  if (room <= kRecordOverheadBytes) return 0;
  const MutableByteView content = queue.front(room - kRecordOverheadBytes);
  if (content.size() == 1 && !queue.empty()) return 0;
  TAUT_TRY(const std::size_t size, to.sealer.seal_frames(content, out, now));
  queue.pop(content.size());
  if (auto* open = std::get_if<Open>(&phase)) open->owes_record = false;
  return size;
}

// Before the handshake is complete there is nobody to say an end to.
void StreamLink::State::close(Instant now) {
  if (auto* open = std::get_if<Open>(&phase)) {
    phase = Closing{Records(std::move(open->records))};
    deadline = now + local.limits.closing_deadline;
  } else if (!std::holds_alternative<Closing>(phase)) {
    phase = Over{};
    outgoing.clear();
  }
}

std::optional<Instant> StreamLink::State::next_deadline() const {
  if (const auto* open = std::get_if<Open>(&phase))
    return open->owes_record ? std::nullopt : open->records.sealer.rekey_at();
  if (std::holds_alternative<Over>(phase) && outgoing.empty()) return std::nullopt;
  return deadline;
}

void StreamLink::State::tick(Instant now, Events& events) {
  const auto due = next_deadline();
  if (!due || now < *due) return;
  if (auto* open = std::get_if<Open>(&phase)) {
    open->owes_record = true;  // it will rekey
    return;
  }
  const bool was_listening = is_listening();
  outgoing.clear();
  phase = Over{};
  if (was_listening) events.push_back(Closed{Ending::late, {Errc::unavailable, reasons::kDeadline}});
}

Records* StreamLink::State::records() {
  if (auto* open = std::get_if<Open>(&phase)) return &open->records;
  if (auto* closing = std::get_if<Closing>(&phase)) return &closing->records;
  return nullptr;
}

}  // namespace taut::link
