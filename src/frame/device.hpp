#pragma once
// What a node says about itself, and who may see it.

#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

enum class Carrier : std::uint8_t { unknown = 0, tcp = 1, udp = 2, websocket = 3, other = 4 };

/// struct {
///   uint32 request;
///   uint32 uptime_s;
///   opaque name<V>;        at most kDeviceNameBytesMax, for people
///   NodeId viewers<V>;     who else may list it; ascending, at most kViewersMax
///   Extension extensions<V>;
/// } Report;                node → dispatcher; answered by an Answer
struct Report {
  static constexpr Type type = Type::report;

  RequestId request = 0;
  std::uint32_t uptime_s = 0;
  ByteView name;
  std::vector<NodeId> viewers;
  wire::Extensions extensions;

  static Result<Report> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; NodeId nodes<V>; Extension extensions<V>; } ListDevices;
/// node → dispatcher: 1..kListedMax nodes, ascending; answered by a Devices
struct ListDevices {
  static constexpr Type type = Type::list_devices;

  RequestId request = 0;
  std::vector<NodeId> nodes;
  wire::Extensions extensions;

  static Result<ListDevices> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

enum class Presence : std::uint8_t { away = 0, connected = 1 };

/// struct {
///   NodeId node;
///   Presence presence;
///   uint64 last_seen;       dispatcher's clock, Unix milliseconds; 0: never
///   uint32 uptime_s;        at last_seen, as the node said
///   Carrier carrier;        of the last link
///   opaque name<V>;
///   uint64 messages; uint64 bytes;   waiting in the inbox
///   uint64 oldest;          when the oldest of them came; 0: none
/// } Device;
struct Device {
  NodeId node;
  Presence presence = Presence::away;
  WallTime last_seen;
  std::uint32_t uptime_s = 0;
  Carrier carrier = Carrier::unknown;
  std::string name;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  WallTime oldest;

  static Result<Device> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Device&, const Device&) = default;
};

/// struct { uint32 request; Device devices<V>; Extension extensions<V>; } Devices;
/// dispatcher → node: of those asked for, which are registered here and let the asker see them
struct Devices {
  static constexpr Type type = Type::devices;

  RequestId request = 0;
  std::vector<Device> devices;
  wire::Extensions extensions;

  static Result<Devices> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
