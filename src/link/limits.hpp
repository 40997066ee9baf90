#pragma once
// Every limit of a link, with its reason (docs/protocol/link.md, "Limits").

#include "base/time.hpp"
#include "noise/cipher_state.hpp"

namespace taut::link {

using namespace std::chrono_literals;

/// Longest frame: leaves a record room for its tag, its kind and the frame's length.
inline constexpr std::size_t kFrameBytesMax = 60 * 1024;
/// A record's Noise message behind its 2-byte length.
inline constexpr std::size_t kRecordBytesMax = noise::kMessageBytesMax;
/// Room that flush() wants at least: one whole record.
inline constexpr std::size_t kFlushBytesMin = 2 + kRecordBytesMax;
/// Longest handshake message: identity payloads of the hybrid suites to come fit too.
inline constexpr std::size_t kHandshakeBytesMax = 4096;
/// Handshake payloads are padded to a multiple of this, so that their length says nothing.
inline constexpr std::size_t kHandshakePaddingBytes = 256;
/// What stands where an identity payload would, in the first message of who shows none: no less than the
/// answer's, which carries one.
inline constexpr std::size_t kAnonymousPayloadBytes = 512;

/// Records under one key: a peer that goes further without a rekey is cut off.
inline constexpr std::uint64_t kRekeyRecordsMax = std::uint64_t{1} << 20;

/// Links that name the same peer and are not confirmed yet (design §5).
inline constexpr std::size_t kHalfOpenPerPeerMax = 2;
/// How long a session is received from after another took its place (design §5).
inline constexpr Duration kReplacedReceivable = 30s;

/// What an owner may tighten.
struct Limits {
  Duration handshake_deadline = 10s;                     ///< from the first byte that could come
  Duration closing_deadline = 5s;                        ///< from close() to the peer's end
  std::uint64_t rekey_after_records = kRekeyRecordsMax;  ///< at most kRekeyRecordsMax
  Duration rekey_after = 120s;                           ///< ... and age of a key that was used
  std::size_t queue_bytes_max = 256 * 1024;              ///< frames that wait for flush()
};

}  // namespace taut::link
