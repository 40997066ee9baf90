#pragma once
// Keeps one topic, or the wish to be let into one, in touch with the dispatcher that has its log
// (docs/protocol/node.md, "Topics"). All of it is said on links that name no node, but for the making of a
// log at a dispatcher that is closed.
//
// Entries are read from the cursor that the topic keeps, and committed with what they bring before anything
// is published. What is published and lost comes again from the topic's own timer.

#include <memory>

#include "node/store.hpp"
#include "node/topic_keeper.hpp"

namespace taut::node {

class TopicTask : public Task {
 public:
  /// Changes the topic and publishes what follows. Carry the effects out, whatever the result.
  struct Changed {
    Status status;
    Effects effects;
  };
  virtual Changed change(const TopicKeeper::Body& body, const Moment& at) = 0;
  /// Another process, or a welcome, may have changed the topic.
  virtual Effects refresh(const Moment& at) = 0;
  /// Everything that the log has for us was read on the link that is up.
  virtual bool is_current() const = 0;
  /// What is sealed now reaches others: the topic is current, or a fallback takes its home's place.
  virtual bool is_reachable() const = 0;
  /// Why there is no link, or no log.
  virtual Error failure() const = 0;
  virtual const TopicKeeper& keeper() const = 0;
};

/// Stays until it is stopped. Ends with
///   unavailable (no_such_topic): it was forgotten; misuse (not_for_log): it has no log;
///   without an error: stopped, or the topic is closed.
/// Its Drained says that it is current. Store, identity and random outlive the task.
std::unique_ptr<TopicTask> make_topic_task(Store& store, const identity::Identity& identity, Random& random,
                                           RowNumber topic);

}  // namespace taut::node
