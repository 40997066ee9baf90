#include "node/contacts.hpp"

#include "base/utf8.hpp"
#include "node/access.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

std::unexpected<Error> no_such_contact() { return fail(Errc::unavailable, reasons::kNoSuchContact); }

/// A petname that looks like a node ID would be taken for one.
Status check_petname(std::string_view petname) {
  const bool is_good = !petname.empty() && petname.size() <= kPetnameBytesMax &&
                       is_utf8_line(as_bytes(petname)) && !node_id_from_text(petname);
  if (!is_good) return fail(Errc::misuse, reasons::kBadName);
  return {};
}

/// The card of a contact's node.
Result<SignedCard> held_card(Transaction& transaction, const NodeId& node) {
  TAUT_TRY(const std::optional<Bytes> bytes, transaction.card(node));
  Result<SignedCard> card = SignedCard::restore(bytes.value_or(Bytes{}));
  if (!card) return fail(Errc::malformed, reasons::kDamagedState);
  return card;
}

Result<Contact> with_cards(Transaction& transaction, const ContactRow& row) {
  Contact contact{row.petname, row.verification, {}};
  for (const NodeId& node : row.nodes) {
    TAUT_TRY(SignedCard card, held_card(transaction, node));
    contact.cards.push_back(std::move(card));
  }
  return contact;
}

/// Whether `card` takes the place of what is held; a card that is held already does no harm.
Result<bool> is_news(Transaction& transaction, const SignedCard& card) {
  TAUT_TRY(const std::optional<Bytes> bytes, transaction.card(card.node_id()));
  if (!bytes) return true;
  const Result<SignedCard> held = SignedCard::restore(*bytes);
  if (!held) return fail(Errc::malformed, reasons::kDamagedState);
  if (*held == card) return false;
  TAUT_CHECK(card.check_replaces(*held));
  return true;
}

Status check_not_own(Transaction& transaction, const SignedCard& card) {
  TAUT_TRY(const SignedCard own, own_card(transaction));
  if (own.node_id() == card.node_id()) return fail(Errc::misuse, reasons::kOwnCard);
  return {};
}

Status add(Transaction& transaction, std::string_view petname, const SignedCard& card,
           Verification verification) {
  TAUT_CHECK(check_not_own(transaction, card));
  TAUT_TRY(const std::optional<ContactRow> holder, transaction.contact_of(card.node_id()));
  if (holder && holder->petname != petname) return fail(Errc::misuse, reasons::kContactExists);
  TAUT_TRY(const bool news, is_news(transaction, card));
  if (news) TAUT_CHECK(transaction.put_card(card.node_id(), card.bytes()));

  TAUT_TRY(std::optional<ContactRow> row, transaction.contact(petname));
  if (!row) row = ContactRow{std::string(petname), verification, {}};
  if (!holder) {
    TAUT_CHECK(restore_token(transaction, card.node_id()));
    row->nodes.push_back(card.node_id());
    // A contact is as verified as the least verified of its nodes.
    row->verification = std::min(row->verification, verification);
  } else {
    row->verification = std::max(row->verification, verification);
  }
  return transaction.put_contact(*row);
}

/// @return  nothing: the node is not revoked
/// @errors  unavailable (no_successor)
Result<std::optional<NodeId>> successor_of(Transaction& transaction, const NodeId& node) {
  TAUT_TRY(const SignedCard card, held_card(transaction, node));
  const std::optional<identity::Revocation> revocation = card.revocation();
  if (!revocation) return std::nullopt;
  if (!revocation->successor) return fail(Errc::unavailable, reasons::kNoSuccessor);
  TAUT_TRY(const std::optional<Bytes> bytes, transaction.card(*revocation->successor));
  if (!bytes) return fail(Errc::unavailable, reasons::kNoSuccessor);
  return revocation->successor;
}

/// And the card of its successor, which no contact may have.
Status forget_card(Transaction& transaction, const NodeId& node) {
  TAUT_TRY(const SignedCard card, held_card(transaction, node));
  const std::optional<identity::Revocation> revocation = card.revocation();
  if (revocation && revocation->successor) {
    TAUT_TRY(const std::optional<ContactRow> holder, transaction.contact_of(*revocation->successor));
    if (!holder) TAUT_CHECK(transaction.erase_card(*revocation->successor));
  }
  TAUT_CHECK(transaction.erase_token(node));
  TAUT_CHECK(call_off_token(transaction, node));
  return transaction.erase_card(node);
}

Result<std::optional<ContactRow>> row_of(Transaction& transaction, std::string_view who) {
  const Result<NodeId> node = node_id_from_text(who);
  return node ? transaction.contact_of(*node) : transaction.contact(who);
}

}  // namespace

Status add_contact(Store& store, std::string_view petname, const SignedCard& card, Verification verification,
                   std::optional<WallTime> wall) {
  TAUT_CHECK(check_petname(petname));
  if (card.revocation()) {
    TAUT_CHECK(store.write([&](Transaction& transaction) -> Status {
      TAUT_CHECK(learn_card(transaction, card));
      return {};
    }));
    return fail(Errc::unauthentic, reasons::kRevoked);
  }
  TAUT_CHECK(card.check_at(wall));
  return store.write([&](Transaction& transaction) { return add(transaction, petname, card, verification); });
}

Result<std::vector<Contact>> contacts(Store& store) {
  std::vector<Contact> all;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::vector<ContactRow> rows, transaction.contacts());
    for (const ContactRow& row : rows) {
      TAUT_TRY(Contact contact, with_cards(transaction, row));
      all.push_back(std::move(contact));
    }
    return {};
  }));
  return all;
}

Result<Contact> find_contact(Store& store, std::string_view who) {
  Contact found;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<ContactRow> row, row_of(transaction, who));
    if (!row) return no_such_contact();
    TAUT_TRY(found, with_cards(transaction, *row));
    return {};
  }));
  return found;
}

Status set_verification(Store& store, std::string_view petname, Verification verification) {
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(std::optional<ContactRow> row, transaction.contact(petname));
    if (!row) return no_such_contact();
    row->verification = verification;
    return transaction.put_contact(*row);
  });
}

Status rename_contact(Store& store, std::string_view from, std::string_view to) {
  TAUT_CHECK(check_petname(to));
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(std::optional<ContactRow> row, transaction.contact(from));
    if (!row) return no_such_contact();
    TAUT_TRY(const std::optional<ContactRow> taken, transaction.contact(to));
    if (taken) return fail(Errc::misuse, reasons::kContactExists);
    TAUT_CHECK(transaction.erase_contact(from));
    row->petname = to;
    return transaction.put_contact(*row);
  });
}

Status remove_contact(Store& store, std::string_view petname) {
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<ContactRow> row, transaction.contact(petname));
    if (!row) return no_such_contact();
    for (const NodeId& node : row->nodes) TAUT_CHECK(forget_card(transaction, node));
    TAUT_TRY(const auto releases, transaction.releases());
    for (const Transaction::ReleaseRow& one : releases)
      if (std::ranges::find(row->nodes, one.recipient) != row->nodes.end())
        TAUT_CHECK(transaction.erase_outgoing(one.number));
    return transaction.erase_contact(petname);
  });
}

Status succeed_contact(Store& store, std::string_view petname) {
  return store.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(std::optional<ContactRow> row, transaction.contact(petname));
    if (!row) return no_such_contact();
    bool is_changed = false;
    for (NodeId& node : row->nodes) {
      TAUT_TRY(const std::optional<NodeId> successor, successor_of(transaction, node));
      if (!successor) continue;
      TAUT_TRY(const std::optional<ContactRow> holder, transaction.contact_of(*successor));
      if (holder) return fail(Errc::misuse, reasons::kContactExists);
      node = *successor;  // the final card of the old one is kept: no link of it is taken again
      is_changed = true;
    }
    if (!is_changed) return fail(Errc::misuse, reasons::kNotRevoked);
    row->verification = Verification::unverified;
    return transaction.put_contact(*row);
  });
}

Result<bool> learn_card(Transaction& transaction, const SignedCard& card) {
  TAUT_TRY(const std::optional<ContactRow> holder, transaction.contact_of(card.node_id()));
  if (!holder) return false;
  const Result<bool> news = is_news(transaction, card);
  if (!news && news.error().code != Errc::replayed) return news;
  if (!news || !*news) return false;
  TAUT_CHECK(transaction.put_card(card.node_id(), card.bytes()));
  return true;
}

}  // namespace taut::node
