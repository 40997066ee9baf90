#include "mls/key_package.hpp"

namespace taut::mls {

Result<KeyPackage> KeyPackage::read(wire::Reader& in) {
  KeyPackage made;
  TAUT_TRY(const std::uint16_t version, in.u16());
  TAUT_TRY(const std::uint16_t cipher_suite, in.u16());
  made.version = static_cast<ProtocolVersion>(version);
  made.cipher_suite = static_cast<CipherSuite>(cipher_suite);
  TAUT_TRY(made.init_key, read_opaque<HpkePublicKey>(in));
  TAUT_TRY(made.leaf_node, LeafNode::read(in));
  TAUT_TRY(made.extensions, Extensions::read(in));
  TAUT_TRY(made.signature, read_bytes(in));
  return made;
}

void KeyPackage::write(wire::Writer& out) const {
  write_tbs(out);
  out.vector(signature);
}

void KeyPackage::write_tbs(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(version)).u16(static_cast<std::uint16_t>(cipher_suite));
  out.vector(init_key.view());
  leaf_node.write(out);
  extensions.write(out);
}

}  // namespace taut::mls
