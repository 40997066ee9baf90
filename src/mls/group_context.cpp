#include "mls/group_context.hpp"

namespace taut::mls {

Result<GroupContext> GroupContext::read(wire::Reader& in) {
  GroupContext context;
  TAUT_TRY(const std::uint16_t version, in.u16());
  if (version != static_cast<std::uint16_t>(ProtocolVersion::mls10))
    return refuse(errors::kUnsupportedVersion);
  TAUT_TRY(const std::uint16_t cipher_suite, in.u16());
  context.cipher_suite = static_cast<CipherSuite>(cipher_suite);
  TAUT_TRY(context.group_id, read_opaque<GroupId>(in));
  TAUT_TRY(context.epoch, in.u64());
  TAUT_TRY(context.tree_hash, read_digest(in));
  TAUT_TRY(context.confirmed_transcript_hash, read_digest(in));
  TAUT_TRY(context.extensions, Extensions::read(in));
  return context;
}

void GroupContext::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(ProtocolVersion::mls10)).u16(static_cast<std::uint16_t>(cipher_suite));
  out.vector(group_id.view()).u64(epoch);
  out.vector(tree_hash.view()).vector(confirmed_transcript_hash.view());
  extensions.write(out);
}

}  // namespace taut::mls
