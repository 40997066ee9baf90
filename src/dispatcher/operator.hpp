#pragma once
// What whoever runs a dispatcher may ask of it, over a path that the network does not reach.

#include <variant>

#include "base/result.hpp"
#include "dispatcher/figures.hpp"
#include "dispatcher/records.hpp"
#include "dispatcher/store.hpp"
#include "frame/device.hpp"

namespace taut::dispatcher {

/// Chosen by who asks.
using OperatorRequestId = std::uint64_t;

/// A token with which so many nodes may register, until then. Done.
struct Enrol {
  EnrolmentHash token;
  std::uint32_t uses = 1;
  WallTime expires;
};
/// What the dispatcher keeps of a token: SHA-256 of its bytes.
EnrolmentHash hash_of_token(ByteView token);

/// Ends the node's links, and removes everything that there is about it. Removal.
struct Revoke {
  NodeId node;
};
enum class Removal : std::uint8_t {
  nothing = 0,  ///< it was not registered here
  removed = 1,
};

/// Nodes in the order of their IDs, so many from behind this one. DeviceList.
struct ListAll {
  static constexpr std::size_t kCountMax = 100;

  std::optional<NodeId> after;
  std::size_t count_max = kCountMax;  ///< 1..kCountMax
};
struct DeviceList {
  std::vector<frame::Device> devices;
  Rest rest = Rest::none;
};

/// Everything that is counted. Figures.
struct Stats {};
using Figures = std::vector<Figure>;

using OperatorRequest = std::variant<Enrol, Revoke, ListAll, Stats>;
using OperatorValue = std::variant<Done, Removal, DeviceList, Figures>;

}  // namespace taut::dispatcher
