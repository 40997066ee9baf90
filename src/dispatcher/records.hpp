#pragma once
// What a dispatcher remembers. Nothing here says who sent a message.

#include <optional>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "frame/delivery.hpp"
#include "frame/key_package.hpp"

namespace taut::dispatcher {

using frame::QueueNumber;
using frame::QueueRange;

/// First 16 bytes of the SHA-256 of a submitted message: tells a repeated submission from another message
/// under the same submission ID. Whoever could make two that collide fools only himself.
using BodyHash = Opaque<struct BodyHashTag, 16>;

/// Whether something is left to ask for.
enum class Rest : std::uint8_t { none, more };

/// The three reserved parts of an inbox (design §6).
enum class Share : std::uint8_t {
  own = 0,       ///< the owner's own devices
  known = 1,     ///< who shows a delivery token
  stranger = 2,  ///< anybody else
};
inline constexpr std::size_t kShareCount = 3;

/// What stored messages take: their number, and the sum of their sizes.
struct Usage {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  friend bool operator==(const Usage&, const Usage&) = default;
  friend Usage& operator+=(Usage& sum, const Usage& more) {
    sum.messages += more.messages;
    sum.bytes += more.bytes;
    return sum;
  }
  /// What is freed was counted before, so this never goes below nothing.
  friend Usage& operator-=(Usage& sum, const Usage& less) {
    sum.messages -= std::min(sum.messages, less.messages);
    sum.bytes -= std::min(sum.bytes, less.bytes);
    return sum;
  }
};
using ShareUsage = std::array<Usage, kShareCount>;

inline Usage total(const ShareUsage& shares) {
  Usage sum;
  for (const Usage& share : shares) sum += share;
  return sum;
}

/// The card sequence of a revocation: nothing replaces it (identity/card.hpp).
inline constexpr std::uint64_t kRevokedSequence = ~std::uint64_t{0};

/// What is kept for a node, whole, beside its inbox and card; the store does not look into it.
enum class NoteKind : std::uint8_t {
  access = 0,  ///< who may put into the inbox (inbox_access.hpp)
  state = 1,   ///< how far the node's own state has got (states.hpp)
  device = 2,  ///< what the node says about itself (device_note.hpp)
};
inline constexpr std::size_t kNoteCount = 3;
inline constexpr std::size_t kNoteBytesMax = 8192;

/// One node that may have an inbox and a card here.
struct NodeRecord {
  /// Higher than every number that the inbox has ever held, also after all was released.
  QueueNumber next_number = 1;
  ShareUsage usage{};
  /// The highest of its cards held here, gone or not; 0 when there was none.
  std::uint64_t card_sequence = 0;
  std::array<Bytes, kNoteCount> notes;             ///< by NoteKind; empty: there is none
  std::vector<frame::KeyPackageCount> packages{};  ///< by suites, as frame::KeyPackageCounts
  friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

enum class SubmissionState : std::uint8_t { stored = 0, released = 1, expired = 2 };

/// SHA-256 of an enrolment token: whoever reads the store cannot enrol.
using EnrolmentHash = Opaque<struct EnrolmentHashTag, 32>;

/// What became of a submission. Outlives the message, until `forget`.
struct SubmissionRecord {
  BodyHash hash;
  SubmissionState state = SubmissionState::stored;
  Share share = Share::stranger;  ///< of who submitted it
  WallTime expires;
  friend bool operator==(const SubmissionRecord&, const SubmissionRecord&) = default;
};

}  // namespace taut::dispatcher
