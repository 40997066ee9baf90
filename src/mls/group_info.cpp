#include "mls/group_info.hpp"

namespace taut::mls {

Result<GroupInfo> GroupInfo::read(wire::Reader& in) {
  GroupInfo info;
  TAUT_TRY(info.group_context, GroupContext::read(in));
  TAUT_TRY(info.extensions, Extensions::read(in));
  TAUT_TRY(info.confirmation_tag, read_digest(in));
  TAUT_TRY(info.signer.value, in.u32());
  TAUT_TRY(info.signature, read_bytes(in));
  return info;
}

void GroupInfo::write(wire::Writer& out) const {
  write_tbs(out);
  out.vector(signature);
}

void GroupInfo::write_tbs(wire::Writer& out) const {
  group_context.write(out);
  extensions.write(out);
  out.vector(confirmation_tag.view()).u32(signer.value);
}

}  // namespace taut::mls
