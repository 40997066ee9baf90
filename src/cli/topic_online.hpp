#pragma once
// A topic that is online while a command runs: its task, its links, and the welcomes that go out.

#include <deque>
#include <set>

#include "carrier/pipe.hpp"
#include "cli/context.hpp"
#include "node/sending.hpp"
#include "node/topics.hpp"
#include "run/topic_runner.hpp"

namespace taut::cli {

/// Sends what lets others in, one envelope after the other.
class WelcomePost final : public run::TaskRunner::Owner {
 public:
  WelcomePost(carrier::Loop& loop, const OpenNode& node, Context& context, carrier::Loop::Task on_idle)
      : loop_(loop), node_(node), context_(context), on_idle_(std::move(on_idle)), posts_(loop) {}

  /// The same content is sent once.
  void post(const node::WelcomeDue& welcome);
  bool is_idle() const { return !runner_ && waiting_.empty(); }
  void stop();

 private:
  void next();
  void on_finished(const Status& status) override;

  carrier::Loop& loop_;
  const OpenNode& node_;
  Context& context_;
  carrier::Loop::Task on_idle_;
  std::set<Bytes> sent_;
  std::deque<node::WelcomeDue> waiting_;
  std::unique_ptr<node::Sending> sending_;
  std::unique_ptr<run::TaskRunner> runner_;
  carrier::Posts posts_;
};

class TopicOnline final : public run::TopicRunner::Owner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Something may have changed: read, published, stored, told.
    virtual void on_progress() = 0;
    virtual void on_event(const topic::Event&) {}
    virtual void on_entry(const node::EntryPublished&) {}
    /// Of a pipe: nothing more comes, or why it is of no use.
    virtual void on_pipe_end(const Status&) {}
    /// The last call.
    virtual void on_ended(const Status& status) = 0;
  };

  /// @param pipe  where a topic without a place goes; none: this process does not carry it
  TopicOnline(carrier::Loop& loop, const OpenNode& node, Context& context, node::RowNumber topic,
              Owner& owner, const std::optional<carrier::PipeSettings>& pipe = std::nullopt);

  void start() { runner_->start(); }
  /// Once: welcomes that are on their way are given up.
  void stop();
  bool has_ended() const { return has_ended_; }
  /// Stored when it returns, and published as soon as it can be.
  Status change(const node::TopicKeeper::Body& body) { return runner_->change(body); }
  /// What another process, or a welcome, changed.
  void refresh();
  bool is_current() const { return runner_->is_current(); }
  bool is_reachable() const { return runner_->is_reachable(); }
  /// This process has the carrier; else another one, or none.
  bool has_carrier() const { return runner_->has_carrier(); }
  bool is_carried() const { return runner_->is_carried(); }
  /// Waiting alone does not bring it online.
  bool is_hopeless() const;
  /// Nothing that was begun is still under way.
  bool is_idle() const { return welcomes_.is_idle() && runner_->is_idle(); }
  /// How it is carried; none: by a dispatcher's log.
  std::optional<node::CarrierKind> carrier() const { return carrier_; }
  /// nullptr: not let in yet, or not loaded.
  const topic::Topic* topic() const { return keeper().topic(); }
  const node::TopicKeeper& keeper() const { return runner_->keeper(); }
  /// Why there is no link, no log, or no broker.
  std::unexpected<Failure> failure() const;

 private:
  void on_progress() override { owner_.on_progress(); }
  void on_topic_happened(const topic::Event& event) override { owner_.on_event(event); }
  void on_entry_published(const node::EntryPublished& entry) override { owner_.on_entry(entry); }
  void on_welcome_due(const node::WelcomeDue& welcome) override { welcomes_.post(welcome); }
  void on_carrier_end(const Status& why) override { owner_.on_pipe_end(why); }
  void on_finished(const Status& status) override;

  Owner& owner_;
  std::optional<node::CarrierKind> carrier_;
  std::unique_ptr<run::TopicRunner> runner_;
  WelcomePost welcomes_;
  bool has_ended_ = false;
};

/// After an end that was none of the topic's own: the state file was busy, say.
inline constexpr std::chrono::seconds kBeginAgainAfter{5};

/// Whether some topic of this node is at a broker.
bool has_broker(store::NodeStore& store);

/// Every topic of a node that stays up, online.
class TopicsOnline {
 public:
  TopicsOnline(carrier::Loop& loop, const OpenNode& node, Context& context)
      : loop_(loop), node_(node), context_(context) {}

  /// Opens welcomes that came; takes up topics that are new, and drops those that were forgotten.
  void look();
  void stop();

 private:
  struct Kept final : TopicOnline::Owner {
    Kept(carrier::Loop& loop, const OpenNode& node, Context& context, node::RowNumber number)
        : online(loop, node, context, number, *this) {}
    void on_progress() override {}
    void on_ended(const Status& status) override;
    bool is_over() const { return online.has_ended() && online.is_idle(); }
    bool begins_again() const { return is_over() && again_at && carrier::Loop::now() >= *again_at; }

    TopicOnline online;
    std::optional<Instant> again_at;  ///< it did not end well; none: it is closed, or not over
  };
  void drop_forgotten(std::span<const node::KnownTopic> known);

  carrier::Loop& loop_;
  const OpenNode& node_;
  Context& context_;
  std::map<node::RowNumber, Kept> kept_;  ///< those that ended, too
};

}  // namespace taut::cli
