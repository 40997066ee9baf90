#pragma once
// What a dispatcher remembers of a node's reports and links.

#include <string>

#include "dispatcher/store.hpp"
#include "frame/device.hpp"

namespace taut::dispatcher {

/// struct {
///   uint64 last_seen;
///   uint32 uptime_s;      at last_seen
///   Carrier carrier;
///   opaque name<V>;
///   NodeId viewers<V>;    ascending
/// } DeviceNote;
struct DeviceNote {
  WallTime last_seen;
  std::uint32_t uptime_s = 0;
  frame::Carrier carrier = frame::Carrier::unknown;
  std::string name;
  std::vector<NodeId> viewers;

  /// An empty note is a node that has not said anything.
  /// @errors malformed
  static Result<DeviceNote> parse(ByteView note);
  Bytes written() const;

  /// It is seen now; what was up has been up for so much longer.
  void see(WallTime now);
};

/// A row of the store, for people.
/// @param note  brought up to date where the node is connected
frame::Device device_of(const NodeRow& row, const DeviceNote& note);

}  // namespace taut::dispatcher
