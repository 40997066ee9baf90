#pragma once
// What nodes and dispatchers say to each other on a link (docs/protocol/frames.md).
//
//   struct { Type type; select (type) {…} body; } Frame;    at most kFrameBytesMax
//
// Byte fields of a parsed frame are views into the bytes that it was parsed from; those of a frame to
// write are views into the caller's. Nothing is copied on the way in, once on the way out.

#include <variant>

#include "frame/access.hpp"
#include "frame/card.hpp"
#include "frame/delivery.hpp"
#include "frame/device.hpp"
#include "frame/hello.hpp"
#include "frame/introduction.hpp"
#include "frame/key_package.hpp"
#include "frame/log_access.hpp"
#include "frame/log_append.hpp"
#include "frame/log_read.hpp"
#include "frame/put.hpp"
#include "frame/registration.hpp"
#include "frame/state.hpp"

namespace taut::frame {

/// A type that we do not know and may ignore.
struct Ignored {
  std::uint8_t number = 0;
};

using Frame =
    std::variant<Hello, Answer, Ping, Pong, Goodbye, Put, PutChunk, Outcome, OutcomeQuery, Subscribe, Credit,
                 Delivery, DeliveryChunk, Drained, Release, PublishCard, LookUpCard, CardAnswer, Register,
                 SetAccess, PublishState, LookUpState, StateAnswer, Report, ListDevices, Devices, OpenLog,
                 ProveAccess, NameSuccessor, SetRetention, Append, AppendChunk, Appended, ReadLog, LogEntries,
                 LogEntryChunk, LogDrained, EndReading, ReadingEnded, Introduce, Introduced,
                 ReleaseIntroductions, PublishKeyPackages, ClaimKeyPackage, KeyPackageAnswer,
                 CountKeyPackages, KeyPackageCounts, KeyPackageNotice, Ignored>;

/// One whole frame.
/// @errors malformed (bad_frame, too_large); violation (unknown_frame); incompatible: a critical
///         extension that we do not know. Each is the end of the link.
Result<Frame> parse(ByteView in);

/// Appends one whole frame.
/// @pre every field within its limit, so that the frame is at most kFrameBytesMax
template <class Body>
void write(Bytes& out, const Body& body) {
  wire::Writer writer(out);
  writer.u8(static_cast<std::uint8_t>(Body::type));
  body.write(writer);
}

template <class Body>
Bytes written(const Body& body) {
  Bytes out;
  write(out, body);
  return out;
}

}  // namespace taut::frame
