#pragma once
// A topic that is online, whatever carries it: a dispatcher's log, a broker, a pipe.

#include "node/topic_keeper.hpp"
#include "run/task_runner.hpp"

namespace taut::run {

/// All calls from and to the loop's thread.
class TopicRunner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Something may have changed: read, published, stored, told.
    virtual void on_progress() = 0;
    virtual void on_topic_happened(const topic::Event& event) = 0;
    virtual void on_entry_published(const node::EntryPublished& entry) = 0;
    /// With a log: what lets somebody in goes another way.
    virtual void on_welcome_due(const node::WelcomeDue& welcome) = 0;
    /// Nothing more comes from the carrier, as with a pipe that was closed; or why it is of no use.
    virtual void on_carrier_end(const Status&) {}
    /// The last call. May destroy the runner.
    virtual void on_finished(const Status& status) = 0;
  };

  virtual ~TopicRunner() = default;

  virtual void start() = 0;
  /// Ends early, in order; on_finished follows.
  virtual void stop() = 0;
  /// Stored when it returns, and published as soon as it can be.
  virtual Status change(const node::TopicKeeper::Body& body) = 0;
  /// What another process, or a welcome, changed.
  virtual void refresh() = 0;
  /// Everything that the carrier has for us was taken.
  virtual bool is_current() const = 0;
  /// What is sent goes somewhere now, if only to a fallback.
  virtual bool is_reachable() const { return is_current(); }
  /// This process has the carrier; else another one, or none.
  virtual bool has_carrier() const = 0;
  virtual bool is_carried() const = 0;
  /// Nothing that was published is still under way here.
  virtual bool is_idle() const = 0;
  virtual const node::TopicKeeper& keeper() const = 0;
  /// Why there is no carrier.
  virtual Error failure() const = 0;
  /// With a log: the last link that failed.
  virtual std::optional<TaskRunner::LinkFailure> link_failure() const { return std::nullopt; }
};

}  // namespace taut::run
