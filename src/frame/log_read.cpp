#include "frame/log_read.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<ReadLog> ReadLog::read(wire::Reader& in) {
  ReadLog one;
  TAUT_TRY(one.request, in.u32());
  TAUT_TRY(one.log, in.value<LogId>());
  TAUT_TRY(one.key, in.value<AccessKey>());
  TAUT_TRY(one.shelf, read_enum(in, Shelf::introductions));
  TAUT_TRY(one.after, in.u64());
  TAUT_TRY(one.until, read_enum(in, Until::closed));
  TAUT_TRY(one.credit, in.u32());
  TAUT_TRY(one.extensions, read_extensions(in));
  return one;
}

void ReadLog::write(wire::Writer& out) const {
  out.u32(request).raw(log.view()).raw(key.view());
  write_enum(out, shelf);
  out.u64(after);
  write_enum(out, until);
  out.u32(credit);
  wire::write_extensions(out, extensions);
}

namespace {

Result<LogEntry> read_entry(wire::Reader& in) {
  LogEntry entry;
  TAUT_TRY(entry.number, in.u64());
  TAUT_TRY(entry.received.unix_ms, in.u64());
  TAUT_TRY(entry.size, in.u32());
  TAUT_TRY(entry.chunk, read_filled(in, kChunkBytesMax));
  if (entry.size > kMessageBytesMax || entry.chunk.size() > entry.size) return malformed();
  return entry;
}

bool is_whole(const LogEntry& entry) { return entry.chunk.size() == entry.size; }

}  // namespace

Result<LogEntries> LogEntries::read(wire::Reader& in) {
  LogEntries all;
  TAUT_TRY(all.reading, in.u32());
  TAUT_TRY(all.entries, in.list(read_entry, kEntriesMax));
  if (all.entries.empty()) return malformed();
  for (std::size_t i = 1; i < all.entries.size(); ++i) {
    const LogEntry& before = all.entries[i - 1];
    if (!is_whole(before) || before.number >= all.entries[i].number) return malformed();
  }
  return all;
}

void LogEntries::write(wire::Writer& out) const {
  out.u32(reading);
  out.list(entries, [](wire::Writer& inner, const LogEntry& one) {
    inner.u64(one.number).u64(one.received.unix_ms).u32(one.size).vector(one.chunk);
  });
}

Result<LogEntryChunk> LogEntryChunk::read(wire::Reader& in) {
  LogEntryChunk more;
  TAUT_TRY(more.reading, in.u32());
  TAUT_TRY(more.number, in.u64());
  TAUT_TRY(more.offset, in.u32());
  TAUT_TRY(more.chunk, read_filled(in, kChunkBytesMax));
  return more;
}

void LogEntryChunk::write(wire::Writer& out) const { out.u32(reading).u64(number).u32(offset).vector(chunk); }

Result<LogDrained> LogDrained::read(wire::Reader& in) {
  LogDrained drained;
  TAUT_TRY(drained.reading, in.u32());
  TAUT_TRY(drained.last, in.u64());
  TAUT_TRY(drained.gone, in.u64());
  TAUT_TRY(drained.extensions, read_extensions(in));
  return drained;
}

void LogDrained::write(wire::Writer& out) const {
  out.u32(reading).u64(last).u64(gone);
  wire::write_extensions(out, extensions);
}

Result<EndReading> EndReading::read(wire::Reader& in) {
  EndReading end;
  TAUT_TRY(end.request, in.u32());
  TAUT_TRY(end.reading, in.u32());
  TAUT_TRY(end.extensions, read_extensions(in));
  return end;
}

void EndReading::write(wire::Writer& out) const {
  out.u32(request).u32(reading);
  wire::write_extensions(out, extensions);
}

Result<ReadingEnded> ReadingEnded::read(wire::Reader& in) {
  ReadingEnded ended;
  TAUT_TRY(ended.reading, in.u32());
  TAUT_TRY(ended.extensions, read_extensions(in));
  return ended;
}

void ReadingEnded::write(wire::Writer& out) const {
  out.u32(reading);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
