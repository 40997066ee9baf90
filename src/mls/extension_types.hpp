#pragma once
// What is inside the extensions that we know.

#include "mls/credential.hpp"
#include "mls/extension.hpp"

namespace taut::mls {

/// In a LeafNode: an identifier for the application's own use (RFC 9420 §5.3.3).
///     opaque application_id<V>;
struct ApplicationId {
  Bytes id;

  static Result<ApplicationId> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ApplicationId&, const ApplicationId&) = default;
};

/// In a GroupContext: what every member must support.
/// struct {
///   ExtensionType extension_types<V>;
///   ProposalType proposal_types<V>;
///   CredentialType credential_types<V>;
/// } RequiredCapabilities;                                                        RFC 9420 §11.1
struct RequiredCapabilities {
  std::vector<ExtensionType> extension_types;
  std::vector<ProposalType> proposal_types;
  std::vector<CredentialType> credential_types;

  static Result<RequiredCapabilities> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const RequiredCapabilities&, const RequiredCapabilities&) = default;
};

/// In a GroupInfo: the key that an external commit is encrypted to.
/// struct {
///     HPKEPublicKey external_pub;
/// } ExternalPub;                                                                 RFC 9420 §12.4.3.2
struct ExternalPub {
  HpkePublicKey external_pub;  ///< with its own length inside the extension's

  static Result<ExternalPub> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ExternalPub&, const ExternalPub&) = default;
};

/// In a GroupContext: who may propose from outside.
/// struct {
///   SignaturePublicKey signature_key;
///   Credential credential;
/// } ExternalSender;
/// ExternalSender external_senders<V>;                                            RFC 9420 §12.1.8.1
struct ExternalSender {
  SignaturePublicKey signature_key;
  Credential credential;

  static Result<ExternalSender> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ExternalSender&, const ExternalSender&) = default;
};
struct ExternalSenders {
  std::vector<ExternalSender> list;

  static Result<ExternalSenders> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ExternalSenders&, const ExternalSenders&) = default;
};

/// In a KeyPackage: it may be used more than once, when all others are gone. Empty.
struct LastResort {
  static Result<LastResort> read(wire::Reader&) { return LastResort{}; }
  void write(wire::Writer&) const {}
  friend bool operator==(const LastResort&, const LastResort&) = default;
};

/// The component form of the same mark (draft-ietf-mls-extensions): an app_data_dictionary
///     struct { ComponentID component_id; opaque data<V>; } ComponentData;
///     struct { ComponentData component_data<V>; } AppDataDictionary;
/// strictly ascending by component.
enum class ComponentId : std::uint16_t { last_resort_key_package = 4 };
struct ComponentData {
  ComponentId component_id{};
  Bytes data;

  static Result<ComponentData> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const ComponentData&, const ComponentData&) = default;
};
struct AppDataDictionary {
  std::vector<ComponentData> component_data;

  const Bytes* find(ComponentId component) const;
  /// @errors malformed: order, duplicates
  static Result<AppDataDictionary> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend bool operator==(const AppDataDictionary&, const AppDataDictionary&) = default;
};

/// Either mark is there.
bool is_last_resort(const Extensions& key_package_extensions);

}  // namespace taut::mls
