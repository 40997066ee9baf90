#include "frame/registration.hpp"

#include "frame/fields.hpp"

namespace taut::frame {

Result<Register> Register::read(wire::Reader& in) {
  Register one;
  TAUT_TRY(one.request, in.u32());
  TAUT_TRY(one.token, in.vector(kEnrolmentTokenBytesMax));
  TAUT_TRY(one.card, read_filled(in, kCardBytesMax));
  TAUT_TRY(one.proof, read_filled(in, kProofBytesMax));
  TAUT_TRY(one.extensions, read_extensions(in));
  return one;
}

void Register::write(wire::Writer& out) const {
  out.u32(request).vector(token).vector(card).vector(proof);
  wire::write_extensions(out, extensions);
}

Bytes registration_tbs(const NodeId& dispatcher, const SessionId& session, ByteView token) {
  return wire::written(
      [&](wire::Writer& out) { out.raw(dispatcher.view()).raw(session.view()).vector(token); });
}

}  // namespace taut::frame
