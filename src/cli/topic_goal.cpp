#include "cli/topic_goal.hpp"

#include "cli/nearest.hpp"
#include "cli/topic_run.hpp"
#include "identity/reasons.hpp"
#include "introduction/reasons.hpp"
#include "topic/reasons.hpp"

namespace taut::cli {
namespace {

class GoalRun final : public TopicRun {
 public:
  GoalRun(const OpenNode& node, Context& context, const node::KnownTopic& topic, const TopicGoal& goal)
      : TopicRun(node, context, topic), goal_(goal) {}

  Done run() {
    stay_online(goal_.patience);
    return result();
  }

 private:
  void on_progress() override {
    if (is_stopping_ || !online_.topic()) return;
    was_current_ = was_current_ || online_.is_current();
    if (was_current_ && !is_changed_) make_change();
    if (is_stopping_ || !is_changed_) return;
    // What is asked for where nothing carries it waits in the state file.
    const bool is_carried = online_.is_carried();
    is_reached_ = goal_.is_reached(*online_.topic()) && (online_.is_idle() || !is_carried);
    if (is_reached_ || !is_carried) stop();
  }
  void on_event(const topic::Event& event) override {
    const auto* const undone = std::get_if<topic::Undone>(&event);
    if (undone == nullptr || !is_changed_) return;
    changed_ = fail(Errc::unavailable, undone->reason);
    stop();
  }
  void make_change() {
    is_changed_ = true;
    if (goal_.change) changed_ = online_.change(goal_.change);
    if (!changed_) stop();
  }
  /// A topic that is closed has nothing more to say: that may have been the goal.
  void on_ended(const Status& status) override {
    if (!is_reached_ && is_changed_ && online_.topic()) is_reached_ = goal_.is_reached(*online_.topic());
    TopicRun::on_ended(status);
  }
  Done result() const {
    if (session_.was_interrupted()) return interrupted();
    if (!changed_) return topic_failure(*node_.store, changed_.error(), topic_.name);
    if (is_reached_) return {};
    TAUT_CHECK(ending());
    if (!was_current_) return online_.failure();
    if (!online_.is_carried())
      return failure(ExitCode::not_running, "not_carried",
                     "It is asked for, and nothing carries '" + topic_.name + "' now",
                     "Put it on a pipe: taut topic filter " + topic_.name);
    return failure(
        ExitCode::timeout, "not_yet", "It is asked for, and has not happened in time",
        "It is tried again whenever the topic is online: taut up; look with taut topic show " + topic_.name);
  }

  const TopicGoal& goal_;
  Status changed_;
  bool is_changed_ = false;
  bool is_reached_ = false;
};

std::vector<std::string> topic_names(node::Store& store) {
  std::vector<std::string> names;
  if (const auto all = node::topics(store))
    for (const node::KnownTopic& one : *all) names.push_back(one.name);
  return names;
}

}  // namespace

Done reach_goal(const OpenNode& node, Context& context, const node::KnownTopic& topic,
                const TopicGoal& goal) {
  return GoalRun(node, context, topic, goal).run();
}

Outcome<node::KnownTopic> find_topic(store::NodeStore& store, const std::string& name) {
  auto found = node::find_topic(store, name);
  if (found) return *std::move(found);
  if (found.error().reason != reasons::kNoSuchTopic) return state_failure(store, found.error());
  return failure_of(ExitCode::not_found, found.error(),
                    "There is no topic '" + name + "'" + did_you_mean(name, topic_names(store)),
                    "Make one: taut topic create NAME; or join one: taut topic join LINK NAME");
}

Outcome<std::unique_ptr<node::TopicKeeper>> load_topic(const OpenNode& node, Context& context,
                                                       const node::KnownTopic& topic) {
  auto keeper =
      std::make_unique<node::TopicKeeper>(*node.store, node.self.identity, context.random, topic.number);
  const auto loaded = keeper->refresh(moment());
  if (!loaded) return topic_failure(*node.store, loaded.error(), topic.name);
  return keeper;
}

Done check_open(const node::TopicKeeper& keeper, const store::NodeStore& store) {
  if (!keeper.topic())
    return topic_failure(store, {Errc::unavailable, reasons::kStillJoining}, keeper.name());
  if (keeper.topic()->standing() == topic::Standing::closed)
    return topic_failure(store, {Errc::violation, reasons::kTopicClosed}, keeper.name());
  return {};
}

std::unexpected<Failure> topic_failure(const store::NodeStore& store, const Error& error,
                                       const std::string& name) {
  if (error.reason == reasons::kNoSuchTopic)
    return failure_of(ExitCode::not_found, error, "There is no topic '" + name + "'",
                      "List them: taut topic list");
  if (error.reason == reasons::kTopicExists)
    return failure_of(ExitCode::usage, error, "There is a topic '" + name + "' here already",
                      "Choose another name");
  if (error.reason == reasons::kBadName)
    return failure_of(ExitCode::usage, error, "'" + name + "' cannot be a topic's name",
                      "Give at most 64 bytes of UTF-8 without control characters");
  if (error.reason == reasons::kStillJoining)
    return failure_of(ExitCode::not_found, error, "Nobody has let us into '" + name + "' so far",
                      "Stay online until somebody does: taut up");
  if (error.reason == reasons::kTopicClosed)
    return failure_of(ExitCode::not_found, error, "We are no longer in '" + name + "'",
                      "Ask a participant for an invitation; forget what is here: taut topic forget " + name);
  if (error.reason == reasons::kQuota)
    return failure_of(ExitCode::timeout, error, "Too much of '" + name + "' waits already",
                      "Wait until others have taken it; see how much: taut topic show " + name);
  if (error.reason == reasons::kDiverged)
    return failure_of(ExitCode::authentication, error,
                      "'" + name + "' has stopped here: others have another history",
                      "It comes back as soon as a participant lets us in again: taut up");
  if (error.reason == reasons::kNotMember)
    return failure_of(ExitCode::not_found, error, "That is no participant of '" + name + "'",
                      "See who is: taut topic show " + name);
  if (error.reason == reasons::kBarred)
    return failure_of(ExitCode::identity, error, "That node was removed from '" + name + "' for good",
                      "Lift that first: taut topic unbar " + name + " NODE");
  if (error.reason == reasons::kBadIntroduction || error.reason == reasons::kBadInvitation)
    return failure_of(ExitCode::not_found, error, "This request to join '" + name + "' is over",
                      "Have it made again: taut topic join LINK");
  if (error.reason == reasons::kNotForLog)
    return failure_of(ExitCode::usage, error, "'" + name + "' is not kept at a dispatcher",
                      "See where it is: taut topic show " + name);
  return state_failure(store, error);
}

}  // namespace taut::cli
