#include "node/releases.hpp"

#include <map>
#include <set>

#include "envelope/release.hpp"
#include "node/sealer.hpp"

namespace taut::node {

namespace {

using envelope::ContentType;
using identity::SignedCard;

/// Where one dispatcher is away another may be there.
constexpr std::size_t kReleaseCopies = 2;

/// The contact's card, where a release can be sealed to it and put somewhere.
Result<std::optional<SignedCard>> addressee(Transaction& transaction, const NodeId& sender,
                                            const Moment& at) {
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(sender));
  TAUT_TRY(const std::optional<Bytes> bytes, transaction.card(sender));
  if (!contact || !bytes) return std::nullopt;
  Result<SignedCard> card = SignedCard::restore(*bytes);
  if (!card || !sealing_key_of(*card, at.wall) || card->card().inboxes().empty()) return std::nullopt;
  return std::optional<SignedCard>(*std::move(card));
}

Result<OutgoingRow> sealed(const Releaser& releaser, const SignedCard& to,
                           std::span<const MessageId> released, const Moment& at) {
  std::vector<NodeId> dispatchers;
  for (const identity::Dispatcher& one : to.card().inboxes())
    if (dispatchers.size() < kReleaseCopies) dispatchers.push_back(one.node_id);
  Sealing sealing{releaser.identity, to, dispatchers};
  sealing.handling.until = Until::nothing;
  TAUT_TRY(envelope::Content content,
           envelope::sign_release(to.node_id(), released, releaser.identity.signature_key()));
  return seal_release(sealing, std::move(content), at, releaser.random);
}

/// Errors are the store's alone: a card that nothing can be sealed to must not undo what was taken in.
Status add_releases(Transaction& transaction, const Releaser& releaser, const SignedCard& to,
                    std::span<const MessageId> released, const Moment& at) {
  TAUT_TRY(std::size_t open, transaction.releases_to(to.node_id()));
  for (; !released.empty() && open < kReleasesToOneMax; ++open) {
    const std::size_t count = std::min(released.size(), envelope::kReleasedMax);
    const Result<OutgoingRow> row = sealed(releaser, to, released.first(count), at);
    if (!row) return {};
    TAUT_CHECK(transaction.add_outgoing(*row));
    released = released.subspan(count);
  }
  return {};
}

bool is_over(const Transaction::ReleaseRow& row, WallTime wall) {
  return row.expires.unix_ms != 0 && wall > row.expires;
}

}  // namespace

Status seal_releases(Transaction& transaction, const Releaser& releaser,
                     std::span<const envelope::Letter* const> accepted, const Moment& at) {
  std::map<NodeId, std::vector<MessageId>> owed;
  for (const envelope::Letter* letter : accepted)
    if (letter->release == envelope::ReleaseWord::wanted)
      owed[letter->sender()].push_back(letter->message_id);
  for (const auto& [sender, messages] : owed) {
    TAUT_TRY(const std::optional<SignedCard> to, addressee(transaction, sender, at));
    if (to) TAUT_CHECK(add_releases(transaction, releaser, *to, messages, at));
  }
  return {};
}

Result<bool> note_release(Transaction& transaction, const envelope::Letter& letter, const NodeId& own) {
  if (letter.content.type != ContentType::release) return false;
  // We wait for contacts alone; whoever else signs anything costs us one look.
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(letter.sender()));
  if (!contact) return true;
  const Result<std::vector<MessageId>> released =
      envelope::open_release(letter.content.body, own, letter.signature_key);
  if (!released) return true;  // the sender's nonsense: nothing to show to anybody
  TAUT_TRY(const auto rows, transaction.unreleased(letter.sender()));
  const std::set<MessageId> named(released->begin(), released->end());
  for (const Transaction::Unreleased& row : rows)
    if (named.contains(row.message_id) && row.stage != Stage::released)
      TAUT_CHECK(transaction.set_stage(row.number, Stage::released));
  return true;
}

Result<std::vector<NodeId>> releases_waiting(Store& store) {
  std::vector<NodeId> recipients;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const auto rows, transaction.releases());
    std::set<NodeId> named;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
      if (named.insert(row->recipient).second) recipients.push_back(row->recipient);
    return {};
  }));
  return recipients;
}

Status forget_releases_that_are_over(Store& store, std::optional<WallTime> wall) {
  if (!wall) return {};
  std::vector<RowNumber> numbers;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const auto rows, transaction.releases());
    for (const Transaction::ReleaseRow& row : rows)
      if (is_over(row, *wall)) numbers.push_back(row.number);
    return {};
  }));
  if (numbers.empty()) return {};
  return store.write([&](Transaction& transaction) -> Status {
    for (const RowNumber number : numbers) TAUT_CHECK(transaction.erase_outgoing(number));
    return {};
  });
}

}  // namespace taut::node
