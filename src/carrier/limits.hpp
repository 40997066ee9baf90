#pragma once
// What holds for every carrier of topics.

#include <cstddef>

namespace taut::carrier {

/// Of one frame: the largest entry of a topic, a commit or welcome of a very large one.
inline constexpr std::size_t kFrameBytesMax = std::size_t{4} << 20;
/// Published and not yet on its way.
inline constexpr std::size_t kWaitingBytesMax = 4 * kFrameBytesMax;

}  // namespace taut::carrier
