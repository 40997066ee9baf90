#pragma once
// What the links of one node share.

#include "base/random.hpp"
#include "link/limits.hpp"
#include "link/peer.hpp"
#include "link/verified_certificates.hpp"

namespace taut::link {

/// What it refers to outlives the links.
struct Local {
  const identity::Identity& identity;
  Random& random;
  Limits limits{};
  VerifiedCertificates* verified = nullptr;  ///< spares known peers' signatures; optional
};

}  // namespace taut::link
