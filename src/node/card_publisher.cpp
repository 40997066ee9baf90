#include "node/card_publisher.hpp"

#include "node/device_viewers.hpp"
#include "node/enrolment.hpp"
#include "node/revoking.hpp"
#include "node/sealing_keys.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

constexpr unsigned kAttemptsMax = 3;

Error refusal(frame::AnswerStatus status) {
  switch (status) {
    case frame::AnswerStatus::done:
    case frame::AnswerStatus::stale:
    case frame::AnswerStatus::refused:
      return {Errc::violation, reasons::kRefused};
    case frame::AnswerStatus::revoked:
      return {Errc::unauthentic, reasons::kRevoked};
    case frame::AnswerStatus::full:
      return {Errc::exhausted, reasons::kFull};
    case frame::AnswerStatus::unavailable:
      return {Errc::unavailable, reasons::kDispatcherGone};
  }
  return {Errc::misuse, reasons::kMisuse};
}

}  // namespace

Status CardPublisher::load() {
  return store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(card_, own_card(transaction));
    TAUT_TRY(viewers_, device_viewers(transaction));
    TAUT_TRY(const std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    published_.clear();
    for (const OwnDispatcher& one : dispatchers) published_[one.card.node_id()] = one.published_sequence;
    // A node that serves keeps its own inbox; what it has of itself is not written down.
    if (!card_->card().serves_at.empty()) published_[card_->node_id()] = own_sequence_;
    return {};
  });
}

bool CardPublisher::is_due(const NodeId& dispatcher) const {
  const auto found = published_.find(dispatcher);
  return found != published_.end() && found->second < card_->card().sequence;
}

Result<CardPublisher::Step> CardPublisher::publish(const NodeId& dispatcher, Session& session) {
  TAUT_TRY(const frame::RequestId request, hand_in(dispatcher, session));
  Open& open = open_[dispatcher];
  open.sequence = card_->card().sequence;
  open.request = request;
  ++open.attempts;
  return Step::asked;
}

Result<frame::RequestId> CardPublisher::hand_in(const NodeId& dispatcher, Session& session) {
  if (session.is_registered()) return session.publish(card_->bytes());
  SecretBytes token;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(token, enrolment_for(transaction, dispatcher));
    return {};
  }));
  const Bytes tbs = frame::registration_tbs(dispatcher, session.link(), token.expose());
  TAUT_TRY(const auto proof, crypto::sign_with_label(identity_.signature_key(), crypto::kTautPrefix,
                                                     frame::kRegistrationLabel, tbs));
  return session.register_node(token.expose(), card_->bytes(), proof.view());
}

Result<CardPublisher::Step> CardPublisher::on_answer(const NodeId& dispatcher, const Answered& answer,
                                                     Session& session, const Moment& at) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != answer.request) return Step::not_ours;
  if (answer.status == frame::AnswerStatus::done) return succeed(dispatcher, open->second.sequence, at);
  if (answer.status == frame::AnswerStatus::stale && open->second.attempts < kAttemptsMax) {
    open->second.request = session.look_up(identity_.node_id());
    return Step::asked;
  }
  open_.erase(open);
  if (answer.status == frame::AnswerStatus::refused) TAUT_CHECK(note_refused(dispatcher));
  return std::unexpected(refusal(answer.status));
}

/// We are not registered there (any more).
Status CardPublisher::note_refused(const NodeId& dispatcher) {
  published_[dispatcher] = 0;
  return store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    for (OwnDispatcher& one : dispatchers) {
      if (one.card.node_id() != dispatcher || one.published_sequence == 0) continue;
      one.published_sequence = 0;
      TAUT_CHECK(put_own_dispatcher(transaction, one));
    }
    return {};
  });
}

Result<CardPublisher::Step> CardPublisher::on_card(const NodeId& dispatcher, const CardFound& found,
                                                   Session& session, const Moment& at) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != found.request) return Step::not_ours;
  const auto theirs = identity::SignedCard::parse(found.card.value_or(Bytes{}));
  if (!theirs || theirs->node_id() != identity_.node_id())
    return fail(Errc::violation, reasons::kIdentityMismatch);
  if (theirs->revocation()) {
    TAUT_CHECK(store_.write([&](Transaction& transaction) { return keep_revocation(transaction, *theirs); }));
    return fail(Errc::unauthentic, reasons::kOwnRevoked);
  }
  if (*theirs == *card_) return succeed(dispatcher, card_->card().sequence, at);
  TAUT_CHECK(store_.write([&](Transaction& transaction) -> Status {
    // Not the one that we began with: link keys are renewed in between.
    TAUT_TRY(const identity::Identity identity, load_identity(transaction));
    TAUT_TRY(card_, sign_card(transaction, identity, at.wall, theirs->card().sequence));
    return {};
  }));
  return publish(dispatcher, session);
}

Result<CardPublisher::Step> CardPublisher::succeed(const NodeId& dispatcher, std::uint64_t sequence,
                                                   const Moment& at) {
  open_.erase(dispatcher);
  TAUT_CHECK(store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const identity::SignedCard newest, own_card(transaction));
    TAUT_TRY(std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    bool is_everywhere = true;
    for (OwnDispatcher& one : dispatchers) {
      if (one.card.node_id() == dispatcher) {
        one.published_sequence = std::max(one.published_sequence, sequence);
        // Whoever asked for the card just before may still put there.
        if (one.standing == Standing::leaving && at.wall)
          one.leaving_until = std::min(one.leaving_until, *at.wall + kSealingGrace);
        TAUT_CHECK(put_own_dispatcher(transaction, one));
        TAUT_CHECK(drop_enrolment(transaction, dispatcher));
      }
      is_everywhere = is_everywhere && one.published_sequence >= newest.card().sequence;
    }
    return is_everywhere ? note_published(transaction, at.wall) : Status();
  }));
  published_[dispatcher] = std::max(published_[dispatcher], sequence);
  if (dispatcher == identity_.node_id()) own_sequence_ = std::max(own_sequence_, sequence);
  return Step::published;
}

}  // namespace taut::node
