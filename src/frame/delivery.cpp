#include "frame/delivery.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Subscribe> Subscribe::read(wire::Reader& in) {
  Subscribe subscribe;
  TAUT_TRY(subscribe.request, in.u32());
  TAUT_TRY(subscribe.until, read_enum(in, Until::closed));
  TAUT_TRY(subscribe.credit, in.u32());
  TAUT_TRY(subscribe.extensions, read_extensions(in));
  return subscribe;
}

void Subscribe::write(wire::Writer& out) const {
  out.u32(request);
  write_enum(out, until);
  out.u32(credit);
  wire::write_extensions(out, extensions);
}

Result<Credit> Credit::read(wire::Reader& in) {
  TAUT_TRY(const std::uint32_t bytes, in.u32());
  return Credit{bytes};
}

void Credit::write(wire::Writer& out) const { out.u32(bytes); }

Result<Delivery> Delivery::read(wire::Reader& in) {
  Delivery delivery;
  TAUT_TRY(delivery.number, in.u64());
  TAUT_TRY(delivery.received.unix_ms, in.u64());
  TAUT_TRY(delivery.expires.unix_ms, in.u64());
  TAUT_TRY(delivery.size, in.u32());
  TAUT_TRY(delivery.chunk, read_filled(in, kChunkBytesMax));
  TAUT_TRY(delivery.extensions, read_extensions(in));
  if (delivery.size > kMessageBytesMax || delivery.chunk.size() > delivery.size) return malformed();
  return delivery;
}

void Delivery::write(wire::Writer& out) const {
  out.u64(number).u64(received.unix_ms).u64(expires.unix_ms).u32(size).vector(chunk);
  wire::write_extensions(out, extensions);
}

Result<DeliveryChunk> DeliveryChunk::read(wire::Reader& in) {
  DeliveryChunk more;
  TAUT_TRY(more.number, in.u64());
  TAUT_TRY(more.offset, in.u32());
  TAUT_TRY(more.chunk, read_filled(in, kChunkBytesMax));
  return more;
}

void DeliveryChunk::write(wire::Writer& out) const { out.u64(number).u32(offset).vector(chunk); }

Result<Drained> Drained::read(wire::Reader& in) {
  Drained drained;
  TAUT_TRY(drained.request, in.u32());
  TAUT_TRY(drained.last, in.u64());
  TAUT_TRY(drained.extensions, read_extensions(in));
  return drained;
}

void Drained::write(wire::Writer& out) const {
  out.u32(request).u64(last);
  wire::write_extensions(out, extensions);
}

namespace {

Result<QueueRange> read_range(wire::Reader& in) {
  QueueRange range;
  TAUT_TRY(range.first, in.u64());
  TAUT_TRY(range.last, in.u64());
  if (range.first > range.last) return malformed();
  return range;
}

// One encoding for one set of numbers: ascending, and neighbours are one range.
bool in_order(const std::vector<QueueRange>& ranges) {
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    const QueueNumber end = ranges[i - 1].last;
    if (ranges[i].first <= end || ranges[i].first - end == 1) return false;
  }
  return true;
}

}  // namespace

Result<Release> Release::read(wire::Reader& in) {
  Release release;
  TAUT_TRY(release.request, in.u32());
  TAUT_TRY(release.ranges, in.list(read_range, kReleaseRangesMax));
  TAUT_TRY(release.extensions, read_extensions(in));
  if (release.ranges.empty() || !in_order(release.ranges)) return malformed();
  return release;
}

void Release::write(wire::Writer& out) const {
  out.u32(request);
  out.list(ranges, [](wire::Writer& inner, const QueueRange& one) { inner.u64(one.first).u64(one.last); });
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
