#pragma once
// Pre-shared keys in the key schedule, RFC 9420 §8.4.

#include <span>

#include "base/random.hpp"
#include "mls/labelled.hpp"
#include "mls/psk_id.hpp"

namespace taut::mls {

/// Most PSKs of one commit or Welcome.
inline constexpr std::size_t kPskCountMax = 256;

struct PskInput {
  PreSharedKeyId id;
  SecretBytes psk;
};

/// psk_secret of a list, in its order; zeros for an empty one.
KdfSecret derive_psk_secret(const Suite& suite, std::span<const PskInput> psks);

/// A name for one use of a PSK, with a fresh psk_nonce.
PreSharedKeyId make_psk_id(const Suite& suite, std::variant<ExternalPskId, ResumptionPskId> id,
                           Random& random);

}  // namespace taut::mls
