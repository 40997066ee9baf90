#pragma once
// Cards at a dispatcher. A card is signed by its node (identity/card.hpp); here it is bytes.

#include <optional>

#include "base/ids.hpp"
#include "frame/limits.hpp"
#include "frame/type.hpp"
#include "wire/extensions.hpp"

namespace taut::frame {

/// struct { uint32 request; opaque card<V>; Extension extensions<V>; } PublishCard;
/// node → dispatcher, of the node itself only; answered by an Answer
struct PublishCard {
  static constexpr Type type = Type::publish_card;

  RequestId request = 0;
  ByteView card;
  wire::Extensions extensions;

  static Result<PublishCard> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; NodeId node; Extension extensions<V>; } LookUpCard;
/// node → dispatcher; answered by a CardAnswer
struct LookUpCard {
  static constexpr Type type = Type::look_up_card;

  RequestId request = 0;
  NodeId node;
  wire::Extensions extensions;

  static Result<LookUpCard> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

/// struct { uint32 request; optional<Card> card; Extension extensions<V>; } CardAnswer;
/// opaque Card<V>;   dispatcher → node. Whoever asked verifies it: the dispatcher's word is no proof.
struct CardAnswer {
  static constexpr Type type = Type::card_answer;

  RequestId request = 0;
  std::optional<ByteView> card;
  wire::Extensions extensions;

  static Result<CardAnswer> read(wire::Reader& in);
  void write(wire::Writer& out) const;
};

}  // namespace taut::frame
