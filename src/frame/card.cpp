#include "frame/card.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<PublishCard> PublishCard::read(wire::Reader& in) {
  PublishCard publish;
  TAUT_TRY(publish.request, in.u32());
  TAUT_TRY(publish.card, read_filled(in, kCardBytesMax));
  TAUT_TRY(publish.extensions, read_extensions(in));
  return publish;
}

void PublishCard::write(wire::Writer& out) const {
  out.u32(request).vector(card);
  wire::write_extensions(out, extensions);
}

Result<LookUpCard> LookUpCard::read(wire::Reader& in) {
  LookUpCard look_up;
  TAUT_TRY(look_up.request, in.u32());
  TAUT_TRY(look_up.node, in.value<NodeId>());
  TAUT_TRY(look_up.extensions, read_extensions(in));
  return look_up;
}

void LookUpCard::write(wire::Writer& out) const {
  out.u32(request).raw(node.view());
  wire::write_extensions(out, extensions);
}

Result<CardAnswer> CardAnswer::read(wire::Reader& in) {
  CardAnswer answer;
  TAUT_TRY(answer.request, in.u32());
  TAUT_TRY(answer.card, read_optional(in, kCardBytesMax));
  TAUT_TRY(answer.extensions, read_extensions(in));
  return answer;
}

void CardAnswer::write(wire::Writer& out) const {
  out.u32(request);
  write_optional(out, card);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
