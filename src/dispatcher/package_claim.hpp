#pragma once
// Somebody asks for a key package of a node whose record is still on its way.

#include "base/bounded_bytes.hpp"
#include "dispatcher/effects.hpp"
#include "frame/limits.hpp"

namespace taut::dispatcher {

struct PackageClaim {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  std::uint16_t suite = 0;
  BoundedBytes<frame::kDeliveryTokenBytesMax> token;
};

}  // namespace taut::dispatcher
