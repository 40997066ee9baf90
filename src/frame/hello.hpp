#pragma once
// What opens, keeps and ends the talk on a link.

#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// Who may register an inbox.
enum class Policy : std::uint8_t { open = 0, closed = 1 };
/// Whether the node at the other end may have an inbox here.
enum class Standing : std::uint8_t { unregistered = 0, registered = 1 };

/// struct {
///   uint16 version;             the frames' version, 1
///   uint32 message_bytes_max;   1..kMessageBytesMax
///   uint32 put_bytes_max;       of puts without an outcome, each its size and kPutCost; over it: full
///   uint32 credit_bytes_max;    most credit that may be outstanding; over it: a violation
///   uint32 ttl_s_max;           longest life of a message
///   uint32 idle_s;              a link that is silent for so long is closed
///   Policy policy; Standing standing;
///   Extension extensions<V>;
/// } Hello;                      dispatcher → node, its first frame; the node says nothing before
struct Hello {
  static constexpr Type type = Type::hello;
  static constexpr std::uint16_t kVersion = 1;

  std::uint16_t version = kVersion;
  std::uint32_t message_bytes_max = 0;
  std::uint32_t put_bytes_max = 0;
  std::uint32_t credit_bytes_max = 0;
  std::uint32_t ttl_s_max = 0;
  std::uint32_t idle_s = 0;
  Policy policy = Policy::closed;
  Standing standing = Standing::unregistered;
  wire::Extensions extensions;

  /// Extension 1, a uint64: the dispatcher's wall clock, Unix milliseconds. None: it has no clock, or does
  /// not say.
  static constexpr std::uint16_t kTimeExtension = 1;
  std::optional<WallTime> time() const;
  /// Once, before any other extension.
  void say_time(WallTime time);

  static Result<Hello> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

enum class AnswerStatus : std::uint8_t {
  done = 0,         ///< durable
  refused = 1,      ///< not allowed to this node
  stale = 2,        ///< a newer one is here
  revoked = 3,      ///< the identity has been revoked
  full = 4,         ///< a quota; later
  unavailable = 5,  ///< nothing changed; later
};

/// struct { uint32 request; AnswerStatus status; Extension extensions<V>; } Answer;
/// dispatcher → node, to every question that has no answer frame of its own
struct Answer {
  static constexpr Type type = Type::answer;

  RequestId request = 0;
  AnswerStatus status = AnswerStatus::unavailable;
  wire::Extensions extensions;

  static Result<Answer> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint64 token; } Ping;   either way; answered by a Pong with the same token
struct Ping {
  static constexpr Type type = Type::ping;

  std::uint64_t token = 0;

  static Result<Ping> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

struct Pong {
  static constexpr Type type = Type::pong;

  std::uint64_t token = 0;

  static Result<Pong> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

enum class GoodbyeReason : std::uint8_t {
  done = 0,
  idle = 1,
  violation = 2,    ///< a frame that does not parse, or is not allowed now
  overloaded = 3,   ///< too many connections, in all or of this node
  stopping = 4,     ///< the dispatcher stops or restarts
  slow = 5,         ///< answers were not read
  revoked = 6,      ///< the node is no longer registered, or its identity was revoked
  unavailable = 7,  ///< the dispatcher's store does not work
};

/// struct { GoodbyeReason reason; Extension extensions<V>; } Goodbye;   either way; the last frame
struct Goodbye {
  static constexpr Type type = Type::goodbye;

  GoodbyeReason reason = GoodbyeReason::done;
  wire::Extensions extensions;

  static Result<Goodbye> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
