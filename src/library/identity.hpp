#pragma once
// What stands behind api::Identity.

#include <taut/topic.hpp>

#include "identity/card.hpp"
#include "identity/identity.hpp"
#include "run/system_random.hpp"

namespace taut::api {

struct Identity::State {
  identity::Identity identity;
  identity::SignedCard card;
  NodeId node_id;  ///< as text
  run::SystemRandom random;
};

Error public_error(const taut::Error& error);
std::unexpected<Error> failed(const taut::Error& error);

}  // namespace taut::api
