#include "mls/commit.hpp"

namespace taut::mls {
namespace {

enum class ProposalOrRefType : std::uint8_t { proposal = 1, reference = 2 };

}  // namespace

Result<ProposalOrRef> ProposalOrRef::read(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t type, in.u8());
  switch (static_cast<ProposalOrRefType>(type)) {
    case ProposalOrRefType::proposal: {
      TAUT_TRY(Proposal proposal, Proposal::read(in));
      return ProposalOrRef{std::move(proposal)};
    }
    case ProposalOrRefType::reference: {
      TAUT_TRY(const crypto::Digest hash, read_digest(in));
      return ProposalOrRef{ProposalRef{hash}};
    }
  }
  return malformed();
}

void ProposalOrRef::write(wire::Writer& out) const {
  if (const auto* proposal = std::get_if<Proposal>(&value)) {
    out.u8(static_cast<std::uint8_t>(ProposalOrRefType::proposal));
    proposal->write(out);
  } else {
    out.u8(static_cast<std::uint8_t>(ProposalOrRefType::reference));
    out.vector(std::get<ProposalRef>(value).hash.view());
  }
}

Result<HpkeCiphertext> HpkeCiphertext::read(wire::Reader& in) {
  TAUT_TRY(Bytes kem_output, read_bytes(in));
  TAUT_TRY(Bytes ciphertext, read_bytes(in));
  return HpkeCiphertext{std::move(kem_output), std::move(ciphertext)};
}

void HpkeCiphertext::write(wire::Writer& out) const { out.vector(kem_output).vector(ciphertext); }

Result<UpdatePathNode> UpdatePathNode::read(wire::Reader& in) {
  TAUT_TRY(HpkePublicKey key, read_opaque<HpkePublicKey>(in));
  TAUT_TRY(std::vector<HpkeCiphertext> secrets, read_list<HpkeCiphertext>(in));
  return UpdatePathNode{std::move(key), std::move(secrets)};
}

void UpdatePathNode::write(wire::Writer& out) const {
  out.vector(encryption_key.view());
  write_list(out, encrypted_path_secret);
}

Result<UpdatePath> UpdatePath::read(wire::Reader& in) {
  TAUT_TRY(LeafNode leaf_node, LeafNode::read(in));
  TAUT_TRY(std::vector<UpdatePathNode> nodes, read_list<UpdatePathNode>(in, kPathNodesMax));
  return UpdatePath{std::move(leaf_node), std::move(nodes)};
}

void UpdatePath::write(wire::Writer& out) const {
  leaf_node.write(out);
  write_list(out, nodes);
}

Result<Commit> Commit::read(wire::Reader& in) {
  Commit commit;
  TAUT_TRY(commit.proposals, read_list<ProposalOrRef>(in));
  TAUT_TRY(const bool has_path, in.present());
  if (has_path) {
    TAUT_TRY(commit.path, UpdatePath::read(in));
  }
  return commit;
}

void Commit::write(wire::Writer& out) const {
  write_list(out, proposals);
  out.present(path.has_value());
  if (path) path->write(out);
}

}  // namespace taut::mls
