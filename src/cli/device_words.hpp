#pragma once
// Devices as dispatchers tell of them.

#include <optional>
#include <span>

#include "cli/context.hpp"
#include "frame/device.hpp"

namespace taut::cli {

struct ListedDevice {
  frame::Device device;
  std::optional<NodeId> dispatcher;  ///< who tells of it, where there may be several
};

/// A line each, or one array.
/// @param when_none  what to say to people when there is none
Done print_devices(const Context& context, std::span<const ListedDevice> devices,
                   const std::string& when_none);

}  // namespace taut::cli
