#include "node/receiving.hpp"

#include <set>

#include "node/access.hpp"
#include "node/believed_time.hpp"
#include "node/card_publisher.hpp"
#include "node/copy_watch.hpp"
#include "node/gap_watch.hpp"
#include "node/inbox.hpp"
#include "node/key_stock.hpp"
#include "node/linked_task.hpp"
#include "node/queue_ranges.hpp"
#include "node/releases.hpp"
#include "node/revoking.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

/// Deliveries that gather before they are committed, however many more are at hand.
constexpr std::size_t kBatchCountMax = 256;
constexpr std::size_t kBatchBytesMax = std::size_t{1} << 20;
constexpr Duration kUpkeepEvery = std::chrono::hours(1);

/// What is going on with one dispatcher while its session is up.
struct Lane {
  std::map<frame::RequestId, std::uint64_t> rounds;  // subscriptions that are not answered yet
  std::uint64_t drained_round = 0;
  std::vector<frame::QueueNumber> to_release;
  std::optional<frame::RequestId> release;  // on its way

  bool is_empty() const { return drained_round > 0 && !release && to_release.empty(); }
};

struct Waiting {
  NodeId dispatcher;
  Delivered delivered;
};

class ReceivingTask final : public LinkedTask<Receiving> {
 public:
  ReceivingTask(Store& store, const identity::Identity& identity, Random& random, Stay stay,
                std::size_t key_packages)
      : store_(store),
        identity_(identity),
        random_(random),
        stay_(stay),
        publisher_(store, identity),
        copies_(store, identity, random),
        stock_(store, identity, random, key_packages) {}

  ReceiveCounters counters() const override { return counters_; }
  Effects ask(const Moment& at) override;
  Effects refresh(const Moment& at) override;
  bool has_hope() const override;

 private:
  void begin(const Moment& at) override;
  void on_lost(const NodeId& dispatcher, const Moment& at) override;
  void gather(const Moment& at) override;
  void on_tick(const Moment& at) override;
  std::optional<Instant> own_deadline() const override;
  void end_early(const Moment& at) override;

  void hear(const NodeId& dispatcher, SessionReady& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, CardFound& event, const Moment& at) override;
  void hear(const NodeId&, PutAnswered&, const Moment&) override {}
  void hear(const NodeId& dispatcher, Answered& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, StateFound& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, Delivered& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, AllDelivered& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, KeyPackagesCounted& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, KeyPackagesLow& event, const Moment& at) override;

  Status meet_dispatchers(const Moment& at);
  bool ask_for_proof(const NodeId& dispatcher);
  void on_proof(const NodeId& dispatcher, const CardFound& found, const Moment& at);
  void part_from(const NodeId& dispatcher);
  Status hear_time(WallTime said, const Moment& at);
  Result<std::optional<WallTime>> time_for_leaving(const Moment& at);
  void publish_where_due(const Moment& at);
  void leave_emptied(const Moment& at);
  void act(const NodeId& dispatcher, const Result<CardPublisher::Step>& step, const Moment& at);
  void report(const NodeId& dispatcher, const Moment& at);
  void act(const NodeId& dispatcher, const Result<CopyWatch::Seen>& seen, const Moment& at);
  void subscribe(const NodeId& dispatcher, const Moment& at);
  void count_stock();

  void commit(const Moment& at);
  Status open_batch(std::vector<Arrival>& arrivals, SealingKeyNumber& newest_key);
  Status accept_all(Transaction& transaction, const std::vector<Arrival>& arrivals,
                    SealingKeyNumber newest_key, const Moment& at);
  void release_batch();
  void send_release(const NodeId& dispatcher, Lane& lane);

  Status look_for_gaps(Transaction& transaction, const Moment& at);
  void ask_again(const Moment& at);
  std::uint64_t drained_round() const;
  void report_gaps(const Moment& at);
  void upkeep(const Moment& at);
  void finish_if_drained(const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  Random& random_;
  Stay stay_;
  CardPublisher publisher_;
  CopyWatch copies_;
  KeyStock stock_;
  std::optional<AccessRule> rule_;             // who may put, for dispatchers to keep
  std::map<NodeId, frame::RequestId> access_;  // that are being told
  ReceiveCounters counters_;

  std::map<NodeId, WallTime> leaving_;  // dispatchers that were forgotten, and until when they are emptied
  std::set<NodeId> asked_for_proof_;    // that we are revoked
  std::map<NodeId, Lane> lanes_;
  std::vector<Waiting> batch_;
  std::size_t batch_bytes_ = 0;
  GapWatch gaps_;
  std::optional<std::uint64_t> asked_round_;  // which an owner waits for
  bool has_drained_ = false;
  bool said_drained_ = false;
  Instant began_;
  Instant upkeep_due_;
};

void ReceivingTask::begin(const Moment& at) {
  began_ = at.now;
  upkeep_due_ = at.now + kUpkeepEvery;
  const Status loaded = store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const SignedCard own, own_card(transaction));
    if (own.revocation()) return fail(Errc::unauthentic, reasons::kOwnRevoked);
    return look_for_gaps(transaction, at);
  });
  if (!succeeded(loaded, at) || !succeeded(forget_releases_that_are_over(store_, at.wall), at) ||
      !succeeded(meet_dispatchers(at), at))
    return;
  if (connections_.known().empty()) finish(fail(Errc::unavailable, reasons::kNoDispatcher), at);
}

/// Dials the dispatchers that are in use now, and hangs up on those that are not any more.
Status ReceivingTask::meet_dispatchers(const Moment& at) {
  std::vector<OwnDispatcher> dispatchers;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(dispatchers, own_dispatchers(transaction));
    TAUT_TRY(rule_, access_rule(transaction));
    return {};
  }));
  TAUT_CHECK(publisher_.load());
  std::vector<identity::Dispatcher> current;
  if (const auto self = as_dispatcher(publisher_.card())) current.push_back(*self);
  leaving_.clear();
  for (const OwnDispatcher& one : dispatchers) {
    if (one.standing == Standing::leaving) leaving_[one.card.node_id()] = one.leaving_until;
    if (const auto dispatcher = as_dispatcher(one.card)) current.push_back(*dispatcher);
  }
  for (const NodeId& node : connections_.known()) {
    const auto known = std::ranges::find(current, node, &identity::Dispatcher::node_id);
    if (known == current.end() || !connections_.leads_to(*known)) part_from(node);
  }
  for (const identity::Dispatcher& one : current) connections_.dial(one, effects_);
  if (!leaving_.empty())
    return store_.write([&](Transaction& transaction) -> Status {
      TAUT_TRY(const std::optional<WallTime> wall, believed_time(transaction, at.wall));
      return forget_departed(transaction, at.wall ? wall : std::nullopt);
    });
  return {};
}

void ReceivingTask::part_from(const NodeId& dispatcher) {
  connections_.drop(dispatcher, effects_);
  lanes_.erase(dispatcher);
  publisher_.on_lost(dispatcher);
  copies_.on_lost(dispatcher);
  stock_.on_lost(dispatcher);
  access_.erase(dispatcher);
}

/// Who does not serve us any more may hold our final card, which proves that we are revoked. It is told to
/// who does not say who he is: nobody else is let in with a revoked identity.
bool ReceivingTask::ask_for_proof(const NodeId& dispatcher) {
  const bool is_refused = connections_.failure_of(dispatcher).reason == reasons::kRefused;
  if (!is_refused || !asked_for_proof_.insert(dispatcher).second) return false;
  connections_.dial_once(dispatcher, Caller::anonymous, effects_);
  return true;
}

void ReceivingTask::on_proof(const NodeId& dispatcher, const CardFound& found, const Moment& at) {
  const Result<SignedCard> card = SignedCard::parse(found.card.value_or(Bytes{}));
  const bool is_proof = card && card->node_id() == identity_.node_id() && card->revocation();
  if (!is_proof) {
    connections_.give_up(dispatcher, {Errc::violation, reasons::kRefused}, at, effects_);
    return on_lost(dispatcher, at);
  }
  const Status kept =
      store_.write([&](Transaction& transaction) { return keep_revocation(transaction, *card); });
  finish(kept ? fail(Errc::unauthentic, reasons::kOwnRevoked) : kept, at);
}

void ReceivingTask::on_lost(const NodeId& dispatcher, const Moment& at) {
  // Whatever has a lane has a session: also who is called again has none for now.
  lanes_.erase(dispatcher);
  publisher_.on_lost(dispatcher);
  copies_.on_lost(dispatcher);
  stock_.on_lost(dispatcher);
  access_.erase(dispatcher);
  if (!ask_for_proof(dispatcher)) gather(at);
}

// Subscribing, once the dispatcher has our newest card.

void ReceivingTask::hear(const NodeId& dispatcher, SessionReady&, const Moment& at) {
  Session& session = *connections_.ready(dispatcher);
  if (connections_.caller_of(dispatcher) == Caller::anonymous) {
    session.look_up(identity_.node_id());
    return;
  }
  asked_for_proof_.erase(dispatcher);
  if (const auto said = session.time(); said && !succeeded(hear_time(*said, at), at)) return;
  if (connections_.ready(dispatcher) == nullptr) return;  // it was to be left
  if (publisher_.is_due(dispatcher, session))
    return act(dispatcher, publisher_.publish(dispatcher, session), at);
  report(dispatcher, at);
  subscribe(dispatcher, at);
}

void ReceivingTask::hear(const NodeId& dispatcher, CardFound& found, const Moment& at) {
  if (connections_.caller_of(dispatcher) == Caller::anonymous) return on_proof(dispatcher, found, at);
  act(dispatcher, publisher_.on_card(dispatcher, found, *connections_.ready(dispatcher), at), at);
}

void ReceivingTask::act(const NodeId& dispatcher, const Result<CardPublisher::Step>& step, const Moment& at) {
  if (!step) {
    connections_.give_up(dispatcher, step.error(), at, effects_);
    return on_lost(dispatcher, at);
  }
  if (*step != CardPublisher::Step::published) return;
  emit(Published{dispatcher});
  report(dispatcher, at);
  if (!lanes_.contains(dispatcher)) subscribe(dispatcher, at);
}

/// What was not done as long as our clock alone had leapt is due now.
Status ReceivingTask::hear_time(WallTime said, const Moment& at) {
  bool is_news = false;
  const auto hear = [&](Transaction& transaction) -> Status {
    TAUT_TRY(is_news, hear_wall_time(transaction, at.wall, said));
    if (is_news) TAUT_CHECK(keep_keys_and_card(transaction, at, random_));
    return {};
  };
  std::optional<WallTime> believed;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(believed, believed_time(transaction, at.wall));
    return {};
  }));
  if (!at.wall || *believed >= *at.wall) return {};
  TAUT_CHECK(store_.write(hear));
  return is_news ? meet_dispatchers(at) : Status();
}

/// The time by which a dispatcher is given up.
Result<std::optional<WallTime>> ReceivingTask::time_for_leaving(const Moment& at) {
  std::optional<WallTime> believed;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(believed, believed_time(transaction, at.wall));
    return {};
  }));
  return at.wall ? believed : std::nullopt;
}

void ReceivingTask::report(const NodeId& dispatcher, const Moment& at) {
  const auto up = std::chrono::duration_cast<std::chrono::seconds>(at.now - began_);
  publisher_.report(*connections_.ready(dispatcher), up + std::chrono::seconds(1));
}

void ReceivingTask::subscribe(const NodeId& dispatcher, const Moment& at) {
  const frame::Until until = stay_ == Stay::for_more ? frame::Until::closed : frame::Until::drained;
  const frame::RequestId request = connections_.ready(dispatcher)->subscribe(until);
  const bool is_first = !lanes_.contains(dispatcher);
  lanes_[dispatcher].rounds[request] = gaps_.round();
  if (!is_first) return;
  copies_.look(dispatcher, *connections_.ready(dispatcher));
  if (rule_) access_[dispatcher] = connections_.ready(dispatcher)->set_access(rule_->key, rule_->called_off);
  // Nobody claims anything where we are about to leave.
  if (!leaving_.contains(dispatcher))
    succeeded(stock_.look(dispatcher, *connections_.ready(dispatcher), at), at);
}

// KeyPackages.

void ReceivingTask::hear(const NodeId& dispatcher, KeyPackagesLow&, const Moment&) {
  if (!leaving_.contains(dispatcher)) stock_.count(dispatcher, *connections_.ready(dispatcher));
}

void ReceivingTask::hear(const NodeId& dispatcher, KeyPackagesCounted& counted, const Moment& at) {
  succeeded(stock_.on_counted(dispatcher, counted, *connections_.ready(dispatcher), at), at);
}

/// Somebody has used a KeyPackage, perhaps.
void ReceivingTask::count_stock() {
  for (const auto& [dispatcher, lane] : lanes_)
    if (Session* const session = connections_.ready(dispatcher); session && !leaving_.contains(dispatcher))
      stock_.count(dispatcher, *session);
}

// Copies of this state.

void ReceivingTask::hear(const NodeId& dispatcher, StateFound& found, const Moment& at) {
  act(dispatcher, copies_.on_state(dispatcher, found, *connections_.ready(dispatcher), at), at);
}

void ReceivingTask::act(const NodeId& dispatcher, const Result<CopyWatch::Seen>& seen, const Moment& at) {
  if (!seen) return finish(std::unexpected(seen.error()), at);
  if (seen->copy == Copy::none) return;
  emit(CopyNoticed{dispatcher, seen->copy});
  // A new sealing key and a new card, perhaps: senders shall find them.
  if (succeeded(publisher_.load(), at)) publish_where_due(at);
}

// Taking in.

void ReceivingTask::hear(const NodeId& dispatcher, Delivered& delivered, const Moment& at) {
  batch_bytes_ += delivered.envelope.size();
  batch_.push_back({dispatcher, std::move(delivered)});
  if (batch_.size() >= kBatchCountMax || batch_bytes_ >= kBatchBytesMax) commit(at);
}

void ReceivingTask::hear(const NodeId& dispatcher, AllDelivered& all, const Moment& at) {
  commit(at);  // what was delivered before counts before
  if (is_over()) return;
  Lane& lane = lanes_[dispatcher];
  lane.drained_round = std::max(lane.drained_round, lane.rounds[all.request]);
  lane.rounds.erase(all.request);
  has_drained_ = true;
}

void ReceivingTask::commit(const Moment& at) {
  if (batch_.empty()) return;
  std::vector<Arrival> arrivals;
  SealingKeyNumber newest_key = 0;
  if (!succeeded(open_batch(arrivals, newest_key), at)) return;
  const ReceiveCounters before = counters_;
  const Status accepted = store_.write([&](Transaction& transaction) {
    counters_ = before;
    return accept_all(transaction, arrivals, newest_key, at);
  });
  if (!succeeded(accepted, at)) return;
  counters_.unopened += batch_.size() - arrivals.size();
  if (counters_.accepted != before.accepted) emit(ItemsReady{});
  const bool has_welcome = std::ranges::any_of(
      arrivals, [](const Arrival& one) { return one.letter.content.type == envelope::ContentType::welcome; });
  release_batch();
  if (has_welcome) count_stock();
}

/// Outside the transaction that others wait for: opening is the dear part.
Status ReceivingTask::open_batch(std::vector<Arrival>& arrivals, SealingKeyNumber& newest_key) {
  std::optional<SealingKeys> keys;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(keys, load_sealing_keys(transaction));
    return {};
  }));
  newest_key = keys->newest;
  for (const Waiting& one : batch_) {
    Result<envelope::Letter> letter =
        envelope::open(one.delivered.envelope, identity_.node_id(), keys->pairs);
    if (letter) arrivals.push_back({*std::move(letter), one.delivered.received});
  }
  return {};
}

Status ReceivingTask::accept_all(Transaction& transaction, const std::vector<Arrival>& arrivals,
                                 SealingKeyNumber newest_key, const Moment& at) {
  TAUT_CHECK(note_wall_time(transaction, at.wall));
  std::vector<const envelope::Letter*> accepted;
  for (const Arrival& arrival : arrivals) {
    TAUT_TRY(const bool was_release, note_release(transaction, arrival.letter, identity_.node_id()));
    if (was_release) continue;
    TAUT_TRY(const Verdict verdict, accept(transaction, arrival, newest_key));
    ++(verdict == Verdict::accepted ? counters_.accepted : counters_.duplicates);
    if (verdict == Verdict::accepted) accepted.push_back(&arrival.letter);
  }
  TAUT_CHECK(seal_releases(transaction, {identity_, random_}, accepted, at));
  return look_for_gaps(transaction, at);
}

/// What is committed, and what nobody could open, need not wait at the dispatcher any more.
void ReceivingTask::release_batch() {
  for (const Waiting& one : std::exchange(batch_, {})) {
    const auto lane = lanes_.find(one.dispatcher);
    if (lane == lanes_.end()) continue;
    connections_.ready(one.dispatcher)->return_credit(one.delivered.envelope.size());
    lane->second.to_release.push_back(one.delivered.number);
  }
  batch_bytes_ = 0;
  for (auto& [dispatcher, lane] : lanes_) send_release(dispatcher, lane);
}

/// One release at a time: what gathers meanwhile goes with the next.
void ReceivingTask::send_release(const NodeId& dispatcher, Lane& lane) {
  if (lane.release || lane.to_release.empty()) return;
  lane.release = connections_.ready(dispatcher)->release(take_ranges(lane.to_release));
}

void ReceivingTask::hear(const NodeId& dispatcher, Answered& answer, const Moment& at) {
  const auto lane = lanes_.find(dispatcher);
  if (lane != lanes_.end() && lane->second.release == answer.request) {
    lane->second.release.reset();
    return send_release(dispatcher, lane->second);
  }
  if (const auto told = access_.find(dispatcher); told != access_.end() && told->second == answer.request) {
    access_.erase(told);  // refused or not: it is told again with the next link
    return;
  }
  const auto is_of_stock = stock_.on_answer(dispatcher, answer);
  if (!is_of_stock) return finish(std::unexpected(is_of_stock.error()), at);
  if (*is_of_stock) return;
  const auto seen = copies_.on_answer(dispatcher, answer, *connections_.ready(dispatcher), at);
  if (!seen || seen->is_ours) return act(dispatcher, seen, at);
  act(dispatcher, publisher_.on_answer(dispatcher, answer, *connections_.ready(dispatcher), at), at);
}

/// A dispatcher that was forgotten is left when it was told, and emptied after nobody could put there.
void ReceivingTask::leave_emptied(const Moment& at) {
  std::vector<NodeId> emptied;
  const auto wall = time_for_leaving(at);
  if (!wall) return finish(std::unexpected(wall.error()), at);
  for (const auto& [node, until] : leaving_) {
    const auto lane = lanes_.find(node);
    const bool is_empty = lane != lanes_.end() && lane->second.is_empty() && !publisher_.is_due(node);
    if (is_empty && *wall && **wall >= until) emptied.push_back(node);
  }
  if (emptied.empty()) return;
  const Status left = store_.write([&](Transaction& transaction) -> Status {
    for (const NodeId& node : emptied) TAUT_CHECK(transaction.erase_dispatcher(node));
    return {};
  });
  if (!succeeded(left, at)) return;
  for (const NodeId& node : emptied) {
    part_from(node);
    leaving_.erase(node);
  }
}

// Gaps.

Status ReceivingTask::look_for_gaps(Transaction& transaction, const Moment& at) {
  TAUT_TRY(const std::vector<Transaction::StreamName> waiting, transaction.streams_with_held());
  gaps_.update(waiting, at.now);
  return {};
}

/// Whatever a dispatcher had when a gap was seen has come, as soon as it says drained to this.
void ReceivingTask::ask_again(const Moment& at) {
  for (auto& [dispatcher, lane] : lanes_) {
    const auto is_asked = [&](const auto& open) { return open.second == gaps_.round(); };
    if (lane.drained_round >= gaps_.round() || std::ranges::any_of(lane.rounds, is_asked)) continue;
    subscribe(dispatcher, at);
  }
}

/// The round that every dispatcher which can be reached has drained.
std::uint64_t ReceivingTask::drained_round() const {
  using State = Connections::State;
  const bool is_waiting = !connections_.in_state(State::dialling).empty() ||
                          !connections_.in_state(State::greeting).empty() ||
                          connections_.in_state(State::ready).size() != lanes_.size();
  if (is_waiting) return 0;
  std::uint64_t round = gaps_.round();
  for (const auto& [dispatcher, lane] : lanes_) round = std::min(round, lane.drained_round);
  return round;
}

void ReceivingTask::report_gaps(const Moment& at) {
  const std::vector<Transaction::StreamName> due = gaps_.take_due(at.now, drained_round());
  if (due.empty()) return;
  const Status reported = store_.write([&](Transaction& transaction) -> Status {
    for (const Transaction::StreamName& stream : due) TAUT_CHECK(report_gap(transaction, stream));
    return look_for_gaps(transaction, at);
  });
  if (succeeded(reported, at)) emit(ItemsReady{});
}

// An owner that stays.

Effects ReceivingTask::ask(const Moment& at) {
  return step(at, [&] {
    asked_round_ = gaps_.begin_round();
    said_drained_ = false;
    gather(at);
  });
}

Effects ReceivingTask::refresh(const Moment& at) {
  return step(at, [&] {
    if (!succeeded(meet_dispatchers(at), at)) return;
    publish_where_due(at);
    gather(at);
  });
}

bool ReceivingTask::has_hope() const {
  using State = Connections::State;
  for (const State hopeful : {State::dialling, State::greeting, State::ready})
    if (!connections_.in_state(hopeful).empty()) return true;
  return false;
}

// Time.

void ReceivingTask::gather(const Moment& at) {
  commit(at);
  if (!is_over() && !leaving_.empty()) leave_emptied(at);
  if (is_over()) return;
  ask_again(at);
  if (is_over()) return;
  report_gaps(at);
  if (!is_over()) finish_if_drained(at);
}

void ReceivingTask::on_tick(const Moment& at) {
  if (at.now >= upkeep_due_) upkeep(at);
  if (is_over()) return;
  if (stay_ == Stay::for_more) connections_.redial(at, effects_);
  gather(at);
}

/// A node that stays up rotates its sealing key, and tells its dispatchers.
void ReceivingTask::upkeep(const Moment& at) {
  upkeep_due_ = at.now + kUpkeepEvery;
  const Status kept =
      store_.write([&](Transaction& transaction) { return keep_keys_and_card(transaction, at, random_); });
  if (!succeeded(kept, at) || !succeeded(forget_releases_that_are_over(store_, at.wall), at) ||
      !succeeded(meet_dispatchers(at), at))
    return;
  publish_where_due(at);
  if (is_over()) return;
  for (const auto& [dispatcher, lane] : lanes_)
    if (Session* const session = connections_.ready(dispatcher)) copies_.look(dispatcher, *session);
  count_stock();
}

void ReceivingTask::publish_where_due(const Moment& at) {
  std::vector<NodeId> due;
  for (const auto& [dispatcher, lane] : lanes_)
    if (publisher_.is_due(dispatcher) && !publisher_.is_asking(dispatcher)) due.push_back(dispatcher);
  for (const NodeId& dispatcher : due) {
    if (is_over()) return;  // one that failed was the last that was waited for
    if (Session* const session = connections_.ready(dispatcher))
      act(dispatcher, publisher_.publish(dispatcher, *session), at);
  }
}

std::optional<Instant> ReceivingTask::own_deadline() const {
  std::optional<Instant> next = earliest(upkeep_due_, gaps_.next_deadline());
  if (stay_ == Stay::for_more) next = earliest(next, connections_.redial_deadline());
  return next;
}

void ReceivingTask::finish_if_drained(const Moment& at) {
  const auto has_releases = [](const auto& lane) {
    return lane.second.release.has_value() || !lane.second.to_release.empty();
  };
  const bool is_waiting =
      drained_round() == 0 || !gaps_.empty() || (asked_round_ && drained_round() < *asked_round_);
  if (is_waiting || std::ranges::any_of(lanes_, has_releases)) return;
  if (stay_ == Stay::until_drained && (copies_.is_busy() || stock_.is_busy() || !access_.empty())) return;
  if (has_drained_ && !std::exchange(said_drained_, true)) emit(Drained{});
  if (stay_ == Stay::for_more) return;
  finish(has_drained_ ? Status() : Status(std::unexpected(connections_.failure())), at);
}

void ReceivingTask::end_early(const Moment& at) {
  commit(at);
  finish({}, at);
}

}  // namespace

std::unique_ptr<Receiving> make_receiving(Store& store, const identity::Identity& identity, Random& random,
                                          Stay stay, std::size_t key_packages) {
  return std::make_unique<ReceivingTask>(store, identity, random, stay, key_packages);
}

}  // namespace taut::node
