#include "frame/device.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

namespace {

Result<std::vector<NodeId>> read_nodes(wire::Reader& in, std::size_t count_max) {
  TAUT_TRY(auto nodes, in.list([](wire::Reader& one) { return one.value<NodeId>(); }, count_max));
  if (!ascends(nodes)) return malformed();
  return nodes;
}

void write_nodes(wire::Writer& out, const std::vector<NodeId>& nodes) {
  out.list(nodes, [](wire::Writer& inner, const NodeId& one) { inner.raw(one.view()); });
}

}  // namespace

Result<Report> Report::read(wire::Reader& in) {
  Report report;
  TAUT_TRY(report.request, in.u32());
  TAUT_TRY(report.uptime_s, in.u32());
  TAUT_TRY(report.name, in.vector(kDeviceNameBytesMax));
  TAUT_TRY(report.viewers, read_nodes(in, kViewersMax));
  TAUT_TRY(report.extensions, read_extensions(in));
  return report;
}

void Report::write(wire::Writer& out) const {
  out.u32(request).u32(uptime_s).vector(name);
  write_nodes(out, viewers);
  wire::write_extensions(out, extensions);
}

Result<ListDevices> ListDevices::read(wire::Reader& in) {
  ListDevices list;
  TAUT_TRY(list.request, in.u32());
  TAUT_TRY(list.nodes, read_nodes(in, kListedMax));
  TAUT_TRY(list.extensions, read_extensions(in));
  if (list.nodes.empty()) return malformed();
  return list;
}

void ListDevices::write(wire::Writer& out) const {
  out.u32(request);
  write_nodes(out, nodes);
  wire::write_extensions(out, extensions);
}

Result<Device> Device::read(wire::Reader& in) {
  Device device;
  TAUT_TRY(device.node, in.value<NodeId>());
  TAUT_TRY(device.presence, read_enum(in, Presence::connected));
  TAUT_TRY(device.last_seen.unix_ms, in.u64());
  TAUT_TRY(device.uptime_s, in.u32());
  TAUT_TRY(device.carrier, read_enum(in, Carrier::other));
  TAUT_TRY(const ByteView name, in.vector(kDeviceNameBytesMax));
  device.name = as_text(name);
  TAUT_TRY(device.messages, in.u64());
  TAUT_TRY(device.bytes, in.u64());
  TAUT_TRY(device.oldest.unix_ms, in.u64());
  return device;
}

void Device::write(wire::Writer& out) const {
  out.raw(node.view());
  write_enum(out, presence);
  out.u64(last_seen.unix_ms).u32(uptime_s);
  write_enum(out, carrier);
  out.vector(as_bytes(name)).u64(messages).u64(bytes).u64(oldest.unix_ms);
}

Result<Devices> Devices::read(wire::Reader& in) {
  Devices devices;
  TAUT_TRY(devices.request, in.u32());
  TAUT_TRY(devices.devices, in.list([](wire::Reader& one) { return Device::read(one); }, kListedMax));
  TAUT_TRY(devices.extensions, read_extensions(in));
  return devices;
}

void Devices::write(wire::Writer& out) const {
  out.u32(request);
  out.list(devices, [](wire::Writer& inner, const Device& one) { one.write(inner); });
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
