#include "run/carrier_topic_runner.hpp"

#include "run/clocks.hpp"

namespace taut::run {

using carrier::Loop;
using node::CarrierTopic;

CarrierTopicRunner::CarrierTopicRunner(Loop& loop, node::Store& store, const identity::Identity& identity,
                                       Random& random, node::RowNumber topic, Way way,
                                       TopicRunner::Owner& owner)
    : topic_(store, identity, random, topic),
      way_(std::move(way)),
      owner_(owner),
      timer_(loop, [this] { go_on(topic_.tick(node_moment())); }),
      look_(loop, [this] { look(); }),
      leaving_(loop, [this] { finish({}); }),
      posts_(loop) {}

void CarrierTopicRunner::start() { look(); }

void CarrierTopicRunner::look() {
  look_.arm(Loop::now() + kLookEvery);
  refresh();
}

void CarrierTopicRunner::refresh() {
  if (finished_ || is_stopping_) return;
  Result<CarrierTopic::News> news = topic_.refresh(node_moment());
  is_loaded_ = news.has_value();
  if (is_loaded_ && !carrier_) take_carrier();
  go_on(std::move(news));
}

/// Another process has it, or we do from now on.
void CarrierTopicRunner::take_carrier() {
  auto lock = store::FileLock::take(way_.lock);
  is_elsewhere_ = !lock;
  if (!lock || !way_.open) return;
  auto opened = way_.open(topic_.keeper(), *this);
  if (!opened) {
    failure_ = opened.error();
    return;
  }
  lock_ = *std::move(lock);
  carrier_ = *std::move(opened);
}

// The carrier.

void CarrierTopicRunner::on_up() { go_on(topic_.on_up(node_moment())); }

void CarrierTopicRunner::on_down(const Error& why) {
  failure_ = why;
  topic_.on_down();
  tell_soon();
}

void CarrierTopicRunner::on_frame(ByteView frame) {
  if (finished_) return;
  topic_.on_frame(frame, Loop::now());
  if (topic_.has_batch()) settle();
}

void CarrierTopicRunner::settle() {
  if (!finished_) go_on(topic_.settle(node_moment()));
}

void CarrierTopicRunner::on_taken(FrameCarrier::Ticket ticket, const Status& outcome) {
  auto taken = under_way_.extract(ticket);
  if (taken.empty()) return;
  if (!outcome) {
    failure_ = outcome.error();
    taken.mapped().publication = node::Publication::refused;
  }
  published_.push_back(taken.mapped());
  pump();
  tell_soon();
}

void CarrierTopicRunner::on_end(const Status& why) {
  carrier_end_ = why;
  tell_soon();
}

// What follows from a call.

void CarrierTopicRunner::go_on(Result<CarrierTopic::News> news) {
  if (finished_) return;
  if (!news) return finish(std::unexpected(news.error()));
  std::ranges::move(news->events, std::back_inserter(events_));
  pump();
  tell_soon();
  timer_.arm(topic_.next_deadline());
}

void CarrierTopicRunner::pump() {
  while (carrier_ && topic_.outgoing() != nullptr) {
    const topic::Entry& entry = *topic_.outgoing();
    const Result<FrameCarrier::Ticket> ticket = carrier_->publish(entry.bytes);
    const node::EntryPublished published{entry.id, entry.kind, node::Publication::stored};
    if (ticket) {
      under_way_.emplace(*ticket, published);
    } else if (ticket.error().reason == reasons::kQuota) {
      break;
    } else {
      failure_ = ticket.error();
      published_.push_back({entry.id, entry.kind, node::Publication::refused});
    }
    topic_.pop_outgoing();
  }
  leave_if_idle();
}

/// Later: the owner may have called us, and may call again from what it is told.
void CarrierTopicRunner::tell_soon() {
  if (std::exchange(will_tell_, true)) return;
  posts_.post([this] {
    will_tell_ = false;
    if (!finished_) tell();
  });
}

void CarrierTopicRunner::tell() {
  for (const topic::Event& event : std::exchange(events_, {})) owner_.on_topic_happened(event);
  for (const node::EntryPublished& entry : std::exchange(published_, {})) owner_.on_entry_published(entry);
  if (const auto end = std::exchange(carrier_end_, std::nullopt)) owner_.on_carrier_end(*end);
  owner_.on_progress();
  if (topic_.is_over() && under_way_.empty()) finish({});
}

// An owner.

Status CarrierTopicRunner::change(const node::TopicKeeper::Body& body) {
  Result<CarrierTopic::News> news = topic_.change(body, node_moment());
  if (!news) return std::unexpected(news.error());
  go_on(std::move(news));
  return {};
}

void CarrierTopicRunner::stop() {
  if (finished_ || std::exchange(is_stopping_, true)) return;
  look_.arm(std::nullopt);
  leaving_.arm(Loop::now() + kLeaveMax);
  if (is_loaded_) settle();
  leave_if_idle();
}

void CarrierTopicRunner::leave_if_idle() {
  if (is_stopping_ && is_idle()) finish({});
}

void CarrierTopicRunner::finish(const Status& status) {
  if (finished_) return;
  finished_ = status;
  for (carrier::Timer* const timer : {&timer_, &look_, &leaving_}) timer->arm(std::nullopt);
  if (carrier_) carrier_->close();
  // The goodbye goes out with the loop's next turn; this comes behind it.
  posts_.post([this] {
    lock_.reset();
    const Status ended = *finished_;
    owner_.on_finished(ended);
  });
}

}  // namespace taut::run
