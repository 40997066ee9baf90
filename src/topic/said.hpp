#pragma once
// What is inside an application message (docs/protocol/topic.md, "Messages").
//
//   struct {
//     uint8 what = 1;
//     opaque message_id[16];
//     uint64 counter;                      of the sender's leaf certificate, from 0
//     uint64 said_in;                      the epoch that it was first sealed in
//     optional<uint64> previous_said_in;   of the message before it; absent: it is the first
//     uint64 time;                         sender's clock, Unix milliseconds; 0: it has none
//     uint32 expires_s;                    0: it stays
//     uint16 content_type;                 0xff01: its sender leaves
//     opaque content<V>;
//     Extension extensions<V>;
//   } Said;
//
//   struct {
//     opaque sender_id[32];
//     uint64 sequence;                     of the sender's leaf certificate
//     uint64 next;                         every counter below it is here
//     uint64 beyond;                       bit i: counter next + 1 + i is here too
//   } Arrived;
//   struct { uint8 what = 2; Arrived arrived<V>; } Acknowledgement;

#include "topic/step.hpp"

namespace taut::topic {

inline constexpr ContentType kLeaving{0xff01};

struct Said {
  MessageId message_id;
  std::uint64_t counter = 0;
  std::uint64_t said_in = 0;
  std::optional<std::uint64_t> previous_said_in;
  std::optional<WallTime> time;
  std::chrono::seconds expires{0};
  ContentType type{};
  Bytes body;

  SecretBytes encode() const;
};

struct Arrived {
  NodeId sender;
  std::uint64_t sequence = 0;
  std::uint64_t next = 0;
  std::uint64_t beyond = 0;

  bool has(std::uint64_t counter) const;
};
struct Acknowledgement {
  std::vector<Arrived> arrived;

  Bytes encode() const;
};

/// @errors malformed
Result<std::variant<Said, Acknowledgement>> read_inside(ByteView bytes);
Result<Said> read_said(ByteView bytes);

}  // namespace taut::topic
