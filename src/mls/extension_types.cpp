#include "mls/extension_types.hpp"

namespace taut::mls {

Result<ApplicationId> ApplicationId::read(wire::Reader& in) {
  TAUT_TRY(Bytes id, read_bytes(in));
  return ApplicationId{std::move(id)};
}
void ApplicationId::write(wire::Writer& out) const { out.vector(id); }

Result<RequiredCapabilities> RequiredCapabilities::read(wire::Reader& in) {
  RequiredCapabilities required;
  TAUT_TRY(required.extension_types, read_numbers<ExtensionType>(in));
  TAUT_TRY(required.proposal_types, read_numbers<ProposalType>(in));
  TAUT_TRY(required.credential_types, read_numbers<CredentialType>(in));
  return required;
}
void RequiredCapabilities::write(wire::Writer& out) const {
  write_numbers(out, extension_types);
  write_numbers(out, proposal_types);
  write_numbers(out, credential_types);
}

Result<ExternalPub> ExternalPub::read(wire::Reader& in) {
  TAUT_TRY(HpkePublicKey key, read_opaque<HpkePublicKey>(in));
  return ExternalPub{std::move(key)};
}
void ExternalPub::write(wire::Writer& out) const { out.vector(external_pub.view()); }

Result<ExternalSender> ExternalSender::read(wire::Reader& in) {
  TAUT_TRY(SignaturePublicKey key, read_opaque<SignaturePublicKey>(in));
  TAUT_TRY(Credential credential, Credential::read(in));
  return ExternalSender{std::move(key), std::move(credential)};
}
void ExternalSender::write(wire::Writer& out) const {
  out.vector(signature_key.view());
  credential.write(out);
}

Result<ExternalSenders> ExternalSenders::read(wire::Reader& in) {
  TAUT_TRY(std::vector<ExternalSender> list, read_list<ExternalSender>(in));
  return ExternalSenders{std::move(list)};
}
void ExternalSenders::write(wire::Writer& out) const { write_list(out, list); }

Result<ComponentData> ComponentData::read(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t component, in.u16());
  TAUT_TRY(Bytes data, read_bytes(in));
  return ComponentData{static_cast<ComponentId>(component), std::move(data)};
}
void ComponentData::write(wire::Writer& out) const {
  out.u16(static_cast<std::uint16_t>(component_id)).vector(data);
}

const Bytes* AppDataDictionary::find(ComponentId component) const {
  const auto found = std::ranges::find(component_data, component, &ComponentData::component_id);
  return found == component_data.end() ? nullptr : &found->data;
}
Result<AppDataDictionary> AppDataDictionary::read(wire::Reader& in) {
  TAUT_TRY(std::vector<ComponentData> list, read_list<ComponentData>(in));
  const auto out_of_order = [](const ComponentData& a, const ComponentData& b) {
    return a.component_id >= b.component_id;
  };
  if (std::ranges::adjacent_find(list, out_of_order) != list.end()) return malformed();
  return AppDataDictionary{std::move(list)};
}
void AppDataDictionary::write(wire::Writer& out) const { write_list(out, component_data); }

bool is_last_resort(const Extensions& key_package_extensions) {
  if (key_package_extensions.find(ExtensionType::last_resort) != nullptr) return true;
  const auto dictionary =
      key_package_extensions.find_as<AppDataDictionary>(ExtensionType::app_data_dictionary);
  return dictionary && *dictionary && (*dictionary)->find(ComponentId::last_resort_key_package) != nullptr;
}

}  // namespace taut::mls
