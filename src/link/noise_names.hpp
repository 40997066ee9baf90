#pragma once
// Which Noise protocols a link may run: a pattern for each situation, algorithms for each suite. Nothing
// outside of this table is ever offered or accepted (design §3).

#include <string>

#include "crypto/suite.hpp"

namespace taut::link {

inline constexpr std::size_t kNever = SIZE_MAX;

/// One more situation is one more row: XX for first contact, KK after an introduction.
struct LinkPattern {
  std::string_view name;
  std::size_t initiator_shows;  ///< index of the message that carries the initiator's identity, or kNever
  std::size_t responder_shows;  ///< ... and the responder's

  constexpr bool names_initiator() const { return initiator_shows != kNever; }
};

inline constexpr LinkPattern kIk{"IK", 0, 1};
/// For an initiator that is not to be recognised.
inline constexpr LinkPattern kNk{"NK", kNever, 1};

struct LinkProtocol {
  const LinkPattern* pattern;
  crypto::SuiteId suite;
  std::string noise_name;
};

/// @errors incompatible (suite_refused): the suite has no Noise algorithms
Result<LinkProtocol> link_protocol(const LinkPattern& pattern, crypto::SuiteId suite);
/// @errors incompatible (suite_refused): not in the table
Result<LinkProtocol> link_protocol(std::string_view noise_name);

}  // namespace taut::link
