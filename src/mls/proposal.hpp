#pragma once

#include "mls/key_package.hpp"
#include "mls/psk_id.hpp"

namespace taut::mls {

/// struct { KeyPackage key_package; } Add;                                        RFC 9420 §12.1.1
struct Add {
  KeyPackage key_package;
  static Result<Add> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Add&, const Add&) = default;
};

/// struct { LeafNode leaf_node; } Update;                                         RFC 9420 §12.1.2
struct Update {
  LeafNode leaf_node;
  static Result<Update> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Update&, const Update&) = default;
};

/// struct { uint32 removed; } Remove;                                             RFC 9420 §12.1.3
struct Remove {
  LeafIndex removed;
  static Result<Remove> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Remove&, const Remove&) = default;
};

/// struct { PreSharedKeyID psk; } PreSharedKey;                                   RFC 9420 §12.1.4
struct PreSharedKey {
  PreSharedKeyId psk;
  static Result<PreSharedKey> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const PreSharedKey&, const PreSharedKey&) = default;
};

/// struct {
///     opaque group_id<V>;
///     ProtocolVersion version;
///     CipherSuite cipher_suite;
///     Extension extensions<V>;
/// } ReInit;                                                                      RFC 9420 §12.1.5
struct ReInit {
  GroupId group_id;
  ProtocolVersion version = ProtocolVersion::mls10;
  CipherSuite cipher_suite{};
  Extensions extensions;
  static Result<ReInit> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ReInit&, const ReInit&) = default;
};

/// struct { opaque kem_output<V>; } ExternalInit;                                 RFC 9420 §12.1.6
struct ExternalInit {
  Bytes kem_output;
  static Result<ExternalInit> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ExternalInit&, const ExternalInit&) = default;
};

/// struct { Extension extensions<V>; } GroupContextExtensions;                    RFC 9420 §12.1.7
struct GroupContextExtensions {
  Extensions extensions;
  static Result<GroupContextExtensions> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const GroupContextExtensions&, const GroupContextExtensions&) = default;
};

/// struct {} SelfRemove;                                          draft-ietf-mls-extensions, "SelfRemove"
struct SelfRemove {
  static Result<SelfRemove> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const SelfRemove&, const SelfRemove&) = default;
};

/// A type that we do not know, carried as `opaque data<V>`, which is how deployed stacks frame their own
/// types. Whether a group may use it is decided by its members' capabilities (RFC 9420 §12.2).
struct CustomProposal {
  ProposalType type{};
  Bytes data;
  friend bool operator==(const CustomProposal&, const CustomProposal&) = default;
};

/// struct {
///     ProposalType proposal_type;
///     select (Proposal.proposal_type) { … };
/// } Proposal;                                                                    RFC 9420 §12.1
struct Proposal {
  std::variant<Add, Update, Remove, PreSharedKey, ReInit, ExternalInit, GroupContextExtensions, SelfRemove,
               CustomProposal>
      value;

  ProposalType type() const;
  template <class T>
  const T* as() const {
    return std::get_if<T>(&value);
  }

  static Result<Proposal> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const Proposal&, const Proposal&) = default;
};

/// A Commit that covers a proposal of this type must have a path (RFC 9420 §12.4, §17.4).
bool requires_path(ProposalType type);
/// An `external` sender may send it (RFC 9420 §12.1.8, §17.4).
bool may_be_external(ProposalType type);

}  // namespace taut::mls
