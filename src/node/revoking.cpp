#include "node/revoking.hpp"

#include "node/contacts.hpp"
#include "node/linked_task.hpp"
#include "node/own_dispatchers.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::Dispatcher;
using identity::SignedCard;

constexpr Duration kAnswerMax = std::chrono::seconds(15);

class RevokingTask final : public LinkedTask<Task> {
 public:
  RevokingTask(Store& store, const SignedCard& revocation, std::vector<Dispatcher> dispatchers)
      : store_(store), revocation_(revocation), dispatchers_(std::move(dispatchers)) {}

 private:
  void begin(const Moment& at) override {
    if (!revocation_.revocation()) return finish(fail(Errc::misuse, reasons::kMisuse), at);
    due_ = at.now + kAnswerMax;
    for (const Dispatcher& one : dispatchers_) connections_.dial(one, effects_);
    finish_if_done(at);
  }
  void on_lost(const NodeId&, const Moment& at) override { finish_if_done(at); }
  void gather(const Moment&) override {}
  void on_tick(const Moment& at) override {
    if (at.now >= due_) end_early(at);
  }
  std::optional<Instant> own_deadline() const override { return due_; }
  void end_early(const Moment& at) override { finish(verdict(), at); }

  using LinkedTask::hear;
  void hear(const NodeId& dispatcher, SessionReady&, const Moment&) override {
    connections_.ready(dispatcher)->publish(revocation_.bytes());
  }
  void hear(const NodeId&, CardFound&, const Moment&) override {}
  void hear(const NodeId& dispatcher, Answered& answer, const Moment& at) override {
    using frame::AnswerStatus;
    if (answer.status == AnswerStatus::done) return on_done(dispatcher, at);
    const bool is_away = answer.status == AnswerStatus::unavailable || answer.status == AnswerStatus::full;
    const Error why = is_away ? Error{Errc::unavailable, reasons::kDispatcherGone}
                              : Error{Errc::violation, reasons::kRefused};
    connections_.give_up(dispatcher, why, at, effects_);
    finish_if_done(at);
  }

  void on_done(const NodeId& dispatcher, const Moment& at) {
    const Status kept = store_.write([&](Transaction& transaction) -> Status {
      TAUT_CHECK(keep_revocation(transaction, revocation_));
      return note_where(transaction, dispatcher);
    });
    if (!succeeded(kept, at)) return;
    is_done_ = true;
    emit(Published{dispatcher});
    connections_.drop(dispatcher, effects_);
    finish_if_done(at);
  }

  /// An own dispatcher that has our final card is told nothing more.
  Status note_where(Transaction& transaction, const NodeId& dispatcher) const {
    TAUT_TRY(const SignedCard own, own_card(transaction));
    TAUT_TRY(std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    for (OwnDispatcher& one : dispatchers) {
      if (own != revocation_ || one.card.node_id() != dispatcher) continue;
      one.published_sequence = revocation_.card().sequence;
      TAUT_CHECK(put_own_dispatcher(transaction, one));
    }
    return {};
  }

  void finish_if_done(const Moment& at) {
    using State = Connections::State;
    for (const State busy : {State::dialling, State::greeting, State::ready})
      if (!connections_.in_state(busy).empty()) return;
    finish(verdict(), at);
  }
  Status verdict() const { return is_done_ ? Status() : Status(std::unexpected(connections_.failure())); }

  Store& store_;
  SignedCard revocation_;
  std::vector<Dispatcher> dispatchers_;
  Instant due_;
  bool is_done_ = false;
};

void add_new(std::vector<Dispatcher>& to, const std::vector<Dispatcher>& more) {
  for (const Dispatcher& one : more)
    if (std::ranges::find(to, one.node_id, &Dispatcher::node_id) == to.end()) to.push_back(one);
}

}  // namespace

Result<SignedCard> sign_revocation(Store& store, const std::optional<NodeId>& successor) {
  std::optional<SignedCard> card;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const identity::Identity identity, load_identity(transaction));
    if (successor == identity.node_id()) return fail(Errc::misuse, reasons::kOwnCard);
    TAUT_TRY(card, SignedCard::revoke(identity.signature_key(), {successor}));
    return {};
  }));
  return *std::move(card);
}

Status keep_revocation(Transaction& transaction, const SignedCard& revocation) {
  if (!revocation.revocation()) return fail(Errc::misuse, reasons::kMisuse);
  TAUT_TRY(const SignedCard own, own_card(transaction));
  if (own.node_id() != revocation.node_id()) {
    TAUT_CHECK(learn_card(transaction, revocation));
    return {};
  }
  // The first one that was seen stays: nothing replaces a final card, not another one either.
  if (own.revocation()) return {};
  return transaction.set_value(ValueKey::own_card, revocation.bytes());
}

Result<std::vector<Dispatcher>> dispatchers_for_revocation(Store& store, const SignedCard& revocation) {
  std::vector<Dispatcher> found;
  TAUT_CHECK(store.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<Bytes> held, transaction.card(revocation.node_id()));
    if (held) {
      TAUT_TRY(const SignedCard card, SignedCard::restore(*held));
      add_new(found, card.card().inboxes());
    }
    TAUT_TRY(const std::vector<OwnDispatcher> own, own_dispatchers(transaction));
    for (const OwnDispatcher& one : own)
      if (const auto dispatcher = as_dispatcher(one.card)) add_new(found, {*dispatcher});
    return {};
  }));
  return found;
}

std::unique_ptr<Task> make_revoking(Store& store, const SignedCard& revocation,
                                    std::vector<Dispatcher> dispatchers) {
  return std::make_unique<RevokingTask>(store, revocation, std::move(dispatchers));
}

}  // namespace taut::node
