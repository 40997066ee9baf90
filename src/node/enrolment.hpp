#pragma once
// One-time tokens for dispatchers that register nobody without one, kept until they have been spent.

#include "node/store.hpp"

namespace taut::node {

inline constexpr std::size_t kEnrolmentTokenBytesMax = 64;
inline constexpr std::size_t kEnrolmentsMax = 16;

/// Takes the place of an older one for this dispatcher.
/// @errors exhausted (full): kEnrolmentsMax are kept; misuse: an empty or too long token
Status keep_enrolment(Transaction& transaction, const NodeId& dispatcher, ByteView token);
/// Empty: none is kept.
Result<SecretBytes> enrolment_for(Transaction& transaction, const NodeId& dispatcher);
/// Nothing happens where there is none.
Status drop_enrolment(Transaction& transaction, const NodeId& dispatcher);

}  // namespace taut::node
