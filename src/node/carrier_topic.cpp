#include "node/carrier_topic.hpp"

namespace taut::node {

namespace {

void add(CarrierTopic::News& all, CarrierTopic::News more) {
  std::ranges::move(more.events, std::back_inserter(all.events));
  all.has_items = all.has_items || more.has_items;
}

topic::Wrapper wrapper_of(const TopicKeeper& keeper) {
  if (const topic::Topic* const topic = keeper.topic())
    return {topic->settings().wrap_key.view(), topic->settings().log_id};
  const introduction::Locator& link = keeper.joining()->link();
  return {link.wrap_key.expose(), link.log_id};
}

}  // namespace

Result<CarrierTopic::News> CarrierTopic::take(Result<TopicOutcome> outcome) {
  if (!outcome) return std::unexpected(outcome.error());
  for (topic::Entry& entry : outcome->publish) publish(std::move(entry));
  return News{std::move(outcome->events), outcome->has_items};
}

void CarrierTopic::publish(topic::Entry entry) {
  const bool has_room =
      outgoing_.size() < kOutgoingCountMax && outgoing_bytes_ + entry.bytes.size() <= kOutgoingBytesMax;
  const bool waits_already = std::ranges::find(outgoing_, entry.id, &topic::Entry::id) != outgoing_.end();
  if (!is_up_ || !has_room || waits_already) return;
  outgoing_bytes_ += entry.bytes.size();
  outgoing_.push_back(std::move(entry));
}

void CarrierTopic::pop_outgoing() {
  outgoing_bytes_ -= outgoing_.front().bytes.size();
  outgoing_.pop_front();
}

Result<CarrierTopic::News> CarrierTopic::refresh(const Moment& at) {
  Result<News> news = take(keeper_.refresh(at));
  if (news && !wrapper_) wrapper_.emplace(wrapper_of(keeper_));
  return news;
}

// The carrier.

Result<CarrierTopic::News> CarrierTopic::on_up(const Moment& at) {
  is_up_ = true;
  is_current_ = false;
  quiet_at_ = at.now + kQuiet;
  quiet_at_last_ = at.now + kQuietMax;
  if (is_joining()) return take(keeper_.tick(at));
  return take(
      keeper_.change(at, [](TopicChange& change) { return change.take(change.topic.resend(change.now)); }));
}

void CarrierTopic::on_down() {
  is_up_ = is_current_ = false;
  outgoing_.clear();
  outgoing_bytes_ = 0;
}

void CarrierTopic::on_frame(ByteView frame, Instant now) {
  if (frame.size() > topic::kEntryBytesMax || !wrapper_->unwrap(frame)) return;
  frames_.push_back(to_bytes(frame));
  quiet_at_ = now + kQuiet;
}

Result<CarrierTopic::News> CarrierTopic::settle(const Moment& at) {
  std::deque<Bytes> frames = std::exchange(frames_, {});
  News news;
  if (is_joining()) TAUT_CHECK(open_welcome(frames, news, at));
  if (frames.empty()) return news;
  // What a topic refuses changed nothing in it: whoever wrote it writes to others, or to nobody.
  const auto open_all = [&](TopicChange& change) -> Status {
    for (const Bytes& frame : frames)
      if (auto step = change.topic.open(frame, std::nullopt, change.now))
        TAUT_CHECK(change.take(*std::move(step)));
    return {};
  };
  TAUT_TRY(News opened, take(keeper_.change(at, open_all)));
  add(news, std::move(opened));
  return news;
}

/// Whoever waits to be let in looks for the answer. What comes behind it is for a participant.
Status CarrierTopic::open_welcome(std::deque<Bytes>& frames, News& news, const Moment& at) {
  while (!frames.empty() && is_joining()) {
    const auto body = wrapper_->unwrap(frames.front());
    bool is_open = false;
    if (body && body->kind == topic::EntryKind::welcome) {
      TAUT_TRY(is_open, take_welcome(maker_, keeper_.number(), frames.front(), at));
    }
    frames.pop_front();
    if (!is_open) continue;
    TAUT_TRY(News let_in, refresh(at));
    add(news, std::move(let_in));
    news.has_items = true;
  }
  return {};
}

// Time.

Result<CarrierTopic::News> CarrierTopic::tick(const Moment& at) {
  if (is_up_ && !is_current_ && at.now >= std::min(quiet_at_, quiet_at_last_)) is_current_ = true;
  const std::optional<Instant> due = topic_due();
  if (!due || at.now < *due) return News{};
  return take(keeper_.tick(at));
}

std::optional<Instant> CarrierTopic::next_deadline() const {
  std::optional<Instant> next = topic_due();
  if (is_up_ && !is_current_) next = earliest(next, std::min(quiet_at_, quiet_at_last_));
  return next;
}

/// Saying things again waits for a carrier, and for room on it.
std::optional<Instant> CarrierTopic::topic_due() const {
  if (!is_up_) return std::nullopt;
  return keeper_.next_deadline();
}

// An owner.

Result<CarrierTopic::News> CarrierTopic::change(const TopicKeeper::Body& body, const Moment& at) {
  return take(keeper_.change(at, body));
}

bool CarrierTopic::is_over() const {
  const bool is_closed = keeper_.topic() && keeper_.topic()->standing() == topic::Standing::closed;
  return is_closed && outgoing_.empty();
}

}  // namespace taut::node
