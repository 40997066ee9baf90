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

  open_log = 0x50,
  prove_access = 0x51,
  name_successor = 0x52,
  set_retention = 0x53,
  append = 0x54,
  append_chunk = 0x55,
  appended = 0x56,
  read_log = 0x57,
  log_entries = 0x58,
  log_entry_chunk = 0x59,
  log_drained = 0x5a,
  end_reading = 0x5b,
  reading_ended = 0x5c,
  introduce = 0x5d,
  introduced = 0x5e,
  release_introductions = 0x5f,

  publish_key_packages = 0x60,
  claim_key_package = 0x61,
  key_package_answer = 0x62,
  count_key_packages = 0x63,
  key_package_counts = 0x64,
  key_package_notice = 0x65,
};

}  // namespace taut::frame

namespace taut::reasons {
inline constexpr Reason kUnknownFrame{"unknown_frame"};  ///< a type we must understand, and do not
}
