#include "node/topic_task.hpp"

#include <deque>

#include "node/fallback_logs.hpp"
#include "node/linked_task.hpp"
#include "node/log_lanes.hpp"
#include "topic/topic.hpp"

namespace taut::node {

namespace {

/// Entries that gather before they are committed, however many more are at hand.
constexpr std::size_t kEntryBatchMax = 256;
/// So long a home may be away before its fallbacks are tried.
constexpr Duration kFallbackAfter = std::chrono::seconds(10);

/// What a topic refuses changed nothing in it.
Status take_if_any(TopicChange& change, Result<topic::Step> step) {
  return step ? change.take(*std::move(step)) : Status();
}

class TopicLogTask final : public LinkedTask<TopicTask> {
 public:
  TopicLogTask(Store& store, const identity::Identity& identity, Random& random, RowNumber topic)
      : keeper_(store, identity, random, topic) {}

  Changed change(const TopicKeeper::Body& body, const Moment& at) override;
  Effects refresh(const Moment& at) override;
  bool is_current() const override { return keeper_.topic() && lanes_.is_drained(keeper_.topic()->epoch()); }
  bool is_reachable() const override { return is_current() || fallback_logs_.is_open(); }
  Error failure() const override { return refused_ ? *refused_ : connections_.failure(); }
  const TopicKeeper& keeper() const override { return keeper_; }

 private:
  void begin(const Moment& at) override;
  void on_lost(const NodeId& dispatcher, const Moment& at) override;
  void gather(const Moment& at) override;
  void on_tick(const Moment& at) override;
  std::optional<Instant> own_deadline() const override;
  std::optional<Instant> topic_due() const;
  void end_early(const Moment& at) override;

  void hear(const NodeId& dispatcher, SessionReady& event, const Moment& at) override;
  void hear(const NodeId&, CardFound&, const Moment&) override {}
  void hear(const NodeId& dispatcher, Answered& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, EntryAppended& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, EntriesRead& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, ReadingDrained& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, ReadingOver& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, IntroductionTaken& event, const Moment& at) override;

  /// Nothing: not to be had on a dispatcher.
  std::optional<identity::Dispatcher> home() const;
  void meet_home(const Moment& at);
  Session* session() { return home_ ? connections_.ready(*home_) : nullptr; }
  bool is_home(const NodeId& dispatcher) const { return home_ == dispatcher; }
  std::span<const identity::Dispatcher> fallbacks() const;
  std::optional<Instant> fallback_due() const;
  void meet_fallbacks();
  void leave_fallbacks();
  void say_again(const Moment& at);
  /// Links to the keys of the epochs that are open here.
  void climb(const Moment& at);
  void caught_up(const Moment& at);
  void lose(const NodeId& dispatcher, const Moment& at);
  bool calls_again(const NodeId& dispatcher, bool is_done, const Moment& at);

  bool act(Result<TopicOutcome> outcome, const Moment& at);
  void publish(topic::Entry entry);
  void flush_entries();
  void flush_to_fallback();
  void commit(const Moment& at);
  Status take(TopicChange& change, const LogLanes::Waiting& waiting);
  void finish_if_closed(const Moment& at);

  TopicKeeper keeper_;
  std::optional<NodeId> home_;
  LogLanes lanes_;
  std::optional<Instant> away_since_;  ///< the home; none: it is there, and was read
  bool meets_fallbacks_ = false;
  FallbackLogs fallback_logs_;
  std::deque<topic::Entry> to_publish_;
  struct Appending {
    SubmissionId id;
    topic::EntryKind kind{};
  };
  std::map<frame::RequestId, Appending> appending_;
  std::optional<Error> refused_;
  bool said_drained_ = false;
};

void TopicLogTask::begin(const Moment& at) {
  if (!act(keeper_.refresh(at), at)) return;
  finish_if_closed(at);
  if (!is_over()) meet_home(at);
}

std::optional<identity::Dispatcher> TopicLogTask::home() const {
  if (const topic::Topic* const topic = keeper_.topic()) {
    const auto* const order = std::get_if<topic::LogOrder>(&topic->settings().order);
    if (order == nullptr) return std::nullopt;
    return order->homes.front();
  }
  for (const introduction::Place& place : keeper_.joining()->link().places)
    if (const auto* const dispatcher = std::get_if<identity::Dispatcher>(&place)) return *dispatcher;
  return std::nullopt;
}

/// Dials the topic's home, and leaves what was its home before.
void TopicLogTask::meet_home(const Moment& at) {
  const std::optional<identity::Dispatcher> current = home();
  if (!current) return finish(fail(Errc::misuse, reasons::kNotForLog), at);
  if (home_ == current->node_id && connections_.leads_to(*current)) return;
  leave_fallbacks();
  if (home_) {
    connections_.drop(*home_, effects_);
    on_lost(*home_, at);
  }
  home_ = current->node_id;
  away_since_ = at.now;
  connections_.dial(*current, effects_, Caller::anonymous);
}

void TopicLogTask::on_lost(const NodeId& dispatcher, const Moment& at) {
  if (!is_home(dispatcher)) return fallback_logs_.forget(dispatcher);
  lanes_ = {};
  to_publish_.clear();  // the topic publishes again what is not acknowledged
  appending_.clear();
  said_drained_ = false;
  if (!away_since_) away_since_ = at.now;
}

void TopicLogTask::hear(const NodeId&, SessionReady&, const Moment& at) {
  if (keeper_.phase() == TopicPhase::open) return climb(at);
  if (act(keeper_.tick(at), at)) flush_entries();
}

// While the home is away.

std::span<const identity::Dispatcher> TopicLogTask::fallbacks() const {
  if (!keeper_.topic()) return {};
  const auto* const order = std::get_if<topic::LogOrder>(&keeper_.topic()->settings().order);
  if (order == nullptr) return {};
  return std::span(order->homes).subspan(1);
}

std::optional<Instant> TopicLogTask::fallback_due() const {
  if (meets_fallbacks_ || !away_since_ || fallbacks().empty()) return std::nullopt;
  return *away_since_ + kFallbackAfter;
}

void TopicLogTask::meet_fallbacks() {
  meets_fallbacks_ = true;
  for (const identity::Dispatcher& one : fallbacks()) connections_.dial(one, effects_, Caller::anonymous);
}

void TopicLogTask::leave_fallbacks() {
  if (!std::exchange(meets_fallbacks_, false)) return;
  for (const NodeId& node : connections_.known())
    if (!is_home(node)) connections_.drop(node, effects_);
  fallback_logs_.forget_all();
}

/// The first that can be reached: all read all of them.
void TopicLogTask::flush_to_fallback() {
  for (const identity::Dispatcher& one : fallbacks()) {
    if (!fallback_logs_.is_open_at(one.node_id)) continue;
    Session& link = *connections_.ready(one.node_id);
    for (const topic::Entry& entry : to_publish_) {
      const bool is_for_all =
          entry.kind == topic::EntryKind::message || entry.kind == topic::EntryKind::checkpoint;
      if (is_for_all && link.has_room_for(entry.bytes.size()))
        fallback_logs_.append(one.node_id, entry, link);
    }
    return;
  }
}

// Keys, epoch by epoch.

void TopicLogTask::climb(const Moment& at) {
  if (is_over() || keeper_.phase() != TopicPhase::open) return;
  const topic::Topic& topic = *keeper_.topic();
  if (topic.standing() == topic::Standing::closed) return;
  meet_home(at);  // a commit may have moved it
  for (const NodeId& node : connections_.in_state(Connections::State::ready)) {
    Session& link = *connections_.ready(node);
    const Status opened = is_home(node) ? lanes_.open(topic, link) : fallback_logs_.open(topic, node, link);
    if (!opened) return finish(opened, at);
  }
}

void TopicLogTask::hear(const NodeId& dispatcher, Answered& event, const Moment& at) {
  const bool is_done = event.status == frame::AnswerStatus::done;
  if (!is_home(dispatcher)) {
    Session& link = *connections_.ready(dispatcher);
    const bool is_of_log = fallback_logs_.on_answer(dispatcher, event.request, is_done, link);
    if (is_of_log && !calls_again(dispatcher, is_done, at) && is_done) say_again(at);
    return;
  }
  std::optional<std::uint64_t> epoch = lanes_.on_answer(event.request, is_done);
  if (!epoch && !is_done) epoch = lanes_.on_over(event.request);  // a reading that was refused
  if (!epoch) return;
  const bool makes_log = *epoch == keeper_.topic()->settings().log_epoch;
  if ((makes_log || is_done) && calls_again(dispatcher, is_done, at)) return;
  if (lanes_.is_refused(keeper_.topic()->epoch())) {
    const Result<bool> is_named = lanes_.name_current(*keeper_.topic(), *session());
    if (!is_named) return finish(std::unexpected(is_named.error()), at);
    if (!*is_named) return lose(dispatcher, at);
  }
  lanes_.read(*keeper_.topic(), keeper_.record().introductions_read, *session());
  flush_entries();
}

/// A closed dispatcher makes logs for its own nodes alone: it is told who we are until it has made this one.
bool TopicLogTask::calls_again(const NodeId& dispatcher, bool is_done, const Moment& at) {
  if (is_done == (connections_.caller_of(dispatcher) == Caller::anonymous)) return false;
  const Caller caller = is_done ? Caller::anonymous : Caller::identified;
  connections_.give_up(dispatcher, {Errc::unavailable, reasons::kLogGone}, at, effects_);
  on_lost(dispatcher, at);
  connections_.dial_once(dispatcher, caller, effects_);
  return true;
}

/// Our key opens nothing here: later, perhaps, when others have used it.
void TopicLogTask::lose(const NodeId& dispatcher, const Moment& at) {
  refused_ = Error{Errc::unavailable, reasons::kLogGone};
  connections_.give_up(dispatcher, *refused_, at, effects_);
  on_lost(dispatcher, at);
}

void TopicLogTask::hear(const NodeId& dispatcher, ReadingOver& event, const Moment& at) {
  if (!is_home(dispatcher)) return;
  const std::optional<std::uint64_t> epoch = lanes_.on_over(event.reading);
  if (!epoch || *epoch != keeper_.topic()->epoch()) return;
  commit(at);
  if (!is_over() && *epoch == keeper_.topic()->epoch()) lose(dispatcher, at);
}

// Reading.

void TopicLogTask::hear(const NodeId& dispatcher, EntriesRead& event, const Moment& at) {
  const bool is_held = is_home(dispatcher) ? lanes_.hold(event) : fallback_logs_.hold(dispatcher, event);
  if (!is_held)  // what was on its way while its reading ended
    for (const ReadEntry& one : event.entries)
      connections_.ready(dispatcher)->return_credit(one.entry.size());
  if (lanes_.waiting_count() >= kEntryBatchMax) commit(at);
}

void TopicLogTask::hear(const NodeId& dispatcher, ReadingDrained& event, const Moment& at) {
  commit(at);  // what was read before counts before
  if (is_over() || !is_home(dispatcher)) return;
  const std::optional<std::uint64_t> epoch = lanes_.on_drained(event.reading);
  if (!epoch || *epoch != keeper_.topic()->epoch()) return;
  const std::uint64_t gone = keeper_.topic()->settings().log_base() + event.gone;
  if (gone > keeper_.topic()->cursor()) {
    const auto skip = [&](TopicChange& change) {
      return change.take(change.topic.skip_to(gone, change.now));
    };
    if (!act(keeper_.change(at, skip), at)) return;
  }
  caught_up(at);
}

void TopicLogTask::caught_up(const Moment& at) {
  refused_.reset();
  away_since_.reset();
  leave_fallbacks();
  if (std::exchange(said_drained_, true)) return;
  say_again(at);
  if (!is_over()) emit(Drained{});
}

/// There is a new way: what is not acknowledged takes it.
void TopicLogTask::say_again(const Moment& at) {
  const auto again = [](TopicChange& change) { return change.take(change.topic.resend(change.now)); };
  act(keeper_.change(at, again), at);
}

void TopicLogTask::commit(const Moment& at) {
  if (lanes_.waiting_count() == 0 && !fallback_logs_.has_waiting()) return;
  const std::vector<LogLanes::Waiting> batch = lanes_.take_waiting();
  const std::vector<FallbackLogs::Waiting> unplaced = fallback_logs_.take_waiting();
  const std::uint64_t base = keeper_.topic()->settings().log_base();
  const auto take_all = [&](TopicChange& change) -> Status {
    for (const LogLanes::Waiting& one : batch)
      if (change.topic.settings().log_base() == base) TAUT_CHECK(take(change, one));
    for (const FallbackLogs::Waiting& one : unplaced)
      TAUT_CHECK(take_if_any(change, change.topic.open(one.entry, std::nullopt, change.now)));
    return {};
  };
  if (!act(keeper_.change(at, take_all), at)) return;
  Session* const link = session();
  std::uint64_t introductions_read = 0;
  for (const LogLanes::Waiting& one : batch) {
    if (link != nullptr) link->return_credit(one.entry.entry.size());
    if (one.shelf == frame::Shelf::introductions)
      introductions_read = std::max(introductions_read, base + one.entry.number);
  }
  for (const FallbackLogs::Waiting& one : unplaced)
    if (Session* const from = connections_.ready(one.dispatcher)) from->return_credit(one.entry.size());
  if (!succeeded(keeper_.note_introductions_read(introductions_read), at)) return;
  climb(at);
  finish_if_closed(at);
}

/// What is no entry of ours, or not for now, is passed over: the log has it, and nobody can use it.
Status TopicLogTask::take(TopicChange& change, const LogLanes::Waiting& waiting) {
  topic::Topic& topic = change.topic;
  const std::uint64_t position = topic.settings().log_base() + waiting.entry.number;
  const bool is_late = waiting.shelf == frame::Shelf::introductions || waiting.epoch != topic.epoch();
  if (is_late) {
    return take_if_any(change, topic.open(waiting.entry.entry, std::nullopt, change.now));
  }
  if (position <= topic.cursor()) return {};  // another process has read it
  if (position > topic.cursor() + 1) TAUT_CHECK(take_if_any(change, topic.skip_to(position - 1, change.now)));
  auto step = topic.open(waiting.entry.entry, position, change.now);
  if (step) return change.take(*std::move(step));
  return take_if_any(change, topic.skip_to(position, change.now));
}

// Publishing.

/// @return  false: the task is over
bool TopicLogTask::act(Result<TopicOutcome> outcome, const Moment& at) {
  if (!outcome) {
    finish(std::unexpected(outcome.error()), at);
    return false;
  }
  for (topic::Entry& entry : outcome->publish) publish(std::move(entry));
  for (topic::Event& event : outcome->events) emit(TopicHappened{std::move(event)});
  if (outcome->has_items) emit(ItemsReady{});
  flush_entries();
  return true;
}

void TopicLogTask::publish(topic::Entry entry) {
  if (entry.kind == topic::EntryKind::acknowledgement) return;  // the log is one
  if (entry.kind == topic::EntryKind::welcome) {
    if (entry.to) emit(WelcomeDue{*std::move(entry.to), std::move(entry.bytes)});
    return;
  }
  to_publish_.push_back(std::move(entry));
}

/// What cannot go now is published again by the topic.
void TopicLogTask::flush_entries() {
  Session* const link = session();
  if (link == nullptr) {
    flush_to_fallback();
    return to_publish_.clear();
  }
  while (!to_publish_.empty()) {
    const topic::Entry& entry = to_publish_.front();
    if (entry.kind == topic::EntryKind::introduction) {
      const auto& log =
          keeper_.topic() ? keeper_.topic()->settings().log_id : keeper_.joining()->link().log_id;
      const auto life = std::chrono::duration_cast<std::chrono::seconds>(introduction::kIntroductionLife);
      const frame::RequestId request = link->introduce(log_id(log), entry.id, life, entry.bytes);
      appending_[request] = {entry.id, entry.kind};
    } else if (const std::optional<LogLanes::Key> key = lanes_.key_of(entry.epoch); key && key->is_proven) {
      if (!link->has_room_for(entry.bytes.size())) return;
      std::optional<frame::AccessKey> successor;
      if (entry.successor) successor = frame::AccessKey(entry.successor->view());
      const frame::RequestId request = link->append_entry(log_id(keeper_.topic()->settings().log_id),
                                                          key->key, entry.id, entry.bytes, successor);
      appending_[request] = {entry.id, entry.kind};
    } else if (key && entry.epoch == keeper_.topic()->epoch()) {
      return;  // its key is being proven
    }
    to_publish_.pop_front();
  }
}

void TopicLogTask::hear(const NodeId& dispatcher, EntryAppended& event, const Moment& at) {
  if (!is_home(dispatcher)) {
    if (const auto id = fallback_logs_.on_appended(dispatcher, event))
      emit(EntryPublished{*id, topic::EntryKind::message, Publication::at_fallback});
    return;
  }
  const auto appended = appending_.extract(event.request);
  if (appended.empty()) return;
  const bool is_stored = event.state == frame::AppendState::stored;
  emit(EntryPublished{appended.mapped().id, appended.mapped().kind,
                      is_stored ? Publication::stored : Publication::refused});
  flush_entries();
  finish_if_closed(at);
}

void TopicLogTask::hear(const NodeId&, IntroductionTaken& event, const Moment&) {
  const auto taken = appending_.extract(event.request);
  if (!taken.empty()) emit(EntryPublished{taken.mapped().id, taken.mapped().kind, Publication::stored});
}

// An owner.

TopicTask::Changed TopicLogTask::change(const TopicKeeper::Body& body, const Moment& at) {
  Status status;
  Effects effects = step(at, [&] {
    Result<TopicOutcome> outcome = keeper_.change(at, body);
    if (!outcome) {
      status = std::unexpected(outcome.error());
      return;
    }
    if (!act(std::move(outcome), at)) return;
    climb(at);
    finish_if_closed(at);
  });
  return {status, std::move(effects)};
}

Effects TopicLogTask::refresh(const Moment& at) {
  return step(at, [&] {
    const bool was_joining = keeper_.phase() == TopicPhase::joining;
    if (!act(keeper_.refresh(at), at)) return;
    meet_home(at);
    if (is_over()) return;
    if (was_joining && keeper_.phase() == TopicPhase::open) emit(ItemsReady{});
    climb(at);
    finish_if_closed(at);
  });
}

void TopicLogTask::finish_if_closed(const Moment& at) {
  if (is_over() || !keeper_.topic() || keeper_.topic()->standing() != topic::Standing::closed) return;
  if (appending_.empty() && to_publish_.empty()) finish({}, at);
}

// Time.

void TopicLogTask::gather(const Moment& at) {
  commit(at);
  if (!is_over()) flush_entries();
}

void TopicLogTask::on_tick(const Moment& at) {
  connections_.redial(at, effects_);
  if (const auto away = fallback_due(); away && at.now >= *away) meet_fallbacks();
  const std::optional<Instant> due = topic_due();
  if (due && at.now >= *due && !act(keeper_.tick(at), at)) return;
  gather(at);
}

std::optional<Instant> TopicLogTask::own_deadline() const {
  return earliest(earliest(topic_due(), fallback_due()), connections_.redial_deadline());
}

/// Asking to be let in waits for a link.
std::optional<Instant> TopicLogTask::topic_due() const {
  if (keeper_.phase() == TopicPhase::joining && connections_.in_state(Connections::State::ready).empty())
    return std::nullopt;
  return keeper_.next_deadline();
}

void TopicLogTask::end_early(const Moment& at) {
  commit(at);
  finish({}, at);
}

}  // namespace

std::unique_ptr<TopicTask> make_topic_task(Store& store, const identity::Identity& identity, Random& random,
                                           RowNumber topic) {
  return std::make_unique<TopicLogTask>(store, identity, random, topic);
}

}  // namespace taut::node
