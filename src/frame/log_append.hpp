#pragma once
// Adding an entry to a topic's log, and what became of it.

#include <optional>

#include "frame/log_access.hpp"

namespace taut::frame {

/// The place of an entry in its log: 1, 2, …; never used twice.
using LogNumber = std::uint64_t;

/// struct {
///   uint32 request;
///   LogId log;
///   AccessKey key;                 proven on this link; the entry is filed under it
///   SubmissionId submission;       random, one per entry: repeated, it is stored once
///   optional<AccessKey> successor; the entry is a commit: the access key of the epoch that it leads to
///   uint32 size;                   of the whole entry, 1..message_bytes_max
///   opaque chunk<V>;               its first bytes, 1..kChunkBytesMax
///   Extension extensions<V>;
/// } Append;                        node → dispatcher; answered by one Appended
struct Append {
  static constexpr Type type = Type::append;

  RequestId request = 0;
  LogId log;
  AccessKey key;
  SubmissionId submission;
  std::optional<AccessKey> successor;
  std::uint32_t size = 0;
  ByteView chunk;
  wire::Extensions extensions;

  static Result<Append> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; uint32 offset; opaque chunk<V>; } AppendChunk;
/// node → dispatcher: goes on where the last chunk of the Append with this request ended
struct AppendChunk {
  static constexpr Type type = Type::append_chunk;

  RequestId request = 0;
  std::uint32_t offset = 0;
  ByteView chunk;

  static Result<AppendChunk> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

enum class AppendState : std::uint8_t {
  stored = 0,      ///< on disk, under `number`; said again to who asks again
  full = 1,        ///< not stored: ask again after retry_after_s
  refused = 2,     ///< not stored: the link may not, or another entry has this submission ID
  superseded = 3,  ///< not stored: the epoch is over, and so is the room for who is late
};

/// struct {
///   uint32 request; AppendState state;
///   uint64 number;          0 unless stored
///   uint32 retry_after_s;   0 unless full
///   Extension extensions<V>;
/// } Appended;                dispatcher → node
struct Appended {
  static constexpr Type type = Type::appended;

  RequestId request = 0;
  AppendState state = AppendState::refused;
  LogNumber number = 0;
  std::uint32_t retry_after_s = 0;
  wire::Extensions extensions;

  static Result<Appended> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
