#pragma once
// A message on its way in.

#include "base/bounded_bytes.hpp"
#include "dispatcher/effects.hpp"
#include "frame/put.hpp"

namespace taut::dispatcher {

/// Who waits for the outcome of a put, and how much of the put windows it takes until then.
struct Ticket {
  ConnectionId connection = 0;
  frame::RequestId request = 0;
  SubmissionId submission;
  std::uint32_t size = 0;
  Share share = Share::known;  ///< strangers get one answer

  std::size_t charge() const { return std::size_t{size} + frame::kPutCost; }
};

/// What the link says about who submits.
enum class Sender : std::uint8_t { owner, registered, unregistered };

struct Submission {
  Ticket ticket;
  NodeId inbox;
  Sender sender = Sender::unregistered;
  BoundedBytes<frame::kDeliveryTokenBytesMax> token;
  frame::Keep keep = frame::Keep::stored;
  std::uint32_t ttl_s = 0;
  Bytes body;
};

}  // namespace taut::dispatcher
