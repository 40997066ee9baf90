#pragma once
// Asks the own dispatchers for devices: this node itself, and those of contacts that let it see them.

#include <memory>

#include "identity/identity.hpp"
#include "node/store.hpp"
#include "node/task.hpp"

namespace taut::node {

/// A device, as one dispatcher tells of it.
struct SeenDevice {
  NodeId dispatcher;
  frame::Device device;
};

class Listing : public Task {
 public:
  /// What was heard so far, in the order of dispatchers and node IDs.
  virtual std::vector<SeenDevice> devices() const = 0;
};

/// Ends when every dispatcher in use has answered or failed.
/// Ends with unavailable (no_dispatcher, unreachable, silent): none answered
std::unique_ptr<Listing> make_listing(Store& store, const identity::Identity& identity);

}  // namespace taut::node
