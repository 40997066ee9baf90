#pragma once
// Whether a dispatcher can be reached, and is who it should be.

#include "base/random.hpp"
#include "identity/card.hpp"
#include "identity/identity.hpp"

namespace taut::run {

/// Makes a link, on a loop of its own, and ends it.
/// @errors why there is none, as the carrier or the link says it
Status reach(const identity::Dispatcher& dispatcher, const identity::Identity& identity, Random& random);

}  // namespace taut::run
