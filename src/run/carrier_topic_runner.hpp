#pragma once
// A topic on a carrier without a log.
//
// One process of a node has the carrier, whoever was first: a broker knows one session of us, and what comes
// out of a pipe comes once. It holds the topic's lock. All others work on the state file, look for what it
// has changed there, and take the carrier over when its process has ended.

#include <deque>
#include <filesystem>
#include <functional>
#include <map>

#include "node/carrier_topic.hpp"
#include "run/frame_carrier.hpp"
#include "run/topic_runner.hpp"
#include "store/private_files.hpp"

namespace taut::run {

class CarrierTopicRunner final : public TopicRunner, FrameCarrier::Owner {
 public:
  /// How soon is noticed what another process did.
  static constexpr std::chrono::milliseconds kLookEvery{250};
  /// What was published may take so long to leave when it is stopped.
  static constexpr std::chrono::seconds kLeaveMax{1};

  /// How this process comes to the carrier.
  struct Way {
    std::filesystem::path lock;
    /// Empty: it cannot. Called once the topic is loaded.
    std::function<Result<std::unique_ptr<FrameCarrier>>(const node::TopicKeeper&, FrameCarrier::Owner&)> open;
  };

  /// Everything outlives it.
  CarrierTopicRunner(carrier::Loop& loop, node::Store& store, const identity::Identity& identity,
                     Random& random, node::RowNumber topic, Way way, TopicRunner::Owner& owner);

  void start() override;
  void stop() override;
  Status change(const node::TopicKeeper::Body& body) override;
  void refresh() override;
  /// Of who has no carrier: as current as the state file.
  bool is_current() const override { return carrier_ ? topic_.is_current() : is_loaded_; }
  bool has_carrier() const override { return carrier_ != nullptr; }
  bool is_carried() const override { return carrier_ != nullptr || is_elsewhere_; }
  bool is_idle() const override { return under_way_.empty() && topic_.outgoing() == nullptr; }
  const node::TopicKeeper& keeper() const override { return topic_.keeper(); }
  Error failure() const override { return failure_; }

 private:
  void on_up() override;
  void on_down(const Error& why) override;
  void on_frame(ByteView frame) override;
  /// A broker forgets what was stored, and nothing else.
  void on_frames_end() override { settle(); }
  void on_taken(FrameCarrier::Ticket ticket, const Status& outcome) override;
  void on_end(const Status& why) override;

  void look();
  void take_carrier();
  void settle();
  /// Publishes what there is room for, tells what there is to tell, and sets the timer.
  void go_on(Result<node::CarrierTopic::News> news);
  void pump();
  void tell_soon();
  void tell();
  void leave_if_idle();
  void finish(const Status& status);

  node::CarrierTopic topic_;
  Way way_;
  TopicRunner::Owner& owner_;
  std::optional<store::FileLock> lock_;
  std::map<FrameCarrier::Ticket, node::EntryPublished> under_way_;
  std::deque<topic::Event> events_;
  std::deque<node::EntryPublished> published_;
  std::optional<Status> carrier_end_;
  Error failure_{Errc::unavailable, reasons::kUnreachable};
  bool is_loaded_ = false;
  bool is_elsewhere_ = false;  ///< another process has the carrier
  bool will_tell_ = false;
  bool is_stopping_ = false;
  std::optional<Status> finished_;
  carrier::Timer timer_;
  carrier::Timer look_;
  carrier::Timer leaving_;
  carrier::Posts posts_;
  std::unique_ptr<FrameCarrier> carrier_;  ///< last: it calls the rest
};

}  // namespace taut::run
