#pragma once

#include <optional>

#include "mls/proposal.hpp"

namespace taut::mls {

/// struct {
///   ProposalOrRefType type;
///   select (ProposalOrRef.type) {
///     case proposal:  Proposal proposal;
///     case reference: ProposalRef reference;
///   };
/// } ProposalOrRef;                                                               RFC 9420 §12.4
struct ProposalOrRef {
  std::variant<Proposal, ProposalRef> value;

  static Result<ProposalOrRef> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ProposalOrRef&, const ProposalOrRef&) = default;
};

/// struct {
///     opaque kem_output<V>;
///     opaque ciphertext<V>;
/// } HPKECiphertext;                                                              RFC 9420 §7.6
struct HpkeCiphertext {
  Bytes kem_output;
  Bytes ciphertext;

  static Result<HpkeCiphertext> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const HpkeCiphertext&, const HpkeCiphertext&) = default;
};

/// struct {
///     HPKEPublicKey encryption_key;
///     HPKECiphertext encrypted_path_secret<V>;
/// } UpdatePathNode;                                                              RFC 9420 §7.6
struct UpdatePathNode {
  HpkePublicKey encryption_key;
  std::vector<HpkeCiphertext> encrypted_path_secret;

  static Result<UpdatePathNode> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const UpdatePathNode&, const UpdatePathNode&) = default;
};

/// More nodes than any direct path that an index of 32 bits can have.
inline constexpr std::size_t kPathNodesMax = 32;

/// struct {
///     LeafNode leaf_node;
///     UpdatePathNode nodes<V>;
/// } UpdatePath;                                                                  RFC 9420 §7.6
struct UpdatePath {
  LeafNode leaf_node;
  std::vector<UpdatePathNode> nodes;

  static Result<UpdatePath> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const UpdatePath&, const UpdatePath&) = default;
};

/// struct {
///     ProposalOrRef proposals<V>;
///     optional<UpdatePath> path;
/// } Commit;                                                                      RFC 9420 §12.4
struct Commit {
  std::vector<ProposalOrRef> proposals;
  std::optional<UpdatePath> path;

  static Result<Commit> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Commit&, const Commit&) = default;
};

}  // namespace taut::mls
