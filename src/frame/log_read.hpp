#pragma once
// Reading a topic's log, as a *reading*: what is filed under one access key, in order, from a cursor that
// the reader keeps.

#include "base/time.hpp"
#include "frame/delivery.hpp"
#include "frame/log_append.hpp"

namespace taut::frame {

enum class Shelf : std::uint8_t {
  entries = 0,        ///< those filed under the key
  introductions = 1,  ///< what strangers left; numbers of their own; open to every current key
};

/// struct {
///   uint32 request;            names the reading from now on, as long as it lasts
///   LogId log;
///   AccessKey key;             proven on this link
///   Shelf shelf;
///   uint64 after;              only numbers above this one
///   Until until;
///   uint32 credit;             of the link: an entry costs its size and kEntryCost
///   Extension extensions<V>;
/// } ReadLog;                   node → dispatcher; answered by LogEntries and one LogDrained, or
///                              Answer{refused, full, unavailable}
/// `until: drained`: over with the LogDrained. `until: closed`: goes on with what comes.
struct ReadLog {
  static constexpr Type type = Type::read_log;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  Shelf shelf = Shelf::entries;
  LogNumber after = 0;
  Until until = Until::drained;
  std::uint32_t credit = 0;
  wire::Extensions extensions;

  static Result<ReadLog> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct {
///   uint64 number;
///   uint64 received;      dispatcher's clock, Unix milliseconds
///   uint32 size;          of the whole entry
///   opaque chunk<V>;      its first bytes, 1..kChunkBytesMax
/// } LogEntry;
struct LogEntry {
  LogNumber number = 0;
  WallTime received;
  std::uint32_t size = 0;
  ByteView chunk;
};

/// struct { uint32 reading; LogEntry entries<V>; } LogEntries;   1..kEntriesMax, ascending
/// dispatcher → node: all whole but perhaps the last, which then goes on in LogEntryChunks
struct LogEntries {
  static constexpr Type type = Type::log_entries;

  RequestId reading = 0;
  std::vector<LogEntry> entries;

  static Result<LogEntries> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 reading; uint64 number; uint32 offset; opaque chunk<V>; } LogEntryChunk;
struct LogEntryChunk {
  static constexpr Type type = Type::log_entry_chunk;

  RequestId reading = 0;
  LogNumber number = 0;
  std::uint32_t offset = 0;
  ByteView chunk;

  static Result<LogEntryChunk> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct {
///   uint32 reading;
///   uint64 last;          the reading's cursor: everything up to here was delivered, or is not there
///   uint64 gone;          every entry up to here was let go, by age or for room; 0: none
///   Extension extensions<V>;
/// } LogDrained;           dispatcher → node
struct LogDrained {
  static constexpr Type type = Type::log_drained;

  RequestId reading = 0;
  LogNumber last = 0;
  LogNumber gone = 0;
  wire::Extensions extensions;

  static Result<LogDrained> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; uint32 reading; Extension extensions<V>; } EndReading;
/// node → dispatcher; answered by an Answer, after which nothing of that reading comes
struct EndReading {
  static constexpr Type type = Type::end_reading;

  RequestId request = 0;
  RequestId reading = 0;
  wire::Extensions extensions;

  static Result<EndReading> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 reading; Extension extensions<V>; } ReadingEnded;
/// dispatcher → node: the key does not open this any more
struct ReadingEnded {
  static constexpr Type type = Type::reading_ended;

  RequestId reading = 0;
  wire::Extensions extensions;

  static Result<ReadingEnded> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
