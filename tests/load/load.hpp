#pragma once
// What the loads share: whom to call, and nodes that call.

#include <string>
#include <vector>

#include "run/dispatcher_link.hpp"
#include "run/system_random.hpp"

namespace taut::load {

/// A dispatcher from its link, to be reached over one carrier alone.
/// @errors malformed: not a link; unavailable: it is not there on this carrier
Result<identity::Dispatcher> target(const std::string& link, identity::Carrier carrier);

/// A node that calls: an identity and what its links share.
struct Caller {
  explicit Caller(Random& random);
  identity::Identity identity;
  link::Local local;
};

int hold(const identity::Dispatcher& to, std::size_t count);
int handshakes(const identity::Dispatcher& to, unsigned per_second, std::chrono::seconds time);
int flood(const identity::Dispatcher& to, unsigned per_second, std::chrono::seconds time);

}  // namespace taut::load
