#include "node/sealer.hpp"

#include "node/access.hpp"
#include "node/self.hpp"

namespace taut::node {

Result<identity::SealingKey> sealing_key_of(const identity::SignedCard& recipient,
                                            std::optional<WallTime> wall) {
  if (recipient.revocation()) return fail(Errc::unauthentic, reasons::kRevoked);
  const std::optional<identity::SealingKey>& key = recipient.card().sealing_key;
  const bool holds = key && (!wall || *wall <= key->not_after);
  if (!holds) return fail(Errc::unavailable, reasons::kSealingKeyExpired);
  if (crypto::find_suite(key->suite) == nullptr) return fail(Errc::incompatible, reasons::kSuiteRefused);
  return *key;
}

namespace {

/// For contacts: what they show to our dispatchers from now on.
Result<Bytes> token_to_give(Transaction& transaction, const Sealing& sealing, Random& random) {
  const NodeId& recipient = sealing.recipient.node_id();
  TAUT_TRY(const std::optional<ContactRow> contact, transaction.contact_of(recipient));
  if (!contact) return Bytes{};
  TAUT_TRY(const Access access, load_access(transaction, random));
  return token_for(access, sealing.identity.node_id(), recipient);
}

/// A release belongs to no stream: where one is lost nothing is missing.
Status number(Transaction& transaction, envelope::Letter& letter, const NodeId& recipient) {
  if (letter.content.type == envelope::ContentType::release) return {};
  TAUT_TRY(letter.counter, transaction.next_counter(recipient));
  if (letter.counter > envelope::kCounterMax) return fail(Errc::exhausted, reasons::kKeyExhausted);
  TAUT_TRY(letter.stream, own_stream(transaction));
  return transaction.set_next_counter(recipient, letter.counter + 1);
}

envelope::Letter letter_with(const Sealing& sealing, envelope::Content content, const Moment& at,
                             Random& random) {
  envelope::Letter letter;
  letter.signature_key = sealing.identity.signature_key().public_key;
  letter.message_id = random.make<MessageId>();
  letter.time = at.wall.value_or(WallTime{});
  letter.content = std::move(content);
  return letter;
}

Result<OutgoingRow> seal(const Sealing& sealing, const identity::SealingKey& key,
                         const envelope::Letter& letter, const Moment& at, Random& random) {
  OutgoingRow row;
  row.message_id = letter.message_id;
  row.recipient = sealing.recipient.node_id();
  row.created = letter.time;
  if (at.wall) row.expires = *at.wall + sealing.handling.ttl;
  row.keep = sealing.handling.keep;
  row.until = sealing.handling.until;
  TAUT_TRY(row.envelope,
           envelope::seal(letter, {row.recipient, key}, sealing.identity.signature_key(), random));
  for (const NodeId& dispatcher : sealing.dispatchers)
    row.submissions.push_back({dispatcher, random.make<SubmissionId>()});
  return row;
}

}  // namespace

Result<OutgoingRow> seal_into_outbox(Transaction& transaction, const Sealing& sealing,
                                     envelope::Content content, const Moment& at, Random& random) {
  const NodeId& recipient = sealing.recipient.node_id();
  TAUT_TRY(const identity::SealingKey key, sealing_key_of(sealing.recipient, at.wall));
  envelope::Letter letter = letter_with(sealing, std::move(content), at, random);
  TAUT_CHECK(number(transaction, letter, recipient));
  if (sealing.handling.until == Until::released) letter.release = envelope::ReleaseWord::wanted;
  if (sealing.own_card != nullptr) {
    letter.sender_card = *sealing.own_card;
    TAUT_TRY(letter.delivery_token, token_to_give(transaction, sealing, random));
  }
  TAUT_TRY(OutgoingRow row, seal(sealing, key, letter, at, random));
  TAUT_TRY(row.number, transaction.add_outgoing(row));
  return row;
}

Result<OutgoingRow> seal_release(const Sealing& sealing, envelope::Content release, const Moment& at,
                                 Random& random) {
  TAUT_TRY(const identity::SealingKey key, sealing_key_of(sealing.recipient, at.wall));
  return seal(sealing, key, letter_with(sealing, std::move(release), at, random), at, random);
}

}  // namespace taut::node
