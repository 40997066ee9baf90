#pragma once
// A verified card on its way in.

#include "dispatcher/effects.hpp"

namespace taut::dispatcher {

struct HandedCard {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  WallTime handed_in;
  SaveCard card;
  std::optional<EnrolmentHash> token;  ///< shown beside it, for a node that is not registered yet
};

}  // namespace taut::dispatcher
