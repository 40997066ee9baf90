#include "node/sending.hpp"

#include <deque>
#include <set>

#include "node/in_flight.hpp"
#include "node/linked_task.hpp"
#include "node/reaching.hpp"
#include "node/sealer.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

/// Rows read from the outbox at once; messages sealed in one transaction.
constexpr std::size_t kBatch = 64;

Status status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::stored:
    case Outcome::fetched:
    case Outcome::released:
    case Outcome::taken:
      return {};
    case Outcome::full:
      return fail(Errc::exhausted, reasons::kFull);
    case Outcome::declined:
      return fail(Errc::violation, reasons::kDeclined);
    case Outcome::expired:
      return fail(Errc::violation, reasons::kExpired);
    case Outcome::unknown:
      return fail(Errc::unavailable, reasons::kOutcomeUnknown);
  }
  return fail(Errc::misuse, reasons::kMisuse);
}

/// Nobody signs for it any more, nor waits for it.
bool is_forgotten(const OutgoingRow& row, const Moment& at) {
  return at.wall && row.expires.unix_ms != 0 && *at.wall > row.expires + kEnvelopeLife;
}

class SendingTask final : public LinkedTask<Sending> {
 public:
  SendingTask(Store& store, const identity::Identity& identity, const SignedCard& recipient, Random& random,
              const SendOptions& options)
      : store_(store), identity_(identity), recipient_(recipient), random_(random), options_(options) {}

  std::size_t wants() const override;
  Status offer(envelope::Content content) override;
  void no_more() override { no_more_ = true; }

 private:
  enum class Phase : std::uint8_t { connecting, seeking_successor, sending };

  void begin(const Moment& at) override;
  void on_lost(const NodeId& dispatcher, const Moment& at) override;
  void gather(const Moment& at) override;
  void on_tick(const Moment& at) override;
  std::optional<Instant> own_deadline() const override;
  void end_early(const Moment& at) override;

  using LinkedTask::hear;
  void hear(const NodeId& dispatcher, SessionReady& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, CardFound& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, PutAnswered& event, const Moment& at) override;

  // Connecting.
  Status load_own();
  Caller caller_to(const NodeId& dispatcher) const;
  void dial_candidates();
  void seek_successor(const NodeId& dispatcher, const Moment& at);
  void on_successor(const CardFound& found, const Moment& at);
  void begin_sending_if_connected(const Moment& at);
  void begin_sending(const Moment& at);

  // Sending.
  std::vector<NodeId> targets();
  bool has_room() const;
  void load_pending(const Moment& at);
  Status load_page(Transaction& transaction, std::vector<OutgoingRow>& rows, const Moment& at);
  Status readdress(Transaction& transaction, OutgoingRow& row);
  void seal_offered(const Moment& at);
  Status seal_batch(Transaction& transaction, std::vector<OutgoingRow>& rows, const Moment& at);
  Status write_answers(Transaction& transaction);
  void flush_answers(const Moment& at);
  void report(const std::vector<Completed>& completed);
  void look_for_releases(const Moment& at);
  void await_signatures(const Moment& at);
  void finish_if_done(const Moment& at);
  void give_up(const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  SignedCard recipient_;
  Random& random_;
  SendOptions options_;

  Phase phase_ = Phase::connecting;
  Instant connect_due_;
  std::set<NodeId> homes_;      // dispatchers that know us
  std::set<NodeId> looked_up_;  // dispatchers that have said what card they hold

  std::deque<envelope::Content> offered_;
  std::size_t offered_bytes_ = 0;
  std::uint64_t sealed_count_ = 0;  // of what was offered, in that order
  bool has_offered_ = false;
  bool no_more_ = false;
  RowNumber pending_after_ = 0;
  bool pending_done_ = false;
  std::set<RowNumber> readdressed_;  // met again at the end of the outbox
  bool card_was_sent_ = false;
  InFlight in_flight_;
  std::vector<RowNumber> to_erase_;
  std::map<RowNumber, Stage> to_mark_;  // stored or fetched, and waiting for more
  std::optional<Instant> look_due_;     // whether the recipient has signed
  std::optional<Instant> signed_due_;   // after dispatchers have said that all was fetched
  std::optional<Instant> release_due_;
  std::optional<Instant> waiting_since_;  // for the last progress, while there is work
  Status verdict_;
};

// What is offered.

std::size_t SendingTask::wants() const {
  const std::size_t taken = offered_.size() + in_flight_.count();
  const bool is_full = offered_bytes_ >= kOfferedBytesMax || no_more_ || is_over();
  return is_full || taken >= kInFlightMax ? 0 : kInFlightMax - taken;
}

Status SendingTask::offer(envelope::Content content) {
  if (content.body.size() > envelope::kContentBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  if (wants() == 0) return fail(Errc::exhausted, reasons::kQuota);
  has_offered_ = true;
  offered_bytes_ += content.body.size();
  offered_.push_back(std::move(content));
  return {};
}

// Connecting.

/// A revoked identity is believed by nobody.
Status SendingTask::load_own() {
  return store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const SignedCard own, own_card(transaction));
    if (own.revocation()) return fail(Errc::unauthentic, reasons::kOwnRevoked);
    TAUT_TRY(homes_, known_at(transaction, identity_.node_id()));
    return {};
  });
}

void SendingTask::begin(const Moment& at) {
  if (recipient_.revocation()) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
  if (const Status own = load_own(); !own) return finish(own, at);
  if (recipient_.card().inboxes().empty()) return finish(fail(Errc::unavailable, reasons::kNoDispatcher), at);
  connect_due_ = at.now + options_.connect_deadline;
  if (options_.release_deadline) release_due_ = at.now + *options_.release_deadline;
  dial_candidates();
}

Caller SendingTask::caller_to(const NodeId& dispatcher) const {
  return homes_.contains(dispatcher) ? Caller::identified : Caller::anonymous;
}

/// As many dispatchers as copies are wanted, in the card's order; the next one for each that failed.
void SendingTask::dial_candidates() {
  using State = Connections::State;
  std::size_t hopeful = connections_.in_state(State::dialling).size() +
                        connections_.in_state(State::greeting).size() +
                        connections_.in_state(State::ready).size();
  for (const identity::Dispatcher& dispatcher : recipient_.card().inboxes()) {
    if (hopeful >= options_.copies) return;
    if (connections_.is_known(dispatcher.node_id)) continue;
    connections_.dial(dispatcher, effects_, caller_to(dispatcher.node_id));
    ++hopeful;
  }
}

void SendingTask::hear(const NodeId& dispatcher, SessionReady&, const Moment&) {
  if (phase_ == Phase::connecting) connections_.ready(dispatcher)->look_up(recipient_.node_id());
}

void SendingTask::hear(const NodeId& dispatcher, CardFound& found, const Moment& at) {
  if (phase_ == Phase::seeking_successor) return on_successor(found, at);
  if (phase_ != Phase::connecting) return;
  looked_up_.insert(dispatcher);
  const Result<bool> is_newer = adopt_card(store_, recipient_, found.card);
  if (!is_newer) return finish(std::unexpected(is_newer.error()), at);
  if (*is_newer) {
    if (recipient_.revocation()) return seek_successor(dispatcher, at);
    const std::vector<identity::Dispatcher> inboxes = recipient_.card().inboxes();
    for (const NodeId& node : connections_.known())
      if (std::ranges::find(inboxes, node, &identity::Dispatcher::node_id) == inboxes.end())
        connections_.drop(node, effects_);
    dial_candidates();
  }
  begin_sending_if_connected(at);
}

/// The final card may name a node in its place: its card is kept, for who decides to take it.
void SendingTask::seek_successor(const NodeId& dispatcher, const Moment& at) {
  const std::optional<NodeId> successor = recipient_.revocation()->successor;
  if (!successor) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
  phase_ = Phase::seeking_successor;
  for (const NodeId& node : connections_.known())
    if (node != dispatcher) connections_.drop(node, effects_);
  connections_.ready(dispatcher)->look_up(*successor);
}

void SendingTask::on_successor(const CardFound& found, const Moment& at) {
  const Result<SignedCard> card = SignedCard::parse(found.card.value_or(Bytes{}));
  const bool is_it = card && card->node_id() == recipient_.revocation()->successor && !card->revocation();
  if (is_it) {
    const Status kept = store_.write([&](Transaction& transaction) -> Status {
      TAUT_TRY(const std::optional<ContactRow> holder, transaction.contact_of(card->node_id()));
      if (!holder) return transaction.put_card(card->node_id(), card->bytes());
      return {};
    });
    if (!succeeded(kept, at)) return;
  }
  finish(fail(Errc::unauthentic, reasons::kRevoked), at);
}

void SendingTask::begin_sending_if_connected(const Moment& at) {
  if (phase_ != Phase::connecting || is_over()) return;
  using State = Connections::State;
  if (!connections_.in_state(State::dialling).empty() || !connections_.in_state(State::greeting).empty())
    return;
  const std::vector<NodeId> ready = connections_.in_state(State::ready);
  if (ready.empty()) return finish(std::unexpected(connections_.failure()), at);
  const auto is_looked_up = [&](const NodeId& node) { return looked_up_.contains(node); };
  if (std::ranges::all_of(ready, is_looked_up)) begin_sending(at);
}

void SendingTask::begin_sending(const Moment& at) {
  phase_ = Phase::sending;
  const Status loaded = store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<Bytes> token, transaction.token(recipient_.node_id()));
    if (token) in_flight_.show(*token);
    return {};
  });
  if (!succeeded(loaded, at)) return;
  gather(at);
}

void SendingTask::on_lost(const NodeId& dispatcher, const Moment& at) {
  looked_up_.erase(dispatcher);
  if (phase_ == Phase::seeking_successor) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
  if (phase_ == Phase::connecting) {
    dial_candidates();
    return begin_sending_if_connected(at);
  }
  in_flight_.on_lost(dispatcher);
  gather(at);
}

// Sending.

/// Where a new message is put: dispatchers that are there, in the card's order.
std::vector<NodeId> SendingTask::targets() {
  std::vector<NodeId> nodes;
  for (const identity::Dispatcher& dispatcher : recipient_.card().inboxes())
    if (nodes.size() < options_.copies && connections_.ready(dispatcher.node_id) != nullptr)
      nodes.push_back(dispatcher.node_id);
  return nodes;
}

bool SendingTask::has_room() const {
  return in_flight_.count() < kInFlightMax && in_flight_.size_bytes() < kOfferedBytesMax;
}

void SendingTask::gather(const Moment& at) {
  if (phase_ != Phase::sending) return;
  report(in_flight_.take_completed());
  if (!pending_done_) load_pending(at);
  if (pending_done_) seal_offered(at);
  if (is_over()) return;
  for (const NodeId& node : connections_.in_state(Connections::State::ready))
    in_flight_.put_waiting(node, *connections_.ready(node), at);
  report(in_flight_.take_completed());
  report(in_flight_.take_progress());
  await_signatures(at);
  const bool has_work = in_flight_.awaits_answers() || !offered_.empty();
  if (to_erase_.size() >= kBatch || !in_flight_.awaits_answers()) flush_answers(at);
  if (!has_work) waiting_since_.reset();
  if (has_work && !waiting_since_) waiting_since_ = at.now;
  finish_if_done(at);
}

/// What earlier tasks left in the outbox goes first.
void SendingTask::load_pending(const Moment& at) {
  while (!pending_done_ && has_room() && !targets().empty()) {
    std::vector<OutgoingRow> rows;
    const Status loaded =
        store_.write([&](Transaction& transaction) { return load_page(transaction, rows, at); });
    if (!succeeded(loaded, at)) return;
    for (OutgoingRow& row : rows) in_flight_.add_earlier(std::move(row));
  }
}

Status SendingTask::load_page(Transaction& transaction, std::vector<OutgoingRow>& rows, const Moment& at) {
  TAUT_TRY(std::vector<OutgoingRow> page, transaction.outgoing(pending_after_, kBatch));
  pending_done_ = page.empty();
  for (OutgoingRow& row : page) {
    pending_after_ = std::max(pending_after_, row.number);
    if (row.recipient != recipient_.node_id() || readdressed_.contains(row.number)) continue;
    if (options_.pending == Pending::releases && row.until != Until::nothing) continue;
    if (row.keep == Keep::online_only) {  // that was then
      TAUT_CHECK(transaction.erase_outgoing(row.number));
      continue;
    }
    if (row.stage == Stage::released) {
      if (options_.pending == Pending::all)
        rows.push_back(std::move(row));
      else if (is_forgotten(row, at))
        TAUT_CHECK(transaction.erase_outgoing(row.number));
      continue;
    }
    if (row.stage == Stage::fetched) {  // no dispatcher can say more; the recipient may still sign
      if (is_forgotten(row, at)) TAUT_CHECK(transaction.erase_outgoing(row.number));
      continue;
    }
    if (row.stage == Stage::sealed) TAUT_CHECK(readdress(transaction, row));
    // What can be asked nowhere now stays for a later task.
    const auto is_away = [&](const Submission& one) { return connections_.ready(one.dispatcher) == nullptr; };
    std::erase_if(row.submissions, is_away);
    if (!row.submissions.empty()) rows.push_back(std::move(row));
  }
  return {};
}

/// A message for dispatchers that the recipient has left goes to those that it uses now.
Status SendingTask::readdress(Transaction& transaction, OutgoingRow& row) {
  const std::vector<identity::Dispatcher> inboxes = recipient_.card().inboxes();
  const auto is_listed = [&](const Submission& one) {
    return std::ranges::find(inboxes, one.dispatcher, &identity::Dispatcher::node_id) != inboxes.end();
  };
  if (std::ranges::any_of(row.submissions, is_listed)) return {};
  TAUT_CHECK(transaction.erase_outgoing(row.number));
  row.submissions.clear();
  for (const NodeId& node : targets()) row.submissions.push_back({node, random_.make<SubmissionId>()});
  TAUT_TRY(row.number, transaction.add_outgoing(row));
  readdressed_.insert(row.number);
  return {};
}

void SendingTask::seal_offered(const Moment& at) {
  while (!offered_.empty() && has_room() && !targets().empty()) {
    if (const auto key = sealing_key_of(recipient_, at.wall); !key) {
      if (verdict_) verdict_ = std::unexpected(key.error());
      offered_.clear();
      offered_bytes_ = 0;
      no_more_ = true;
      return;
    }
    std::vector<OutgoingRow> rows;
    const Status sealed =
        store_.write([&](Transaction& transaction) { return seal_batch(transaction, rows, at); });
    if (!succeeded(sealed, at)) return;
    to_erase_.clear();
    to_mark_.clear();
    for (OutgoingRow& row : rows) {
      offered_bytes_ -= offered_.front().body.size();
      offered_.pop_front();
      in_flight_.add_offered(std::move(row), ++sealed_count_);
    }
    card_was_sent_ = true;
    waiting_since_ = at.now;
  }
}

Status SendingTask::seal_batch(Transaction& transaction, std::vector<OutgoingRow>& rows, const Moment& at) {
  TAUT_CHECK(write_answers(transaction));
  TAUT_TRY(const SignedCard card, own_card(transaction));
  const std::vector<NodeId> dispatchers = targets();
  std::size_t bytes = in_flight_.size_bytes();
  for (const envelope::Content& content : offered_) {
    const bool is_first = rows.empty();
    const bool fits =
        rows.size() < kBatch && in_flight_.count() + rows.size() < kInFlightMax && bytes < kOfferedBytesMax;
    if (!is_first && !fits) return {};
    const Sealing sealing{identity_, recipient_, dispatchers, is_first && !card_was_sent_ ? &card : nullptr,
                          options_.handling};
    TAUT_TRY(OutgoingRow row, seal_into_outbox(transaction, sealing, content, at, random_));
    bytes += row.envelope.size();
    rows.push_back(std::move(row));
  }
  return {};
}

void SendingTask::hear(const NodeId& dispatcher, PutAnswered& answer, const Moment& at) {
  in_flight_.on_answer(dispatcher, answer, at.now);
  waiting_since_ = at.now;
  if (options_.handling.until == Until::released && !look_due_) look_due_ = at.now + kLookForReleases;
}

void SendingTask::report(const std::vector<Completed>& completed) {
  for (const Completed& one : completed) {
    const Outcome outcome = one.receipt.outcome;
    if (one.row == Completed::Row::done) to_erase_.push_back(one.number);
    if (one.row == Completed::Row::kept && outcome == Outcome::stored) to_mark_[one.number] = Stage::stored;
    if (one.row == Completed::Row::kept && outcome == Outcome::fetched) to_mark_[one.number] = Stage::fetched;
    if (one.until == Until::nothing) continue;  // what becomes of a release is nobody's concern
    const bool is_ours = one.receipt.origin == Origin::this_task;
    if (verdict_ && (is_ours || !has_offered_)) verdict_ = status_of(one.receipt.outcome);
    if (one.row != Completed::Row::unchanged) emit(one.receipt);
  }
}

/// A receipt may go out before its row is gone: who crashes in between asks again, and gets the same answer.
Status SendingTask::write_answers(Transaction& transaction) {
  for (const RowNumber number : to_erase_) TAUT_CHECK(transaction.erase_outgoing(number));
  for (const auto& [number, stage] : to_mark_) TAUT_CHECK(transaction.set_stage(number, stage));
  return {};
}

void SendingTask::flush_answers(const Moment& at) {
  if (to_erase_.empty() && to_mark_.empty()) return;
  const Status written = store_.write([&](Transaction& transaction) { return write_answers(transaction); });
  to_erase_.clear();
  to_mark_.clear();
  succeeded(written, at);
}

/// Releases come to our own inbox, whoever of us empties it.
void SendingTask::look_for_releases(const Moment& at) {
  if (options_.handling.until != Until::released || in_flight_.empty() || (look_due_ && at.now < *look_due_))
    return;
  look_due_ = at.now + kLookForReleases;
  std::vector<Transaction::Unreleased> rows;
  const Status looked = store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(rows, transaction.unreleased(recipient_.node_id()));
    return {};
  });
  if (!succeeded(looked, at)) return;
  if (in_flight_.note_released(rows)) signed_due_.reset();
}

/// Not everybody signs: contacts do. Who has set no time waits a little for it.
void SendingTask::await_signatures(const Moment& at) {
  const bool is_all = no_more_ && offered_.empty() && in_flight_.awaits_signatures();
  if (!is_all)
    signed_due_.reset();
  else if (!signed_due_ && !options_.release_deadline)
    signed_due_ = at.now + kSignatureGrace;
}

// Ends.

void SendingTask::finish_if_done(const Moment& at) {
  if (no_more_ && offered_.empty() && pending_done_ && in_flight_.empty()) finish(verdict_, at);
}

/// What is sealed stays in the outbox; what is not sealed yet never was.
void SendingTask::give_up(const Moment& at) {
  const bool was_unsent = !offered_.empty();
  const bool is_stored = !in_flight_.empty() && !in_flight_.awaits_answers();
  if (verdict_ && is_stored) verdict_ = fail(Errc::unavailable, reasons::kNotReleased);
  report(in_flight_.take_all());
  flush_answers(at);
  if (was_unsent && verdict_) verdict_ = std::unexpected(connections_.failure());
  finish(verdict_, at);
}

void SendingTask::on_tick(const Moment& at) {
  if (phase_ == Phase::seeking_successor) {
    if (at.now >= connect_due_) finish(fail(Errc::unauthentic, reasons::kRevoked), at);
    return;
  }
  if (phase_ == Phase::connecting) {
    if (at.now < connect_due_) return;
    for (const NodeId& node : connections_.in_state(Connections::State::ready))
      if (!looked_up_.contains(node)) connections_.drop(node, effects_);
    if (connections_.in_state(Connections::State::ready).empty())
      return finish(std::unexpected(connections_.failure()), at);
    return begin_sending(at);
  }
  if (waiting_since_ && at.now >= *waiting_since_ + options_.answer_deadline) return give_up(at);
  if (release_due_ && at.now >= *release_due_ && !in_flight_.empty() && !in_flight_.awaits_answers())
    return give_up(at);
  if (signed_due_ && at.now >= *signed_due_) return give_up(at);
  connections_.redial(at, effects_);
  look_for_releases(at);
  if (!is_over()) gather(at);
}

std::optional<Instant> SendingTask::own_deadline() const {
  if (phase_ != Phase::sending) return connect_due_;
  std::optional<Instant> next = connections_.redial_deadline();
  if (waiting_since_) next = earliest(next, *waiting_since_ + options_.answer_deadline);
  if (!in_flight_.empty() && !in_flight_.awaits_answers()) next = earliest(next, release_due_);
  if (!in_flight_.empty()) next = earliest(next, earliest(look_due_, signed_due_));
  return earliest(next, in_flight_.next_query());
}

void SendingTask::end_early(const Moment& at) { give_up(at); }

}  // namespace

std::unique_ptr<Sending> make_sending(Store& store, const identity::Identity& identity,
                                      const identity::SignedCard& recipient, Random& random,
                                      const SendOptions& options) {
  return std::make_unique<SendingTask>(store, identity, recipient, random, options);
}

}  // namespace taut::node
