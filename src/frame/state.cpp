#include "frame/state.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<PublishState> PublishState::read(wire::Reader& in) {
  PublishState publish;
  TAUT_TRY(publish.request, in.u32());
  TAUT_TRY(publish.sequence, in.u64());
  TAUT_TRY(publish.record, read_filled(in, kStateRecordBytesMax));
  TAUT_TRY(publish.extensions, read_extensions(in));
  return publish;
}

void PublishState::write(wire::Writer& out) const {
  out.u32(request).u64(sequence).vector(record);
  wire::write_extensions(out, extensions);
}

Result<LookUpState> LookUpState::read(wire::Reader& in) {
  LookUpState look_up;
  TAUT_TRY(look_up.request, in.u32());
  TAUT_TRY(look_up.extensions, read_extensions(in));
  return look_up;
}

void LookUpState::write(wire::Writer& out) const {
  out.u32(request);
  wire::write_extensions(out, extensions);
}

Result<StateAnswer> StateAnswer::read(wire::Reader& in) {
  StateAnswer answer;
  TAUT_TRY(answer.request, in.u32());
  TAUT_TRY(answer.record, read_optional(in, kStateRecordBytesMax));
  TAUT_TRY(answer.extensions, read_extensions(in));
  return answer;
}

void StateAnswer::write(wire::Writer& out) const {
  out.u32(request);
  write_optional(out, record);
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
