#include "cli/topic_online.hpp"

#include "cli/link_words.hpp"
#include "cli/topic_carrier.hpp"
#include "node/topics.hpp"
#include "run/carrier_topic_runner.hpp"
#include "run/log_topic_runner.hpp"

namespace taut::cli {

void WelcomePost::post(const node::WelcomeDue& welcome) {
  if (!sent_.insert(welcome.content).second) return;
  waiting_.push_back(welcome);
  if (!runner_) next();
}

void WelcomePost::next() {
  runner_.reset();
  if (waiting_.empty()) return on_idle_();
  const node::WelcomeDue welcome = std::move(waiting_.front());
  waiting_.pop_front();
  sending_ = node::make_sending(*node_.store, node_.self.identity, welcome.to, context_.random);
  (void)sending_->offer({envelope::ContentType::welcome, welcome.content});
  sending_->no_more();
  runner_ = std::make_unique<run::TaskRunner>(loop_, *sending_, node_.self.identity, context_.random, *this);
  runner_->start();
}

/// What did not arrive, the topic says again.
void WelcomePost::on_finished(const Status& status) {
  if (!status) sent_.clear();
  posts_.post([this] { next(); });
}

void WelcomePost::stop() {
  waiting_.clear();
  if (runner_) runner_->stop();
}

TopicOnline::TopicOnline(carrier::Loop& loop, const OpenNode& node, Context& context, node::RowNumber topic,
                         Owner& owner, const std::optional<carrier::PipeSettings>& pipe)
    : owner_(owner), welcomes_(loop, node, context, [this] { owner_.on_progress(); }) {
  const auto found = node::topic_carrier(*node.store, topic);
  // What is wrong with the state file is said by whoever loads the topic.
  if (!found || !*found) {
    runner_ = std::make_unique<run::LogTopicRunner>(loop, *node.store, node.self.identity, context.random,
                                                    topic, *this);
    return;
  }
  carrier_ = (*found)->kind;
  run::CarrierTopicRunner::Way way{context.home.topic_lock(topic), {}};
  if (carrier_ == node::CarrierKind::broker)
    way.open = way_to_broker(loop, context.random, **found);
  else if (pipe)
    way.open = way_through_pipe(loop, context.random, *pipe);
  runner_ = std::make_unique<run::CarrierTopicRunner>(loop, *node.store, node.self.identity, context.random,
                                                      topic, std::move(way), *this);
}

void TopicOnline::stop() {
  welcomes_.stop();
  if (!has_ended_) runner_->stop();
}

void TopicOnline::refresh() {
  if (!has_ended_) runner_->refresh();
}

void TopicOnline::on_finished(const Status& status) {
  has_ended_ = true;
  owner_.on_ended(status);
}

bool TopicOnline::is_hopeless() const { return carrier_ && is_for_a_person(runner_->failure()); }

std::unexpected<Failure> TopicOnline::failure() const {
  const Error error = runner_->failure();
  if (carrier_) return carrier_failure(error);
  if (error.reason == reasons::kLogGone)
    return failure_of(ExitCode::not_found, error,
                      "The dispatcher has nothing of this topic that our key opens",
                      "Wait until another participant was online, and try again");
  if (const auto link = runner_->link_failure())
    return link_failure(link->error, title_of(link->dispatcher), link->dispatcher);
  return failure_of(ExitCode::unreachable, error, "The topic's dispatcher cannot be reached",
                    "Try again later");
}

bool has_broker(store::NodeStore& store) {
  const auto known = node::topics(store);
  return known && std::ranges::any_of(*known, [&](const node::KnownTopic& one) {
           const auto carrier = node::topic_carrier(store, one.number);
           return carrier && *carrier && (*carrier)->kind == node::CarrierKind::broker;
         });
}

// Failures of the state file show elsewhere: what is not taken up now is looked at again soon.
void TopicsOnline::look() {
  const node::TopicMaker maker{*node_.store, node_.self.identity, context_.random};
  (void)node::take_welcomes(maker, moment());
  const auto known = node::topics(*node_.store);
  if (!known) return;
  for (const node::KnownTopic& one : *known) {
    if (const auto ended = kept_.find(one.number); ended != kept_.end() && ended->second.begins_again())
      kept_.erase(ended);
    const auto [kept, is_new] = kept_.try_emplace(one.number, loop_, node_, context_, one.number);
    if (kept->second.online.carrier() == node::CarrierKind::pipe) continue;  // taut topic filter
    if (is_new)
      kept->second.online.start();
    else
      kept->second.online.refresh();
  }
  drop_forgotten(*known);
}

void TopicsOnline::drop_forgotten(std::span<const node::KnownTopic> known) {
  for (auto at = kept_.begin(); at != kept_.end();) {
    const auto kept = at++;
    if (std::ranges::find(known, kept->first, &node::KnownTopic::number) != known.end()) continue;
    kept->second.online.refresh();  // that ends it
    if (kept->second.is_over()) kept_.erase(kept);
  }
}

void TopicsOnline::Kept::on_ended(const Status& status) {
  if (!status) again_at = carrier::Loop::now() + kBeginAgainAfter;
}

void TopicsOnline::stop() {
  for (auto& [number, kept] : kept_) kept.online.stop();
}

}  // namespace taut::cli
