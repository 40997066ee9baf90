#pragma once
// Handing a message in, and what became of it.

#include "base/ids.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

enum class Keep : std::uint8_t {
  stored = 0,       ///< until released or expired
  online_only = 1,  ///< relayed to the inbox's owner now or declined; never written
};

/// struct {
///   uint32 request;
///   NodeId inbox;
///   SubmissionId submission;    random, one per message and dispatcher
///   uint32 ttl_s;               0: the dispatcher's longest
///   Keep keep;
///   uint32 size;                of the whole message, 1..message_bytes_max
///   opaque token<V>;            delivery token of the inbox's owner, or empty
///   opaque chunk<V>;            the message's first bytes, 1..kChunkBytesMax
///   Extension extensions<V>;
/// } Put;                        node → dispatcher; answered by one Outcome
struct Put {
  static constexpr Type type = Type::put;

  RequestId request = 0;
  NodeId inbox;
  SubmissionId submission;
  std::uint32_t ttl_s = 0;
  Keep keep = Keep::stored;
  std::uint32_t size = 0;
  ByteView token;
  ByteView chunk;
  wire::Extensions extensions;

  static Result<Put> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; uint32 offset; opaque chunk<V>; } PutChunk;
/// node → dispatcher: goes on where the last chunk of the Put with this request ended
struct PutChunk {
  static constexpr Type type = Type::put_chunk;

  RequestId request = 0;
  std::uint32_t offset = 0;
  ByteView chunk;

  static Result<PutChunk> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

enum class OutcomeState : std::uint8_t {
  stored = 0,    ///< on disk, not yet released
  full = 1,      ///< not stored: ask again after retry_after_s
  expired = 2,   ///< was stored, its time is over
  declined = 3,  ///< not stored, and will not be
  released = 4,  ///< the inbox's owner has it
  unknown = 5,   ///< never stored here, or so long ago that it is forgotten
  taken = 6,     ///< the one answer to strangers: stored, declined or full, it does not say
};

/// struct {
///   uint32 request; SubmissionId submission;
///   OutcomeState state; uint32 retry_after_s;    0 unless full
///   Extension extensions<V>;
/// } Outcome;                    dispatcher → node
struct Outcome {
  static constexpr Type type = Type::outcome;

  RequestId request = 0;
  SubmissionId submission;
  OutcomeState state = OutcomeState::unknown;
  std::uint32_t retry_after_s = 0;
  wire::Extensions extensions;

  static Result<Outcome> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; NodeId inbox; SubmissionId submission; Extension extensions<V>; } OutcomeQuery;
/// node → dispatcher; answered by one Outcome, until the message's expiry and 7 days
struct OutcomeQuery {
  static constexpr Type type = Type::outcome_query;

  RequestId request = 0;
  NodeId inbox;
  SubmissionId submission;
  wire::Extensions extensions;

  static Result<OutcomeQuery> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
