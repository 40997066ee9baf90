#pragma once
// One Noise test vector, in the form of cacophony and snow or in the older one of noise-c, and how to
// run it: both parties side by side, every message compared byte by byte.

#include "noise/handshake_state.hpp"
#include "support/vectors.hpp"

namespace taut::test {

std::string protocol_name(const Json& vector);

/// What this party has according to the vector, as far as `protocol` calls for it.
noise::HandshakeKeys keys_of(const noise::Protocol& protocol, noise::Role role, const Json& vector);

/// Empty: all messages, payloads and, where given, the handshake hash agree. Otherwise what does not.
std::string mismatch(const Json& vector);

/// As mismatch, for XXfallback: an IK message that the responder cannot read comes first.
std::string fallback_mismatch(const Json& vector);

}  // namespace taut::test
