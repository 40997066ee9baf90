#pragma once
// What whoever runs a dispatcher may ask of it, over a path that the network does not reach.

#include <variant>

#include "base/result.hpp"
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

/// Ends the node's links, and removes everything that there is about it. Done, also when it was not there.
struct Revoke {
  NodeId node;
};

/// Nodes in the order of their IDs, so many from behind this one. DeviceList.
struct ListAll {
  std::optional<NodeId> after;
  std::size_t count_max = 100;
};
struct DeviceList {
  std::vector<frame::Device> devices;
  Rest rest = Rest::none;
};

using OperatorRequest = std::variant<Enrol, Revoke, ListAll>;
using OperatorValue = std::variant<Done, DeviceList>;

}  // namespace taut::dispatcher
