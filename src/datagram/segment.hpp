#pragma once
// What a packet carries behind its tag: a few segments, one after the other
// (docs/protocol/datagram.md, "Segments").

#include <optional>
#include <variant>

#include "datagram/limits.hpp"
#include "datagram/ranges.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::datagram {

enum class SegmentType : std::uint8_t {
  padding = 0,
  ping = 1,
  ack = 2,
  stream = 3,
  window = 4,
  end = 5,
  close = 6
};

/// Nothing but a wish for an acknowledgement.
struct Ping {};

/// struct { uint64 largest; uint32 delay_us; uint16 first; struct { uint16 gap; uint16 size; } more<V>; }
/// Ack;
///
/// The range that ends with `largest` has `first` + 1 numbers; each further one lies `gap` + 1 numbers
/// that are missing below the one before, and has `size` + 1 numbers. At most kAckRangesMax in all.
struct Ack {
  Ranges numbers;  ///< not empty
  Duration delay{0};
};

/// struct { uint64 offset; opaque bytes<V>; } Stream;
struct Stream {
  std::uint64_t offset = 0;
  ByteView bytes;  ///< not empty
};

/// struct { uint64 offset; } Window;    the receiver takes everything below
struct Window {
  std::uint64_t offset = 0;
};

/// struct { uint64 offset; } End;       the stream has no byte from here on
struct End {
  std::uint64_t offset = 0;
};

/// The link is over now, whatever is outstanding.
struct Close {};

using Segment = std::variant<Ping, Ack, Stream, Window, End, Close>;

/// The next segment; none when only padding is left.
/// @errors malformed; violation (bad_frame): a type that this version does not know
Result<std::optional<Segment>> read_segment(wire::Reader& in);

void write_ack(wire::Writer& out, const Ack& ack);
/// What `write_ack` writes at most.
inline constexpr std::size_t kAckBytesMax = 1 + 8 + 4 + 2 + 2 + 4 * (kAckRangesMax - 1);
/// Type, offset and the longest length of a stream segment.
inline constexpr std::size_t kStreamHeaderBytesMax = 1 + 8 + 2;
void write_stream(wire::Writer& out, const Stream& stream);
void write_offset(wire::Writer& out, SegmentType type, std::uint64_t offset);

}  // namespace taut::datagram
