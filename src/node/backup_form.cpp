#include "node/backup_form.hpp"

#include "node/backup.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;
using wire::Reader;
using wire::Writer;

void write_card(Writer& out, const SignedCard& card) { out.vector(card.bytes()); }

Result<SignedCard> read_card(Reader& in) {
  TAUT_TRY(const ByteView bytes, in.vector(identity::kCardBytesMax));
  return SignedCard::parse(bytes);
}

void write_contact(Writer& out, const Contact& contact) {
  out.vector(as_bytes(contact.petname)).u8(static_cast<std::uint8_t>(contact.verification));
  out.list(contact.cards, write_card);
}

Result<Contact> read_contact(Reader& in) {
  Contact contact;
  TAUT_TRY(const ByteView petname, in.vector(kPetnameBytesMax));
  contact.petname = as_text(petname);
  TAUT_TRY(const std::uint8_t verification, in.u8());
  if (verification > static_cast<std::uint8_t>(Verification::verified)) return malformed();
  contact.verification = static_cast<Verification>(verification);
  TAUT_TRY(contact.cards, in.list(read_card));
  return contact;
}

Result<crypto::SuiteId> read_backup_suite(Reader& in) {
  TAUT_TRY(const std::uint16_t number, in.u16());
  const crypto::Suite* suite = crypto::find_suite(number);
  if (suite == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  return suite->id;
}

/// No copy of the identity stays behind when it is written: at least as much as everything takes.
std::size_t size_bound(const BackupContent& content, std::size_t identity_size) {
  std::size_t bound = 1024 + identity_size + identity::kCardBytesMax * (1 + content.dispatchers.size());
  for (const Contact& contact : content.contacts)
    bound += 128 + contact.petname.size() + (identity::kCardBytesMax + 4) * contact.cards.size();
  return bound;
}

}  // namespace

SecretBytes encode(const BackupContent& content) {
  const SecretBytes identity = content.identity.serialise();
  Bytes buffer;
  buffer.reserve(size_bound(content, identity.size()));
  Writer out(buffer);
  out.vector(identity.expose()).vector(as_bytes(content.name));
  out.list(content.suites,
           [](Writer& inner, crypto::SuiteId one) { inner.u16(static_cast<std::uint16_t>(one)); });
  write_card(out, content.card);
  out.list(content.contacts, write_contact).list(content.dispatchers, write_card);
  SecretBytes secret{ByteView(buffer)};
  wipe(buffer);
  return secret;
}

Result<BackupContent> parse_backup_content(ByteView bytes) {
  Reader in(bytes);
  TAUT_TRY(const ByteView identity_bytes, in.vector());
  TAUT_TRY(identity::Identity identity, identity::Identity::parse(identity_bytes));
  TAUT_TRY(const ByteView name, in.vector(identity::kNameBytesMax));
  TAUT_TRY(std::vector<crypto::SuiteId> suites, in.list(read_backup_suite, identity::kLinkKeyCountMax));
  TAUT_TRY(SignedCard card, read_card(in));
  TAUT_TRY(std::vector<Contact> contacts, in.list(read_contact));
  TAUT_TRY(std::vector<SignedCard> dispatchers, in.list(read_card, identity::kDispatcherCountMax));
  TAUT_CHECK(in.finish());
  if (suites.empty() || card.node_id() != identity.node_id()) return malformed();
  return BackupContent{std::move(identity), std::string(as_text(name)), std::move(suites),
                       std::move(card),     std::move(contacts),        std::move(dispatchers)};
}

}  // namespace taut::node
