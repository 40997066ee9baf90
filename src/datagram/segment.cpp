#include "datagram/segment.hpp"

namespace taut::datagram {
namespace {

constexpr std::uint64_t kU16Max = 0xffff;

Result<Ack> read_ack(wire::Reader& in) {
  TAUT_TRY(const std::uint64_t largest, in.u64());
  TAUT_TRY(const std::uint32_t delay_us, in.u32());
  TAUT_TRY(const std::uint16_t first, in.u16());
  TAUT_TRY(wire::Reader more, in.nested(4 * (kAckRangesMax - 1)));
  if (largest == UINT64_MAX || first > largest) return malformed();
  Ack ack;
  ack.delay = std::chrono::microseconds(delay_us);
  std::uint64_t begin = largest - first;
  ack.numbers.add({begin, largest + 1});
  while (!more.empty()) {
    TAUT_TRY(const std::uint16_t gap, more.u16());
    TAUT_TRY(const std::uint16_t size, more.u16());
    const std::uint64_t span = std::uint64_t{gap} + 1 + size + 1;
    if (span > begin) return malformed();
    begin -= span;
    ack.numbers.add({begin, begin + size + 1});
  }
  return ack;
}

Result<Stream> read_stream(wire::Reader& in) {
  TAUT_TRY(const std::uint64_t offset, in.u64());
  TAUT_TRY(const ByteView bytes, in.vector());
  if (bytes.empty()) return malformed();
  return Stream{offset, bytes};
}

Status read_padding(const wire::Reader& in) {
  if (std::ranges::any_of(in.rest(), [](Byte byte) { return byte != 0; })) return malformed();
  return {};
}

}  // namespace

Result<std::optional<Segment>> read_segment(wire::Reader& in) {
  if (in.empty()) return std::nullopt;
  TAUT_TRY(const std::uint8_t type, in.u8());
  switch (static_cast<SegmentType>(type)) {
    case SegmentType::padding: {
      TAUT_CHECK(read_padding(in));
      return std::nullopt;
    }
    case SegmentType::ping:
      return Ping{};
    case SegmentType::ack: {
      TAUT_TRY(Ack ack, read_ack(in));
      return ack;
    }
    case SegmentType::stream: {
      TAUT_TRY(const Stream stream, read_stream(in));
      return stream;
    }
    case SegmentType::window: {
      TAUT_TRY(const std::uint64_t offset, in.u64());
      return Window{offset};
    }
    case SegmentType::end: {
      TAUT_TRY(const std::uint64_t offset, in.u64());
      return End{offset};
    }
    case SegmentType::close:
      return Close{};
  }
  return fail(Errc::violation, reasons::kBadFrame);
}

void write_ack(wire::Writer& out, const Ack& ack) {
  const auto ranges = ack.numbers.all();
  const Range& newest = ranges.back();
  const auto delay_us = std::chrono::duration_cast<std::chrono::microseconds>(ack.delay).count();
  out.u8(static_cast<std::uint8_t>(SegmentType::ack)).u64(newest.end - 1);
  out.u32(static_cast<std::uint32_t>(std::clamp<std::int64_t>(delay_us, 0, UINT32_MAX)));
  out.u16(static_cast<std::uint16_t>(std::min(newest.size() - 1, kU16Max)));
  // A range too long for its field ends the list: what lies so far back is of no use to the sender.
  bool whole = newest.size() - 1 <= kU16Max;
  out.nested([&](wire::Writer& more) {
    std::size_t written = 1;
    for (std::size_t i = ranges.size() - 1; i-- > 0 && whole && written < kAckRangesMax; ++written) {
      const std::uint64_t gap = ranges[i + 1].begin - ranges[i].end - 1;
      if (gap > kU16Max) return;
      more.u16(static_cast<std::uint16_t>(gap));
      more.u16(static_cast<std::uint16_t>(std::min(ranges[i].size() - 1, kU16Max)));
      whole = ranges[i].size() - 1 <= kU16Max;
    }
  });
}

void write_stream(wire::Writer& out, const Stream& stream) {
  out.u8(static_cast<std::uint8_t>(SegmentType::stream)).u64(stream.offset).vector(stream.bytes);
}

void write_offset(wire::Writer& out, SegmentType type, std::uint64_t offset) {
  out.u8(static_cast<std::uint8_t>(type)).u64(offset);
}

}  // namespace taut::datagram
