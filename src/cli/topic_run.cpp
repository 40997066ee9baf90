#include "cli/topic_run.hpp"

#include "cli/topic_goal.hpp"

namespace taut::cli {

TopicRun::TopicRun(const OpenNode& node, Context& context, const node::KnownTopic& topic,
                   const std::optional<carrier::PipeSettings>& pipe)
    : node_(node),
      context_(context),
      topic_(topic),
      session_([this] { stop(); }),
      online_(session_.loop(), node, context, topic.number, *this, pipe),
      look_(session_.loop(), [this] { look(); }),
      patience_(session_.loop(), [this] {
        is_late_ = true;
        stop();
      }) {}

void TopicRun::stay_online(Patience patience) {
  session_.loop().post([this, patience] {
    be_patient(patience);
    look_.arm(carrier::Loop::now() + kTopicLookEvery);
    online_.start();
  });
  session_.loop().run();
}

void TopicRun::be_patient(Patience patience) {
  patience_.arm(patience ? std::optional(carrier::Loop::now() + *patience) : std::nullopt);
}

void TopicRun::look() {
  online_.refresh();
  look_.arm(carrier::Loop::now() + kTopicLookEvery);
  on_progress();
  if (was_current_ || !online_.is_hopeless()) return;
  is_late_ = true;
  stop();
}

void TopicRun::stop() {
  if (std::exchange(is_stopping_, true)) return;
  on_stopping();
  look_.arm(std::nullopt);
  patience_.arm(std::nullopt);
  // Called from within the task's own effects, perhaps.
  session_.loop().post([this] {
    if (online_.has_ended()) return session_.loop().stop();
    online_.stop();
  });
}

void TopicRun::on_ended(const Status& status) {
  ended_ = status;
  session_.loop().stop();
}

Done TopicRun::ending() const {
  if (!ended_) return topic_failure(*node_.store, ended_.error(), topic_.name);
  return {};
}

}  // namespace taut::cli
