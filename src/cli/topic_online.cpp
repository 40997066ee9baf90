#include "cli/topic_online.hpp"

#include "cli/link_words.hpp"
#include "node/topics.hpp"

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
                         Owner& owner)
    : owner_(owner),
      task_(node::make_topic_task(*node.store, node.self.identity, context.random, topic)),
      runner_(loop, *task_, node.self.identity, context.random, *this),
      welcomes_(loop, node, context, [this] { owner_.on_progress(); }) {}

void TopicOnline::stop() {
  welcomes_.stop();
  if (!has_ended_) runner_.stop();
}

Status TopicOnline::change(const node::TopicKeeper::Body& body) {
  node::TopicTask::Changed changed = task_->change(body, moment());
  runner_.carry_out(std::move(changed.effects));
  return changed.status;
}

void TopicOnline::refresh() {
  if (!has_ended_) runner_.carry_out(task_->refresh(moment()));
}

void TopicOnline::on_finished(const Status& status) {
  has_ended_ = true;
  owner_.on_ended(status);
}

std::unexpected<Failure> TopicOnline::failure() const {
  const auto& link = runner_.last_link_failure();
  if (task_->failure().reason == reasons::kLogGone)
    return failure_of(ExitCode::not_found, task_->failure(),
                      "The dispatcher has nothing of this topic that our key opens",
                      "Wait until another participant was online, and try again");
  if (link) return link_failure(link->error, title_of(link->dispatcher), link->dispatcher);
  return failure_of(ExitCode::unreachable, task_->failure(), "The topic's dispatcher cannot be reached",
                    "Try again later");
}

// Failures of the state file show elsewhere: what is not taken up now is looked at again soon.
void TopicsOnline::look() {
  const node::TopicMaker maker{*node_.store, node_.self.identity, context_.random};
  (void)node::take_welcomes(maker, moment());
  const auto known = node::topics(*node_.store);
  if (!known) return;
  for (const node::KnownTopic& one : *known) {
    const auto [kept, is_new] = kept_.try_emplace(one.number, loop_, node_, context_, one.number);
    if (is_new)
      kept->second.online.start();
    else
      kept->second.online.refresh();
  }
}

void TopicsOnline::stop() {
  for (auto& [number, kept] : kept_) kept.online.stop();
}

}  // namespace taut::cli
