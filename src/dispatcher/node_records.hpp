#pragma once
// Getting a node's record into memory.

#include "dispatcher/common.hpp"

namespace taut::dispatcher {

/// Asks the store, unless it was asked already.
inline void load(Common& common, Resident& node) {
  if (node.phase != Resident::Phase::unknown) return;
  node.phase = Resident::Phase::loading;
  common.issue(LoadNode{node.id}, NodePending{Pin(node)});
}

}  // namespace taut::dispatcher
