#pragma once
// How far a node's own state has got, kept where a restored copy of the node will look (design §7).

#include <optional>

#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// struct { uint32 request; uint64 sequence; opaque record<V>; Extension extensions<V>; } PublishState;
/// node → dispatcher; answered by an Answer: done, or stale when this sequence or a higher one is here.
/// The record is signed by the node, for itself: the dispatcher keeps it and does not look into it.
struct PublishState {
  static constexpr Type type = Type::publish_state;

  RequestId request = 0;
  std::uint64_t sequence = 0;
  ByteView record;
  wire::Extensions extensions;

  static Result<PublishState> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; Extension extensions<V>; } LookUpState;
/// node → dispatcher, its own; answered by a StateAnswer
struct LookUpState {
  static constexpr Type type = Type::look_up_state;

  RequestId request = 0;
  wire::Extensions extensions;

  static Result<LookUpState> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; optional<StateRecord> record; Extension extensions<V>; } StateAnswer;
/// opaque StateRecord<V>;   dispatcher → node
struct StateAnswer {
  static constexpr Type type = Type::state_answer;

  RequestId request = 0;
  std::optional<ByteView> record;
  wire::Extensions extensions;

  static Result<StateAnswer> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
