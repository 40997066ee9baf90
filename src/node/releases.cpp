#include "node/releases.hpp"

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
  Result<SignedCard> card = SignedCard::parse(*bytes);
  if (!card || !sealing_key_of(*card, at.wall) || card->card().inboxes().empty()) return std::nullopt;
  return std::optional<SignedCard>(*std::move(card));
}

Status seal_release(Transaction& transaction, const Releaser& releaser, const SignedCard& to,
                    std::span<const MessageId> released, const Moment& at) {
  std::vector<NodeId> dispatchers;
  for (const identity::Dispatcher& one : to.card().inboxes())
    if (dispatchers.size() < kReleaseCopies) dispatchers.push_back(one.node_id);
  Sealing sealing{releaser.identity, to, dispatchers};
  sealing.handling.until = Until::nothing;
  TAUT_TRY(envelope::Content content,
           envelope::sign_release(to.node_id(), released, releaser.identity.signature_key()));
  TAUT_CHECK(seal_into_outbox(transaction, sealing, std::move(content), at, releaser.random));
  return {};
}

}  // namespace

Status seal_releases(Transaction& transaction, const Releaser& releaser,
                     std::span<const envelope::Letter* const> accepted, const Moment& at) {
  std::map<NodeId, std::vector<MessageId>> owed;
  for (const envelope::Letter* letter : accepted)
    if (letter->release == envelope::ReleaseWord::wanted)
      owed[letter->sender()].push_back(letter->message_id);
  if (owed.empty()) return {};
  TAUT_TRY(const auto waiting, transaction.releases());
  if (waiting.size() >= kReleasesWaitingMax) return {};
  for (const auto& [sender, messages] : owed) {
    TAUT_TRY(const std::optional<SignedCard> to, addressee(transaction, sender, at));
    if (!to) continue;
    for (std::span<const MessageId> rest(messages); !rest.empty();) {
      const std::size_t count = std::min(rest.size(), envelope::kReleasedMax);
      TAUT_CHECK(seal_release(transaction, releaser, *to, rest.first(count), at));
      rest = rest.subspan(count);
    }
  }
  return {};
}

Result<bool> note_release(Transaction& transaction, const envelope::Letter& letter, const NodeId& own) {
  if (letter.content.type != ContentType::release) return false;
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
    for (const Transaction::ReleaseRow& row : rows) recipients.push_back(row.recipient);
    return {};
  }));
  std::ranges::sort(recipients);
  const auto [end, last] = std::ranges::unique(recipients);
  recipients.erase(end, last);
  return recipients;
}

}  // namespace taut::node
