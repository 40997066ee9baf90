#pragma once
// Sizes that envelopes are padded to, so that a length says little (docs/protocol/envelope.md, "Sizes").

#include <bit>

#include "envelope/content.hpp"

namespace taut::envelope {

inline constexpr std::size_t kBucketBytesMin = 512;
/// Beside the content there is room for every field and for the sender's card.
inline constexpr std::size_t kBucketBytesMax = kContentBytesMax + 16 * std::size_t{1024};

/// Up to 4 KiB the powers of two, above that four sizes to the octave: 25 % of padding at the most.
/// The last bucket is cut to kBucketBytesMax.
/// @pre size <= kBucketBytesMax
constexpr std::size_t bucket_for(std::size_t size) {
  if (size <= kBucketBytesMin) return kBucketBytesMin;
  const std::size_t octave = std::bit_ceil(size);
  if (octave <= 4096) return octave;
  const std::size_t step = octave / 8;
  return std::min((size + step - 1) / step * step, kBucketBytesMax);
}

}  // namespace taut::envelope
