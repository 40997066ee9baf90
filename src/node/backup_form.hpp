#pragma once
// The plaintext of a backup (docs/protocol/node-state.md, "Backup").

#include "node/contacts.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::node {

/// struct { opaque petname<V>; Verification verification; Card cards<V>; } BackupContact;
/// struct {
///   opaque identity<V>;
///   opaque name<V>;
///   uint16 suites<V>;
///   Card card;                     opaque Card<V>: the last one signed
///   BackupContact contacts<V>;
///   Card dispatchers<V>;           of those in use
/// } BackupContent;
struct BackupContent {
  identity::Identity identity;
  std::string name;
  std::vector<crypto::SuiteId> suites;
  identity::SignedCard card;
  std::vector<Contact> contacts;
  std::vector<identity::SignedCard> dispatchers;
};

SecretBytes encode(const BackupContent& content);
/// @errors malformed, incompatible, unauthentic: it was not written like this
Result<BackupContent> parse_backup_content(ByteView bytes);

}  // namespace taut::node
