#pragma once
// Sizes that both ends of a link keep (docs/protocol/frames.md, "Limits").

#include <cstddef>
#include <cstdint>

namespace taut::frame {

/// A whole frame, type byte included. Longer messages are chunked.
inline constexpr std::size_t kFrameBytesMax = std::size_t{60} * 1024;
/// What one frame carries of a message: the rest is room for fields and extensions.
inline constexpr std::size_t kChunkBytesMax = kFrameBytesMax - 1024;
/// The highest message limit that a dispatcher may announce: an envelope around 1 MiB of content
/// (envelope/envelope.hpp), with room for what suites to come add to it.
inline constexpr std::size_t kMessageBytesMax = (std::size_t{1} << 20) + 32 * std::size_t{1024};
inline constexpr std::size_t kCardBytesMax = 8192;
inline constexpr std::size_t kDeliveryTokenBytesMax = 32;
inline constexpr std::size_t kRevokedTokensMax = 256;
inline constexpr std::size_t kEnrolmentTokenBytesMax = 64;
inline constexpr std::size_t kProofBytesMax = 256;
inline constexpr std::size_t kStateRecordBytesMax = 1024;
inline constexpr std::size_t kDeviceNameBytesMax = 64;
inline constexpr std::size_t kViewersMax = 64;
/// Nodes in one ListDevices.
inline constexpr std::size_t kListedMax = 64;
/// Queue ranges in one release.
inline constexpr std::size_t kReleaseRangesMax = 1024;
/// What one put costs beside its bytes, in the put window: about what a dispatcher needs to remember it.
inline constexpr std::uint32_t kPutCost = 512;
/// Questions (every frame with a request ID but puts) that a node may have open at once.
inline constexpr std::size_t kOpenQuestionsMax = 256;
/// What one delivery costs beside its bytes, in credit: small messages are not free.
inline constexpr std::uint32_t kDeliveryCost = 64;
/// What one log entry costs beside its bytes, in credit.
inline constexpr std::uint32_t kEntryCost = kDeliveryCost;
/// Entries in one LogEntries.
inline constexpr std::size_t kEntriesMax = 256;
/// An introduction: a key package, a card, what binds them, wrapped.
inline constexpr std::size_t kIntroductionBytesMax = std::size_t{24} * 1024;
/// Introductions in one release.
inline constexpr std::size_t kReleasedIntroductionsMax = 64;
inline constexpr std::size_t kKeyPackageBytesMax = 8192;
/// Key packages in one PublishKeyPackages, which is one frame.
inline constexpr std::size_t kOffersMax = 128;
/// Suites of which one node may have key packages at one dispatcher.
inline constexpr std::size_t kKeyPackageSuitesMax = 16;

}  // namespace taut::frame
