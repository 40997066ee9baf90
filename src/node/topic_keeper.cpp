#include "node/topic_keeper.hpp"

#include "node/believed_time.hpp"
#include "node/self.hpp"
#include "node/topic_carrier.hpp"

namespace taut::node {

namespace {

void append(TopicOutcome& all, TopicOutcome more) {
  std::ranges::move(more.publish, std::back_inserter(all.publish));
  std::ranges::move(more.events, std::back_inserter(all.events));
  all.has_items = all.has_items || more.has_items;
}

}  // namespace

Status write_changes(Transaction& transaction, RowNumber topic, const topic::Changes& changes) {
  for (const Bytes& key : changes.erase) TAUT_CHECK(transaction.erase_topic_record(topic, key));
  for (const topic::Record& record : changes.put)
    TAUT_CHECK(transaction.put_topic_record(topic, record.key, record.value.expose()));
  return {};
}

namespace {

Status take_step(Transaction& transaction, RowNumber topic, topic::Step step, TopicOutcome& outcome) {
  TAUT_CHECK(write_changes(transaction, topic, step.changes));
  for (const topic::Event& event : step.events) {
    const std::optional<TopicWhat> shown = shown_of(event);
    if (!shown) continue;
    outcome.has_items = true;
    TAUT_CHECK(keep_topic_item(transaction, topic, *shown));
  }
  std::ranges::move(step.publish, std::back_inserter(outcome.publish));
  std::ranges::move(step.events, std::back_inserter(outcome.events));
  return {};
}

}  // namespace

Result<topic::Time> topic_time(Transaction& transaction, const Moment& at) {
  TAUT_TRY(const std::optional<WallTime> wall, note_wall_time(transaction, at.wall));
  return topic::Time{at.now, wall};
}

Status TopicSurroundings::look(Transaction& transaction) {
  TAUT_TRY(const std::optional<SecretBytes> bytes, transaction.value(ValueKey::own_card));
  if (bytes && card_ && equal(bytes->expose(), card_->bytes())) return {};
  TAUT_TRY(identity::SignedCard card, own_card(transaction));
  card_ = std::move(card);
  return {};
}

Status TopicChange::take(topic::Step step) {
  is_changed_ = is_changed_ || !step.changes.empty();
  return take_step(transaction_, number_, std::move(step), outcome_);
}

Status TopicChange::take(Result<topic::Step> step) {
  if (!step) return std::unexpected(step.error());
  return take(*std::move(step));
}

Status TopicChange::tell(const TopicWhat& what) {
  outcome_.has_items = true;
  return keep_topic_item(transaction_, number_, what);
}

void TopicKeeper::drop() {
  topic_.reset();
  joining_.reset();
}

Result<bool> TopicKeeper::is_newest(Transaction& transaction) const {
  if (!topic_ && !joining_) return false;
  TAUT_TRY(const std::optional<TopicRow> row, transaction.topic(number_));
  return row && row->version == row_.version;
}

Status TopicKeeper::save_row(Transaction& transaction) {
  ++row_.version;
  row_.record = encode(record_);
  return transaction.set_topic(row_);
}

Result<TopicOutcome> TopicKeeper::load(Transaction& transaction, topic::Time now) {
  drop();
  TAUT_TRY(std::optional<TopicRow> row, transaction.topic(number_));
  if (!row) return fail(Errc::unavailable, reasons::kNoSuchTopic);
  row_ = *std::move(row);
  TAUT_TRY(record_, parse_topic_record(row_.record));
  TAUT_TRY(std::vector<topic::Record> records, own_topic_records(transaction, number_));
  if (record_.phase == TopicPhase::joining) {
    TAUT_TRY(topic::Joining joining, topic::Joining::load(surroundings_.give(), std::move(records), now));
    joining_ = std::make_unique<topic::Joining>(std::move(joining));
    return TopicOutcome{};
  }
  const topic::LoadAs as = record_.copied == Copied::yes ? topic::LoadAs::restored : topic::LoadAs::usual;
  TAUT_TRY(topic::Topic::Begun begun, topic::Topic::load(surroundings_.give(), std::move(records), now, as));
  topic_ = std::make_unique<topic::Topic>(std::move(begun.topic));
  TopicChange change(transaction, number_, *topic_, now);
  const bool is_changed = !begun.step.changes.empty() || record_.copied == Copied::yes;
  TAUT_CHECK(change.take(std::move(begun.step)));
  record_.copied = Copied::no;
  if (is_changed) TAUT_CHECK(save_row(transaction));
  return std::move(change.outcome());
}

Result<TopicOutcome> TopicKeeper::transact(
    const Moment& at, const std::function<Result<TopicOutcome>(Transaction&, topic::Time)>& body) {
  TopicOutcome outcome;
  const Status done = store_.write([&](Transaction& transaction) -> Status {
    outcome = {};
    TAUT_CHECK(surroundings_.look(transaction));
    TAUT_TRY(const topic::Time now, topic_time(transaction, at));
    TAUT_TRY(const bool is_here, is_newest(transaction));
    if (!is_here) {
      TAUT_TRY(outcome, load(transaction, now));
    }
    TAUT_TRY(TopicOutcome more, body(transaction, now));
    append(outcome, std::move(more));
    return {};
  });
  if (!done) {
    drop();
    return std::unexpected(done.error());
  }
  return outcome;
}

Result<TopicOutcome> TopicKeeper::refresh(const Moment& at) {
  bool is_here = false;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(is_here, is_newest(transaction));
    return {};
  }));
  if (is_here) return TopicOutcome{};
  return transact(at, [](Transaction&, topic::Time) { return Result<TopicOutcome>(TopicOutcome{}); });
}

Result<TopicOutcome> TopicKeeper::change(const Moment& at, const Body& body) {
  return transact(at, [&](Transaction& transaction, topic::Time now) -> Result<TopicOutcome> {
    if (!topic_) return fail(Errc::unavailable, reasons::kStillJoining);
    TopicChange change(transaction, number_, *topic_, now);
    TAUT_CHECK(body(change));
    if (change.is_changed()) TAUT_CHECK(save_row(transaction));
    return std::move(change.outcome());
  });
}

Result<TopicOutcome> TopicKeeper::tick(const Moment& at) {
  return transact(at, [&](Transaction& transaction, topic::Time now) -> Result<TopicOutcome> {
    TAUT_TRY(topic::Step step, topic_ ? topic_->tick(now) : joining_->tick(now));
    const bool is_changed = !step.changes.empty();
    TopicOutcome outcome;
    TAUT_CHECK(take_step(transaction, number_, std::move(step), outcome));
    if (is_changed) TAUT_CHECK(save_row(transaction));
    return outcome;
  });
}

Status TopicKeeper::note_introductions_read(std::uint64_t number) {
  if (number <= record_.introductions_read) return {};
  return store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const bool is_here, is_newest(transaction));
    if (!is_here) return {};  // whoever was faster reads it again: it is known then
    record_.introductions_read = number;
    return save_row(transaction);
  });
}

std::optional<Instant> TopicKeeper::next_deadline() const {
  if (topic_) return topic_->next_deadline();
  if (joining_) return joining_->next_deadline();
  return std::nullopt;
}

}  // namespace taut::node
