#pragma once
// A topic, or the wish to be let into one, over a carrier without a log: MQTT, a pipe (docs/protocol/node.md,
// "Topics without a log"). Frames and times in; frames, and what there is to tell, out.
//
// Whoever drives it hands over every frame that comes, and publishes what is `outgoing` for as long as the
// carrier has room. Nothing is outgoing that was not stored before. What is lost on the way comes again from
// the topic's own timers; when the carrier is back, at once.

#include <deque>

#include "node/topics.hpp"
#include "topic/entry.hpp"

namespace taut::node {

class CarrierTopic {
 public:
  /// Frames that are taken in one transaction, however many more are at hand.
  static constexpr std::size_t kFrameBatchMax = 256;
  /// What waits for the carrier: beyond that the topic says it again, later.
  static constexpr std::size_t kOutgoingCountMax = 2'048;
  static constexpr std::size_t kOutgoingBytesMax = std::size_t{32} << 20;
  /// A carrier that is up has handed over what it kept for us when it was silent for so long …
  static constexpr Duration kQuiet = std::chrono::milliseconds(300);
  /// … and at the latest after this.
  static constexpr Duration kQuietMax = std::chrono::seconds(3);

  /// What a call brought, stored already.
  struct News {
    std::vector<topic::Event> events;
    bool has_items = false;
  };

  /// Everything outlives it.
  CarrierTopic(Store& store, const identity::Identity& identity, Random& random, RowNumber topic)
      : maker_{store, identity, random}, keeper_(store, identity, random, topic) {}

  /// Loads it, or loads it again where another process has changed it.
  /// @errors those of TopicKeeper: it is of no use any more
  Result<News> refresh(const Moment& at);
  /// @pre refresh() succeeded once, for all of these

  /// The carrier takes frames from now on: what is not acknowledged goes out again.
  Result<News> on_up(const Moment& at);
  /// It does not any more. What was outgoing is dropped: the topic has it.
  void on_down();
  /// One frame. What nobody in the topic wrote is dropped.
  void on_frame(ByteView frame, Instant now);
  bool has_batch() const { return frames_.size() >= kFrameBatchMax; }
  /// No more frames are at hand: those that came are taken in one transaction.
  Result<News> settle(const Moment& at);
  Result<News> tick(const Moment& at);
  std::optional<Instant> next_deadline() const;
  /// @errors what the topic says against it: it stays as it was
  Result<News> change(const TopicKeeper::Body& body, const Moment& at);

  /// What to publish next; nullptr: nothing, or the carrier is not there.
  const topic::Entry* outgoing() const { return outgoing_.empty() ? nullptr : &outgoing_.front(); }
  /// It is the carrier's now.
  void pop_outgoing();

  /// The carrier is up, and what it kept for us was taken.
  bool is_current() const { return is_current_; }
  /// Closed, and everybody was told who could be.
  bool is_over() const;
  const TopicKeeper& keeper() const { return keeper_; }

 private:
  Result<News> take(Result<TopicOutcome> outcome);
  void publish(topic::Entry entry);
  Status open_welcome(std::deque<Bytes>& frames, News& news, const Moment& at);
  std::optional<Instant> topic_due() const;
  bool is_joining() const { return keeper_.phase() == TopicPhase::joining; }

  TopicMaker maker_;
  TopicKeeper keeper_;
  std::optional<topic::Wrapper> wrapper_;
  std::deque<Bytes> frames_;
  std::deque<topic::Entry> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  bool is_up_ = false;
  bool is_current_ = false;
  Instant quiet_at_, quiet_at_last_;  ///< while it is up and not current
};

}  // namespace taut::node
