#pragma once
// A command that is online with one topic until it has what it came for, or its patience is over.

#include "cli/task_session.hpp"
#include "cli/topic_online.hpp"
#include "node/topics.hpp"

namespace taut::cli {

/// How soon is noticed what another process did.
inline constexpr std::chrono::milliseconds kTopicLookEvery{250};

class TopicRun : public TopicOnline::Owner {
 protected:
  using Patience = std::optional<std::chrono::milliseconds>;  ///< none: without end

  /// @param pipe  for who carries a topic of pipes
  TopicRun(const OpenNode& node, Context& context, const node::KnownTopic& topic,
           const std::optional<carrier::PipeSettings>& pipe = std::nullopt);

  /// Returns when the topic has ended. What others do to it is looked for all the while: on_progress.
  void stay_online(Patience patience);
  /// From now on.
  void be_patient(Patience patience);
  void stop();
  /// It is over, before anything else ends.
  virtual void on_stopping() {}
  void on_ended(const Status& status) override;
  /// Whether it ended as it should.
  Done ending() const;

  const OpenNode& node_;
  Context& context_;
  const node::KnownTopic& topic_;
  Session session_;
  TopicOnline online_;
  bool was_current_ = false;
  bool is_late_ = false;  ///< or there was nothing to wait for
  bool is_stopping_ = false;

 private:
  void look();

  carrier::Timer look_;
  carrier::Timer patience_;
  Status ended_;
};

}  // namespace taut::cli
