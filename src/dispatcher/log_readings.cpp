#include "dispatcher/log_readings.hpp"

#include "dispatcher/proven.hpp"

namespace taut::dispatcher {

namespace {

using ReadFlow = LogReading::Flow;

// One read of a log: enough to fill a window, little enough to hold for many readers at once.
constexpr std::size_t kReadBytesMax = std::size_t{128} << 10;
constexpr std::size_t kReadsUnderWayMax = 4;  // of one link
constexpr std::chrono::milliseconds kReadRetry{500};
// Fields of one entry beside its bytes, at most.
constexpr std::size_t kEntryFieldBytes = 32;

std::int64_t cost_of_entry(std::size_t size) { return static_cast<std::int64_t>(size) + frame::kEntryCost; }

LogReading* find_reading(Connection& reader, frame::RequestId id) {
  const auto found = std::ranges::find(reader.readings, id, [](const LogReadingPtr& one) { return one->id; });
  return found == reader.readings.end() ? nullptr : found->get();
}

/// Entries, in as few frames as hold them. Their first field, the reading, is written later.
class EntryFrames {
 public:
  void add(const Message& message) {
    const ByteView body = message.body;
    const ByteView chunk = body.first(std::min(body.size(), frame::kChunkBytesMax));
    if (bytes_ + chunk.size() + kEntryFieldBytes > frame::kChunkBytesMax) flush();
    batch_.entries.push_back(
        {message.number, message.received, static_cast<std::uint32_t>(body.size()), chunk});
    bytes_ += chunk.size() + kEntryFieldBytes;
    if (chunk.size() == body.size()) {
      if (batch_.entries.size() == frame::kEntriesMax) flush();
      return;
    }
    flush();
    for (std::size_t offset = chunk.size(); offset < body.size(); offset += frame::kChunkBytesMax) {
      const ByteView rest = body.subspan(offset);
      frames_.push_back(
          frame::written(frame::LogEntryChunk{0, message.number, static_cast<std::uint32_t>(offset),
                                              rest.first(std::min(rest.size(), frame::kChunkBytesMax))}));
    }
  }
  /// All of them.
  std::vector<Bytes> take() {
    flush();
    return std::move(frames_);
  }

 private:
  void flush() {
    if (batch_.entries.empty()) return;
    Bytes frame;
    frame.reserve(bytes_ + kEntryFieldBytes);
    frame::write(frame, batch_);
    frames_.push_back(std::move(frame));
    batch_.entries.clear();
    bytes_ = 0;
  }

  frame::LogEntries batch_;
  std::size_t bytes_ = 0;
  std::vector<Bytes> frames_;
};

/// struct { Type type; uint32 reading; … }, in all frames of entries.
void set_reading(Bytes& frame, frame::RequestId reading) {
  for (std::size_t i = 0; i < sizeof reading; ++i) {
    frame[sizeof reading - i] = static_cast<Byte>(reading >> 8 * i);
  }
}

}  // namespace

Status LogReadings::on_read(Connection& from, const frame::ReadLog& read, const Moment& at) {
  TAUT_CHECK(deliveries_.grant(from, read.credit));
  if (find_reading(from, read.request) != nullptr) return fail(Errc::violation, reasons::kRequestInUse);
  const auto refuse = [&](frame::AnswerStatus status) {
    common_.links.answer(from.id, frame::Answer{read.request, status, {}});
  };
  const ProvenKey* const proven = find_proven(from, read.log, read.key);
  if (proven == nullptr) {
    refuse(frame::AnswerStatus::refused);
  } else if (from.readings.size() >= common_.settings.limits.readings_max) {
    refuse(frame::AnswerStatus::full);
  } else {
    auto reading = std::make_unique<LogReading>(from.id, read.request, *proven->log);
    reading->key = proven->number;
    reading->shelf = read.shelf;
    reading->until = read.until;
    reading->cursor = read.after;
    if (is_open(*reading, at.wall)) {
      from.readings.push_back(std::move(reading));
    } else {
      refuse(frame::AnswerStatus::refused);
    }
  }
  advance(from, at);  // credit came, for whichever reading
  return {};
}

void LogReadings::on_end(Connection& from, const frame::EndReading& end) {
  if (LogReading* const reading = find_reading(from, end.reading)) {
    if (reading->drained == LogReading::Drained::owed) --from.open_questions;
    std::erase_if(from.readings, [&](const LogReadingPtr& one) { return one->id == end.reading; });
  }
  common_.links.answer(from.id, frame::Answer{end.request, frame::AnswerStatus::done, {}});
}

bool LogReadings::is_open(const LogReading& reading, WallTime now) const {
  if (!reading.log->record) return false;
  const LogKey* const key = open_key(*reading.log->record, reading.key, now);
  if (key == nullptr) return false;
  return reading.shelf == frame::Shelf::entries || key->phase == LogKey::Phase::used;
}

LogNumber LogReadings::last_for(const LogReading& reading) {
  LogRecord& record = *reading.log->record;
  if (reading.shelf == frame::Shelf::introductions) {
    return record.introductions.messages == 0 ? 0 : record.next_introduction - 1;
  }
  const LogKeyUse* const use = use_of(record, reading.key);
  return use == nullptr ? 0 : use->last;
}

void LogReadings::advance(Connection& reader, const Moment& at) {
  // Some of them may end.
  std::vector<frame::RequestId> behind;
  std::size_t under_way = 0;
  for (const LogReadingPtr& one : reader.readings) {
    if (one->flow == ReadFlow::behind) behind.push_back(one->id);
    if (one->flow == ReadFlow::fetching) ++under_way;
  }
  for (const frame::RequestId id : behind) {
    if (under_way >= kReadsUnderWayMax || reader.phase != Connection::Phase::open) return;
    LogReading* const reading = find_reading(reader, id);
    if (reading == nullptr) continue;
    advance(reader, *reading, at);
    const LogReading* const then = find_reading(reader, id);
    if (then != nullptr && then->flow == ReadFlow::fetching) ++under_way;
  }
}

// As with inboxes: what holds a reading back also wakes it.
void LogReadings::advance(Connection& reader, LogReading& reading, const Moment& at) {
  if (!is_open(reading, at.wall)) return end(reader, reading.id);
  const LogNumber last = last_for(reading);
  if (reading.cursor >= last) return caught_up(reader, reading);
  if (!deliveries_.may_begin(reader)) {
    if (!common_.links.is_room_for_deliveries()) stall(reader, at.now);
    return;
  }
  const auto credit = static_cast<std::size_t>(reader.subscription.credit);
  reading.flow = ReadFlow::fetching;
  common_.issue(FetchEntries{reading.log->id, reading.shelf, reading.key, reading.cursor, last,
                             std::min(credit, kReadBytesMax),
                             std::min(credit / frame::kEntryCost + 1, frame::kEntriesMax)},
                ReadPending{reader.id, reading.id, last, LogPin(*reading.log)});
}

void LogReadings::on_result(ReadPending& pending, Result<Fetched> result, const Moment& at) {
  Connection* const reader = common_.links.find(pending.connection);
  if (reader == nullptr) return;
  if (LogReading* const reading = find_reading(*reader, pending.reading)) {
    reading->flow = ReadFlow::behind;
    if (!result) return stall(*reader, at.now);
    const bool is_all = deliver_fetched(*reader, *reading, *result, at.wall);
    if (is_all && result->rest == Rest::none) reading->cursor = std::max(reading->cursor, pending.last);
  }
  advance(*reader, at);
}

// False: the rest has to wait, and will be fetched again.
bool LogReadings::deliver_fetched(Connection& reader, LogReading& reading, const Fetched& fetched,
                                  WallTime now) {
  EntryFrames frames;
  bool is_all = true;
  for (const FetchedMessage& one : fetched.messages) {
    const bool is_over = reading.shelf == frame::Shelf::introductions && one.expires <= now;
    if (!is_over && !deliveries_.may_begin(reader)) {
      is_all = false;
      break;
    }
    if (!is_over) {
      const ByteView body = ByteView(fetched.bytes).subspan(one.offset, one.size);
      frames.add({one.number, one.received, one.expires, body});
      reader.subscription.credit -= cost_of_entry(one.size);
      ++common_.counters.entries_delivered;
    }
    reading.cursor = one.number;
  }
  send(reader, reading.id, frames.take());
  return is_all;
}

void LogReadings::send(Connection& reader, frame::RequestId reading, const Frames& frames) {
  for (Bytes frame : frames) {
    set_reading(frame, reading);
    common_.links.send_bytes(reader, std::move(frame));
  }
}

void LogReadings::push_entry(LogResident& log, KeyNumber key, const Message& entry, const Moment& at) {
  push(log, frame::Shelf::entries, key, entry, at);
}

void LogReadings::push_introduction(LogResident& log, const Message& introduction, const Moment& at) {
  push(log, frame::Shelf::introductions, 0, introduction, at);
}

// Written once, however many read it.
void LogReadings::push(LogResident& log, frame::Shelf shelf, KeyNumber key, const Message& message,
                       const Moment& at) {
  Frames frames;
  std::vector<Connection*> late;
  for (LogReading* const reading : log.readings) {
    const bool is_meant =
        reading->shelf == shelf && (shelf == frame::Shelf::introductions || reading->key == key);
    if (!is_meant || reading->flow != ReadFlow::caught_up || !is_open(*reading, at.wall)) continue;
    Connection* const reader = common_.links.find(reading->connection);
    if (reader == nullptr) continue;
    if (message.number <= reading->cursor) continue;
    if (!deliveries_.may_begin(*reader)) {
      reading->flow = ReadFlow::behind;
      late.push_back(reader);
      continue;
    }
    if (frames.empty()) {
      EntryFrames written;
      written.add(message);
      frames = written.take();
    }
    reader->subscription.credit -= cost_of_entry(message.body.size());
    reading->cursor = message.number;
    ++common_.counters.entries_delivered;
    send(*reader, reading->id, frames);
  }
  for (Connection* const reader : late) advance(*reader, at);
}

void LogReadings::caught_up(Connection& reader, LogReading& reading) {
  reading.flow = ReadFlow::caught_up;
  if (std::exchange(reading.drained, LogReading::Drained::said) == LogReading::Drained::owed) {
    common_.links.answer(reader.id,
                         frame::LogDrained{reading.id, reading.cursor, reading.log->record->gone, {}});
  }
  if (reading.until == frame::Until::closed) return;
  std::erase_if(reader.readings, [&, id = reading.id](const LogReadingPtr& one) { return one->id == id; });
}

void LogReadings::end(Connection& reader, frame::RequestId id) {
  const LogReading* const reading = find_reading(reader, id);
  if (reading->drained == LogReading::Drained::owed) --reader.open_questions;
  std::erase_if(reader.readings, [&](const LogReadingPtr& one) { return one->id == id; });
  common_.links.send(reader, frame::ReadingEnded{id, {}});
}

void LogReadings::look_again(LogResident& log, const Moment& at) {
  std::vector<std::pair<ConnectionId, frame::RequestId>> over;
  for (const LogReading* reading : log.readings) {
    if (!is_open(*reading, at.wall)) over.emplace_back(reading->connection, reading->id);
  }
  for (const auto& [connection, id] : over) {
    if (Connection* const reader = common_.links.find(connection)) end(*reader, id);
  }
}

void LogReadings::stall(const Connection& reader, Instant now) {
  if (std::ranges::find(stalled_, reader.id) == stalled_.end()) stalled_.push_back(reader.id);
  if (!retry_at_) retry_at_ = now + kReadRetry;
}

void LogReadings::retry_stalled(const Moment& at) {
  if (!retry_at_ || at.now < *retry_at_) return;
  retry_at_.reset();
  for (const ConnectionId id : std::exchange(stalled_, {})) {
    if (Connection* const reader = common_.links.find(id)) advance(*reader, at);
  }
}

}  // namespace taut::dispatcher
