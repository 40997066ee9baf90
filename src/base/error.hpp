#pragma once
// Errors are values, sorted by whose move is next (house style §3).

#include <cstdint>
#include <string_view>

namespace taut {

/// The category of an error: what the caller can do about it.
enum class Errc : std::uint16_t {
  malformed,     ///< the peer's fault: bytes that do not parse
  unauthentic,   ///< the peer's fault: a tag, signature or identity that does not hold
  replayed,      ///< the peer's fault: seen before, or too old to tell
  violation,     ///< the peer's fault: well-formed, but not allowed now
  incompatible,  ///< the peer's fault: a version, suite or critical extension we do not speak
  exhausted,     ///< the world's: a limit, quota or counter is used up
  unavailable,   ///< the world's: not there, not reachable, not now
  misuse,        ///< ours: the caller broke the contract
};

/// Stable name of a category, for logs and `--json`.
std::string_view name_of(Errc code);

/// A stable reason inside a category ("bad_tag"): for logs and counters, never for the wire.
/// Rooms declare their own beside the types that return them; names are listed in docs/protocol.md.
struct Reason {
  std::string_view name;
  friend bool operator==(const Reason&, const Reason&) = default;
};

struct Error {
  Errc code;
  Reason reason;
  friend bool operator==(const Error&, const Error&) = default;
};

namespace reasons {
inline constexpr Reason kBadFrame{"bad_frame"};  ///< does not parse
inline constexpr Reason kTooLarge{"too_large"};  ///< over a named limit
inline constexpr Reason kBadTag{"bad_tag"};      ///< an AEAD or MAC tag does not hold
inline constexpr Reason kBadSignature{"bad_signature"};
inline constexpr Reason kBadKey{"bad_key"};  ///< wrong size, off curve, low order
inline constexpr Reason kIdentityMismatch{"identity_mismatch"};
inline constexpr Reason kReplayed{"replayed"};
inline constexpr Reason kTooOld{"too_old"};
inline constexpr Reason kSuiteRefused{"suite_refused"};
inline constexpr Reason kKeyExhausted{"key_exhausted"};
inline constexpr Reason kQuota{"quota"};
inline constexpr Reason kDeadline{"deadline"};
inline constexpr Reason kNotNow{"not_now"};  ///< legal elsewhere, not in this phase
inline constexpr Reason kMisuse{"misuse"};
}  // namespace reasons

}  // namespace taut
