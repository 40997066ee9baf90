#include "mls/leaf_node.hpp"

#include <cassert>

namespace taut::mls {
namespace {

Result<decltype(LeafNode::from)> read_source(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t source, in.u8());
  switch (static_cast<LeafNodeSource>(source)) {
    case LeafNodeSource::key_package: {
      TAUT_TRY(const Lifetime lifetime, Lifetime::read(in));
      return lifetime;
    }
    case LeafNodeSource::update:
      return FromUpdate{};
    case LeafNodeSource::commit: {
      TAUT_TRY(const crypto::Digest parent_hash, read_digest(in));
      return FromCommit{parent_hash};
    }
  }
  return malformed();
}

void write_above_signature(wire::Writer& out, const LeafNode& leaf) {
  out.vector(leaf.encryption_key.view()).vector(leaf.signature_key.view());
  leaf.credential.write(out);
  leaf.capabilities.write(out);
  out.u8(static_cast<std::uint8_t>(leaf.source()));
  if (const auto* lifetime = std::get_if<Lifetime>(&leaf.from)) lifetime->write(out);
  if (const auto* commit = std::get_if<FromCommit>(&leaf.from)) out.vector(commit->parent_hash.view());
  leaf.extensions.write(out);
}

}  // namespace

Result<Lifetime> Lifetime::read(wire::Reader& in) {
  TAUT_TRY(const std::uint64_t not_before_s, in.u64());
  TAUT_TRY(const std::uint64_t not_after_s, in.u64());
  return Lifetime{not_before_s, not_after_s};
}

void Lifetime::write(wire::Writer& out) const { out.u64(not_before_s).u64(not_after_s); }

Result<LeafNode> LeafNode::read(wire::Reader& in) {
  LeafNode leaf;
  TAUT_TRY(leaf.encryption_key, read_opaque<HpkePublicKey>(in));
  TAUT_TRY(leaf.signature_key, read_opaque<SignaturePublicKey>(in));
  TAUT_TRY(leaf.credential, Credential::read(in));
  TAUT_TRY(leaf.capabilities, Capabilities::read(in));
  TAUT_TRY(leaf.from, read_source(in));
  TAUT_TRY(leaf.extensions, Extensions::read(in));
  TAUT_TRY(leaf.signature, read_bytes(in));
  return leaf;
}

void LeafNode::write(wire::Writer& out) const {
  write_above_signature(out, *this);
  out.vector(signature);
}

Bytes leaf_node_tbs(const LeafNode& leaf, const LeafPlace* place) {
  constexpr std::size_t kUsualBytes = 512;  // who joins writes one for each member
  Bytes tbs;
  tbs.reserve(kUsualBytes);
  wire::Writer out(tbs);
  write_above_signature(out, leaf);
  if (leaf.source() == LeafNodeSource::key_package) return tbs;
  assert(place != nullptr);
  out.vector(place->group_id.view()).u32(place->leaf_index.value);
  return tbs;
}

}  // namespace taut::mls
