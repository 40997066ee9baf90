#pragma once
// What envelopes carry (docs/protocol/envelope.md, "Content").

#include <cstdint>

#include "base/bytes.hpp"

namespace taut::envelope {

/// A type that we do not know is delivered like any other: whoever asks for messages skips it.
enum class ContentType : std::uint16_t {
  text = 1,  ///< UTF-8, as its sender says
  bytes = 2,
  welcome = 3,  ///< into a topic
  reset = 4,    ///< of a topic that its sender lost
  release = 5,  ///< of messages that their recipient has in its store (envelope/release.hpp)
};

inline constexpr std::size_t kContentBytesMax = std::size_t{1} << 20;

struct Content {
  ContentType type = ContentType::text;
  Bytes body;  ///< at most kContentBytesMax
  friend bool operator==(const Content&, const Content&) = default;
};

}  // namespace taut::envelope
