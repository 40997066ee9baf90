#include "dispatcher/cards.hpp"

#include "dispatcher/node_records.hpp"
#include "identity/card.hpp"

namespace taut::dispatcher {

namespace {

using frame::AnswerStatus;

AnswerStatus status_of(const Error& error) {
  return error.code == Errc::exhausted ? AnswerStatus::full : AnswerStatus::unavailable;
}

bool is_own(const Connection& from, const identity::SignedCard& card) {
  return !from.is_anonymous() && card.node_id() == from.node();
}

// A node publishes its own card. A revocation proves itself, and whoever lost the key must be able to
// hand it in from another node.
bool may_publish(const Connection& from, const identity::SignedCard& card) {
  return card.card().is_revocation() || is_own(from, card);
}

}  // namespace

void Cards::on_publish(Connection& from, const frame::PublishCard& publish, const Moment& at) {
  const auto card = identity::SignedCard::parse(publish.card);
  if (!card || !may_publish(from, *card) || !card->check_at(at.wall)) {
    return answer(from.id, publish.request, AnswerStatus::refused);
  }
  hand_in(*card, {from.id, publish.request, at.wall, {}, std::nullopt});
}

// The link's key may be somebody's who was lent it for a while; the card's key is the node.
void Cards::on_register(Connection& from, const frame::Register& asked, const Moment& at) {
  const auto card = identity::SignedCard::parse(asked.card);
  const Bytes tbs = frame::registration_tbs(common_.settings.node, from.session, asked.token);
  const bool is_good = card && is_own(from, *card) && card->check_at(at.wall) &&
                       crypto::verify_with_label(card->card().signature_key, crypto::kTautPrefix,
                                                 frame::kRegistrationLabel, tbs, asked.proof);
  if (!is_good) return answer(from.id, asked.request, AnswerStatus::refused);
  HandedCard handed{from.id, asked.request, at.wall, {}, std::nullopt};
  if (!asked.token.empty()) handed.token = hash_of_token(asked.token);
  hand_in(*card, std::move(handed));
}

void Cards::hand_in(const identity::SignedCard& card, HandedCard handed) {
  handed.card = {card.node_id(), card.card().sequence, card.card().not_after, to_bytes(card.bytes())};
  const Pin node = common_.residents.at(card.node_id());
  if (node->phase == Resident::Phase::loaded) return place(*node, std::move(handed));
  node->waiting_cards.push_back(std::move(handed));
  load(common_, *node);
}

void Cards::resume(Resident& node) {
  for (HandedCard& handed : std::exchange(node.waiting_cards, {})) {
    if (node.phase == Resident::Phase::loaded) {
      place(node, std::move(handed));
    } else {
      answer(handed.connection, handed.request, AnswerStatus::unavailable);
    }
  }
}

void Cards::place(Resident& node, HandedCard handed) {
  const std::uint64_t sequence = handed.card.sequence;
  if (node.record) {
    if (sequence > node.card_issued) return save(node, std::move(handed));
    if (sequence == node.card_issued) {
      return common_.issue(LoadCard{node.id}, ComparePending{std::move(handed)});
    }
    return answer(handed.connection, handed.request,
                  node.is_revoked() ? AnswerStatus::revoked : AnswerStatus::stale);
  }
  const bool may_register =
      (common_.settings.policy == frame::Policy::open || handed.token) && sequence != kRevokedSequence;
  if (!may_register) return answer(handed.connection, handed.request, AnswerStatus::refused);
  if (common_.nodes >= common_.settings.limits.nodes_max) {
    return answer(handed.connection, handed.request, AnswerStatus::full);
  }
  const AddNode add{node.id, handed.handed_in, handed.token};
  common_.issue(add, AddPending{Pin(node), std::move(handed)});
}

void Cards::on_result(AddPending& pending, Result<Admission> result) {
  const HandedCard& handed = pending.card;
  if (!result) return answer(handed.connection, handed.request, status_of(result.error()));
  if (*result == Admission::refused) {
    return answer(handed.connection, handed.request, AnswerStatus::refused);
  }
  if (!pending.node->record) {
    pending.node->set_record(NodeRecord{});
    ++common_.nodes;
  }
  place(*pending.node, std::move(pending.card));
}

void Cards::save(Resident& node, HandedCard handed) {
  node.card_issued = handed.card.sequence;
  CardPending pending{handed.connection, handed.request, Pin(node), handed.card.sequence};
  common_.issue(std::move(handed.card), std::move(pending));
}

void Cards::on_result(CardPending& pending, Result<Done> result) {
  Resident& node = *pending.node;
  // Revoked meanwhile.
  if (!node.record) return answer(pending.connection, pending.request, AnswerStatus::refused);
  if (!result) {
    if (node.card_issued == pending.sequence) node.card_issued = node.record->card_sequence;
    return answer(pending.connection, pending.request, status_of(result.error()));
  }
  node.record->card_sequence = pending.sequence;
  ++common_.counters.cards_published;
  answer(pending.connection, pending.request, AnswerStatus::done);
  if (!node.is_revoked()) return;
  for (Connection* connection : node.connections) {
    common_.links.doom(*connection, frame::GoodbyeReason::revoked);
  }
}

void Cards::on_result(ComparePending& pending, Result<std::optional<Bytes>> result) {
  const HandedCard& handed = pending.card;
  if (!result) return answer(handed.connection, handed.request, status_of(result.error()));
  const bool is_same = *result && **result == handed.card.card;
  answer(handed.connection, handed.request, is_same ? AnswerStatus::done : AnswerStatus::stale);
}

void Cards::answer(ConnectionId connection, frame::RequestId request, AnswerStatus status) {
  if (status != AnswerStatus::done) ++common_.counters.cards_refused;
  common_.links.answer(connection, frame::Answer{request, status, {}});
}

void Cards::on_look_up(Connection& from, const frame::LookUpCard& look_up) {
  common_.issue(LoadCard{look_up.node}, LookUpPending{from.id, look_up.request});
}

void Cards::on_result(LookUpPending& pending, Result<std::optional<Bytes>> result) {
  if (!result) {
    const frame::Answer unavailable{pending.request, frame::AnswerStatus::unavailable, {}};
    return common_.links.answer(pending.connection, unavailable);
  }
  frame::CardAnswer found{pending.request, std::nullopt, {}};
  if (*result) found.card = **result;
  common_.links.answer(pending.connection, found);
}

}  // namespace taut::dispatcher
