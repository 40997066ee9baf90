#include "dispatcher/device_note.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::dispatcher {

Result<DeviceNote> DeviceNote::parse(ByteView bytes) {
  DeviceNote note;
  if (bytes.empty()) return note;
  wire::Reader in(bytes);
  TAUT_TRY(note.last_seen.unix_ms, in.u64());
  TAUT_TRY(note.uptime_s, in.u32());
  TAUT_TRY(const std::uint8_t carrier, in.u8());
  if (carrier > static_cast<std::uint8_t>(frame::Carrier::other)) return malformed();
  note.carrier = static_cast<frame::Carrier>(carrier);
  TAUT_TRY(const ByteView name, in.vector(frame::kDeviceNameBytesMax));
  note.name = as_text(name);
  TAUT_TRY(note.viewers, in.list([](wire::Reader& one) { return one.value<NodeId>(); }, frame::kViewersMax));
  TAUT_CHECK(in.finish());
  return note;
}

Bytes DeviceNote::written() const {
  return wire::written([&](wire::Writer& out) {
    out.u64(last_seen.unix_ms).u32(uptime_s).u8(static_cast<std::uint8_t>(carrier)).vector(as_bytes(name));
    out.list(viewers, [](wire::Writer& inner, const NodeId& one) { inner.raw(one.view()); });
  });
}

void DeviceNote::see(WallTime now) {
  const bool is_later = now > last_seen && last_seen.unix_ms != 0;
  if (uptime_s != 0 && is_later)
    uptime_s += static_cast<std::uint32_t>((now.unix_ms - last_seen.unix_ms) / 1000);
  last_seen = now;
}

frame::Device device_of(const NodeRow& row, const DeviceNote& note) {
  const Usage waiting = total(row.usage);
  frame::Device device;
  device.node = row.node;
  device.last_seen = note.last_seen;
  device.uptime_s = note.uptime_s;
  device.carrier = note.carrier;
  device.name = note.name;
  device.messages = waiting.messages;
  device.bytes = waiting.bytes;
  device.oldest = row.oldest.value_or(WallTime{});
  return device;
}

}  // namespace taut::dispatcher
