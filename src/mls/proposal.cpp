#include "mls/proposal.hpp"

namespace taut::mls {

Result<Add> Add::read(wire::Reader& in) {
  TAUT_TRY(KeyPackage key_package, KeyPackage::read(in));
  return Add{std::move(key_package)};
}
void Add::write(wire::Writer& out) const { key_package.write(out); }

Result<Update> Update::read(wire::Reader& in) {
  TAUT_TRY(LeafNode leaf_node, LeafNode::read(in));
  return Update{std::move(leaf_node)};
}
void Update::write(wire::Writer& out) const { leaf_node.write(out); }

Result<Remove> Remove::read(wire::Reader& in) {
  TAUT_TRY(const std::uint32_t removed, in.u32());
  return Remove{{removed}};
}
void Remove::write(wire::Writer& out) const { out.u32(removed.value); }

Result<PreSharedKey> PreSharedKey::read(wire::Reader& in) {
  TAUT_TRY(PreSharedKeyId psk, PreSharedKeyId::read(in));
  return PreSharedKey{std::move(psk)};
}
void PreSharedKey::write(wire::Writer& out) const { psk.write(out); }

Result<ReInit> ReInit::read(wire::Reader& in) {
  ReInit made;
  TAUT_TRY(made.group_id, read_opaque<GroupId>(in));
  TAUT_TRY(const std::uint16_t version, in.u16());
  TAUT_TRY(const std::uint16_t cipher_suite, in.u16());
  made.version = static_cast<ProtocolVersion>(version);
  made.cipher_suite = static_cast<CipherSuite>(cipher_suite);
  TAUT_TRY(made.extensions, Extensions::read(in));
  return made;
}
void ReInit::write(wire::Writer& out) const {
  out.vector(group_id.view());
  out.u16(static_cast<std::uint16_t>(version)).u16(static_cast<std::uint16_t>(cipher_suite));
  extensions.write(out);
}

Result<ExternalInit> ExternalInit::read(wire::Reader& in) {
  TAUT_TRY(Bytes kem_output, read_bytes(in));
  return ExternalInit{std::move(kem_output)};
}
void ExternalInit::write(wire::Writer& out) const { out.vector(kem_output); }

Result<GroupContextExtensions> GroupContextExtensions::read(wire::Reader& in) {
  TAUT_TRY(Extensions extensions, Extensions::read(in));
  return GroupContextExtensions{std::move(extensions)};
}
void GroupContextExtensions::write(wire::Writer& out) const { extensions.write(out); }

Result<SelfRemove> SelfRemove::read(wire::Reader&) { return SelfRemove{}; }
void SelfRemove::write(wire::Writer&) const {}

namespace {

// The numbers of the types in the order of Proposal's alternatives.
constexpr std::array kTypes{
    ProposalType::add,
    ProposalType::update,
    ProposalType::remove,
    ProposalType::psk,
    ProposalType::reinit,
    ProposalType::external_init,
    ProposalType::group_context_extensions,
    ProposalType::self_remove,
};

template <class T>
Result<Proposal> read_proposal_as(wire::Reader& in) {
  TAUT_TRY(T value, T::read(in));
  return Proposal{std::move(value)};
}

}  // namespace

ProposalType Proposal::type() const {
  if (const auto* custom = as<CustomProposal>()) return custom->type;
  return kTypes[value.index()];
}

Result<Proposal> Proposal::read(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t number, in.u16());
  const auto type = static_cast<ProposalType>(number);
  switch (type) {
    case ProposalType::add:
      return read_proposal_as<Add>(in);
    case ProposalType::update:
      return read_proposal_as<Update>(in);
    case ProposalType::remove:
      return read_proposal_as<Remove>(in);
    case ProposalType::psk:
      return read_proposal_as<PreSharedKey>(in);
    case ProposalType::reinit:
      return read_proposal_as<ReInit>(in);
    case ProposalType::external_init:
      return read_proposal_as<ExternalInit>(in);
    case ProposalType::group_context_extensions:
      return read_proposal_as<GroupContextExtensions>(in);
    case ProposalType::self_remove:
      return read_proposal_as<SelfRemove>(in);
  }
  TAUT_TRY(Bytes data, read_bytes(in));
  return Proposal{CustomProposal{type, std::move(data)}};
}

void Proposal::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(type()));
  std::visit(
      [&](const auto& one) {
        if constexpr (requires { one.write(out); }) {
          one.write(out);
        } else {
          out.vector(one.data);
        }
      },
      value);
}

bool requires_path(ProposalType type) {
  return type != ProposalType::add && type != ProposalType::psk && type != ProposalType::reinit;
}

bool may_be_external(ProposalType type) {
  return type == ProposalType::add || type == ProposalType::remove || type == ProposalType::psk ||
         type == ProposalType::reinit || type == ProposalType::group_context_extensions;
}

}  // namespace taut::mls
