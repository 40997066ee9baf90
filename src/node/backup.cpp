#include "node/backup.hpp"

#include "crypto/aead.hpp"
#include "node/backup_form.hpp"
#include "node/records.hpp"
#include "node/sealing_keys.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

constexpr std::string_view kMagic = "taut backup\n";
constexpr std::uint8_t kBackupFormat = 1;
constexpr crypto::AeadId kAead = crypto::AeadId::chacha20poly1305;
/// A key seals one backup: its salt is drawn for it.
constexpr std::array<Byte, 12> kNonce{};

/// Everything in front of the ciphertext, which it authenticates.
struct Header {
  crypto::PassphraseCost cost;
  crypto::PassphraseSalt salt;
};

Bytes encode(const Header& header) {
  return wire::written([&](wire::Writer& out) {
    out.raw(as_bytes(kMagic)).u8(kBackupFormat).u32(header.cost.passes).u32(header.cost.memory_kib);
    out.raw(header.salt.view());
  });
}

std::unexpected<Error> no_backup() { return fail(Errc::malformed, reasons::kNoBackup); }

Result<Header> read_header(wire::Reader& in) {
  const Result<ByteView> magic = in.take(kMagic.size());
  if (!magic || as_text(*magic) != kMagic) return no_backup();
  const Result<std::uint8_t> format = in.u8();
  if (!format) return no_backup();
  if (*format != kBackupFormat) return fail(Errc::incompatible, reasons::kFutureState);
  const Result<std::uint32_t> passes = in.u32();
  const Result<std::uint32_t> memory_kib = in.u32();
  const auto salt = in.value<crypto::PassphraseSalt>();
  if (!passes || !memory_kib || !salt) return no_backup();
  return Header{{*passes, *memory_kib}, *salt};
}

Status check_passphrase(ByteView passphrase) {
  const bool is_good = passphrase.size() >= kPassphraseBytesMin && passphrase.size() <= kPassphraseBytesMax;
  if (!is_good) return fail(Errc::misuse, reasons::kWeakPassphrase);
  return {};
}

Result<crypto::Aead> aead_for(ByteView passphrase, const Header& header) {
  const auto key = crypto::key_from_passphrase(passphrase, header.salt, header.cost);
  if (!key && key.error().code == Errc::misuse) return no_backup();  // nobody writes such a cost
  if (!key) return std::unexpected(key.error());
  return crypto::Aead::create(kAead, key->expose());
}

Result<BackupContent> gather(Transaction& transaction, std::vector<Contact> contacts) {
  TAUT_TRY(identity::Identity identity, load_identity(transaction));
  TAUT_TRY(const std::optional<SecretBytes> name, transaction.value(ValueKey::name));
  TAUT_TRY(const std::optional<SecretBytes> suites, transaction.value(ValueKey::suites));
  if (!name || !suites) return fail(Errc::malformed, reasons::kDamagedState);
  TAUT_TRY(std::vector<crypto::SuiteId> suite_list, parse_suites(suites->expose()));
  TAUT_TRY(SignedCard card, own_card(transaction));
  TAUT_TRY(const std::vector<OwnDispatcher> own, own_dispatchers(transaction));
  std::vector<SignedCard> dispatchers;
  for (const OwnDispatcher& one : own)
    if (one.standing == Standing::in_use) dispatchers.push_back(one.card);
  return BackupContent{std::move(identity),   std::string(as_text(name->expose())),
                       std::move(suite_list), std::move(card),
                       std::move(contacts),   std::move(dispatchers)};
}

Status put_contacts(Transaction& transaction, const BackupContent& content) {
  for (const Contact& contact : content.contacts) {
    ContactRow row{contact.petname, contact.verification, {}};
    for (const SignedCard& card : contact.cards) {
      row.nodes.push_back(card.node_id());
      TAUT_CHECK(transaction.put_card(card.node_id(), card.bytes()));
    }
    TAUT_CHECK(transaction.put_contact(row));
  }
  return {};
}

Status put_dispatchers(Transaction& transaction, const BackupContent& content) {
  for (const SignedCard& card : content.dispatchers) {
    TAUT_CHECK(as_dispatcher(card));
    TAUT_CHECK(put_own_dispatcher(transaction, {card, 0, Standing::in_use, WallTime{}}));
  }
  return {};
}

/// Sealing to the node is possible again as soon as the new card is published.
Status write_node(Transaction& transaction, const BackupContent& content, Place place, const Moment& at,
                  Random& random) {
  TAUT_CHECK(begin_node(transaction, content.identity, {content.name, content.suites}, place, at, random));
  TAUT_CHECK(transaction.set_value(ValueKey::own_card, content.card.bytes()));
  TAUT_CHECK(put_contacts(transaction, content));
  TAUT_CHECK(put_dispatchers(transaction, content));
  if (content.card.revocation()) return {};
  TAUT_CHECK(sign_card(transaction, content.identity, at.wall));
  return {};
}

}  // namespace

Result<Bytes> back_up(Store& store, ByteView passphrase, Random& random, const crypto::PassphraseCost& cost) {
  TAUT_CHECK(check_passphrase(passphrase));
  TAUT_TRY(std::vector<Contact> known, contacts(store));
  std::optional<BackupContent> content;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(content, gather(transaction, std::move(known)));
    return {};
  }));
  const SecretBytes plaintext = encode(*content);
  if (plaintext.size() + 1024 > kBackupBytesMax) return fail(Errc::exhausted, reasons::kTooLarge);
  const Header header{cost, random.make<crypto::PassphraseSalt>()};
  TAUT_TRY(const crypto::Aead aead, aead_for(passphrase, header));
  Bytes backup = encode(header);
  Bytes ciphertext(plaintext.size() + crypto::kTagBytes);
  aead.seal(kNonce, backup, plaintext.expose(), ciphertext);
  append(backup, ciphertext);
  return backup;
}

Status restore(Store& store, ByteView backup, ByteView passphrase, Place place, const Moment& at,
               Random& random) {
  TAUT_CHECK(check_passphrase(passphrase));
  if (backup.size() > kBackupBytesMax) return no_backup();
  wire::Reader in(backup);
  TAUT_TRY(const Header header, read_header(in));
  const ByteView ciphertext = in.rest();
  if (ciphertext.size() < crypto::kTagBytes) return no_backup();
  TAUT_TRY(const crypto::Aead aead, aead_for(passphrase, header));
  SecretBytes plaintext(ciphertext.size() - crypto::kTagBytes);
  TAUT_CHECK(aead.open(kNonce, encode(header), ciphertext, plaintext.fill()));
  TAUT_TRY(const BackupContent content, parse_backup_content(plaintext.expose()));
  return store.write(
      [&](Transaction& transaction) { return write_node(transaction, content, place, at, random); });
}

}  // namespace taut::node
