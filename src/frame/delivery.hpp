#pragma once
// An inbox and its owner: the node at the other end of the link, and nobody else.

#include "base/result.hpp"
#include "base/time.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// The place of a message in its inbox: growing, with gaps, never used twice.
using QueueNumber = std::uint64_t;
/// Numbers from here on belong to online-only messages, which no queue holds.
inline constexpr QueueNumber kOnlineOnlyBit = std::uint64_t{1} << 63;

enum class Until : std::uint8_t {
  drained = 0,  ///< deliver what is there
  closed = 1,   ///< and then what comes, as it comes
};

/// struct { uint32 request; Until until; uint32 credit; Extension extensions<V>; } Subscribe;
/// node → dispatcher; answered by one Drained when everything has been delivered. Asked again, it adds
/// its credit, goes on where the deliveries are, and is answered by a Drained of its own.
struct Subscribe {
  static constexpr Type type = Type::subscribe;

  RequestId request = 0;
  Until until = Until::drained;
  std::uint32_t credit = 0;
  wire::Extensions extensions;

  static Result<Subscribe> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 bytes; } Credit;   node → dispatcher: so many more may be delivered
/// A delivery costs its size and kDeliveryCost, and begins only while credit is left (it may overdraw it).
struct Credit {
  static constexpr Type type = Type::credit;

  std::uint32_t bytes = 0;

  static Result<Credit> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct {
///   uint64 number;
///   uint64 received; uint64 expires;    dispatcher's clock, Unix milliseconds
///   uint32 size;                        of the whole message
///   opaque chunk<V>;                    its first bytes
///   Extension extensions<V>;
/// } Delivery;                           dispatcher → node
struct Delivery {
  static constexpr Type type = Type::delivery;

  QueueNumber number = 0;
  WallTime received;
  WallTime expires;
  std::uint32_t size = 0;
  ByteView chunk;
  wire::Extensions extensions;

  static Result<Delivery> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint64 number; uint32 offset; opaque chunk<V>; } DeliveryChunk;
/// dispatcher → node: chunks of one message follow one another; no other delivery comes between
struct DeliveryChunk {
  static constexpr Type type = Type::delivery_chunk;

  QueueNumber number = 0;
  std::uint32_t offset = 0;
  ByteView chunk;

  static Result<DeliveryChunk> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; uint64 last; Extension extensions<V>; } Drained;
/// dispatcher → node: everything stored when this was sent has been delivered; last: the highest number
/// delivered on this link, or 0
struct Drained {
  static constexpr Type type = Type::drained;

  RequestId request = 0;
  QueueNumber last = 0;
  wire::Extensions extensions;

  static Result<Drained> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// Both ends included.
struct QueueRange {
  QueueNumber first = 0;
  QueueNumber last = 0;
  friend bool operator==(const QueueRange&, const QueueRange&) = default;
};

/// struct { uint64 first; uint64 last; } QueueRange;
/// struct { uint32 request; QueueRange ranges<V>; Extension extensions<V>; } Release;
/// node → dispatcher: what was delivered on this link and is now safe at the node; ranges ascend without
/// touching. Answered by an Answer.
struct Release {
  static constexpr Type type = Type::release;

  RequestId request = 0;
  std::vector<QueueRange> ranges;
  wire::Extensions extensions;

  static Result<Release> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
