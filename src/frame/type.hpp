#pragma once
// The first byte of a frame.

#include <cstdint>

#include "base/error.hpp"

namespace taut::frame {

/// Says which answer belongs to which question; chosen by who asks, unique among those still open.
using RequestId = std::uint32_t;

/// A frame type whose top bit is set may be ignored by who does not know it; any other is a violation.
inline constexpr std::uint8_t kIgnorableBit = 0x80;

enum class Type : std::uint8_t {
  hello = 0x01,
  answer = 0x02,
  ping = 0x03,
  pong = 0x04,
  goodbye = 0x05,

  put = 0x10,
  put_chunk = 0x11,
  outcome = 0x12,
  outcome_query = 0x13,

  subscribe = 0x20,
  credit = 0x21,
  delivery = 0x22,
  delivery_chunk = 0x23,
  drained = 0x24,
  release = 0x25,

  publish_card = 0x30,
  look_up_card = 0x31,
  card_answer = 0x32,

  register_node = 0x40,
  set_access = 0x41,
  publish_state = 0x42,
  look_up_state = 0x43,
  state_answer = 0x44,
  report = 0x45,
  list_devices = 0x46,
  devices = 0x47,
};

}  // namespace taut::frame

namespace taut::reasons {
inline constexpr Reason kUnknownFrame{"unknown_frame"};  ///< a type we must understand, and do not
}
