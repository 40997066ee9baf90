#pragma once
// A topic in memory beside its records in the state file. Everything that changes it happens inside one
// transaction, with what is to be shown of it; where another process was faster, it is loaded again first.

#include <functional>
#include <memory>

#include "base/random.hpp"
#include "identity/identity.hpp"
#include "node/task.hpp"
#include "node/topic_records.hpp"
#include "topic/joining.hpp"

namespace taut::node {

/// What topics use of this node. The card is the one in the state file, as it was last looked at.
class TopicSurroundings {
 public:
  TopicSurroundings(const identity::Identity& identity, Random& random)
      : identity_(identity), random_(random) {}
  TopicSurroundings(const TopicSurroundings&) = delete;
  TopicSurroundings& operator=(const TopicSurroundings&) = delete;

  /// Before any topic that uses it is made or changed.
  Status look(Transaction& transaction);
  /// @pre look()
  topic::Surroundings give() const { return {identity_.signature_key(), *card_, random_}; }

 private:
  const identity::Identity& identity_;
  Random& random_;
  std::optional<identity::SignedCard> card_;
};

/// What became of a change: publish and tell it, once it is stored.
struct TopicOutcome {
  std::vector<topic::Entry> publish;
  std::vector<topic::Event> events;
  bool has_items = false;
};

/// A change that is under way, in a transaction.
class TopicChange {
 public:
  TopicChange(Transaction& transaction, RowNumber number, topic::Topic& topic, topic::Time now)
      : now(now), topic(topic), transaction_(transaction), number_(number) {}

  /// Writes what a step changed, and keeps the rest of it for later.
  Status take(topic::Step step);
  Status take(Result<topic::Step> step);
  /// For the owner to see.
  Status tell(const TopicWhat& what);
  TopicOutcome& outcome() { return outcome_; }
  /// Others have to load it again.
  bool is_changed() const { return is_changed_; }

  const topic::Time now;
  topic::Topic& topic;

 private:
  Transaction& transaction_;
  RowNumber number_;
  TopicOutcome outcome_;
  bool is_changed_ = false;
};

class TopicKeeper {
 public:
  using Body = std::function<Status(TopicChange&)>;

  /// Everything outlives it.
  TopicKeeper(Store& store, const identity::Identity& identity, Random& random, RowNumber number)
      : store_(store), surroundings_(identity, random), number_(number) {}

  RowNumber number() const { return number_; }

  /// Loads it, or loads it again where another process has changed it.
  /// @errors unavailable (no_such_topic); malformed (damaged_state, bad_records)
  Result<TopicOutcome> refresh(const Moment& at);
  /// In one transaction; after any error nothing has changed, and the topic is loaded again.
  /// @pre phase() is open
  Result<TopicOutcome> change(const Moment& at, const Body& body);
  /// What is due, in either phase.
  Result<TopicOutcome> tick(const Moment& at);
  /// Of an introduction box: the number of the last that was read.
  Status note_introductions_read(std::uint64_t number);

  /// @pre refresh() succeeded once, for all of these
  const std::string& name() const { return row_.name; }
  const TopicRecord& record() const { return record_; }
  TopicPhase phase() const { return record_.phase; }
  /// nullptr: joining.
  const topic::Topic* topic() const { return topic_.get(); }
  const topic::Joining* joining() const { return joining_.get(); }
  std::optional<Instant> next_deadline() const;

 private:
  Result<TopicOutcome> transact(const Moment& at,
                                const std::function<Result<TopicOutcome>(Transaction&, topic::Time)>& body);
  Result<TopicOutcome> load(Transaction& transaction, topic::Time now);
  Result<bool> is_newest(Transaction& transaction) const;
  Status save_row(Transaction& transaction);
  void drop();

  Store& store_;
  TopicSurroundings surroundings_;
  RowNumber number_;
  TopicRow row_;
  TopicRecord record_;
  std::unique_ptr<topic::Topic> topic_;
  std::unique_ptr<topic::Joining> joining_;
};

/// Writes changes as they are meant: first what is erased, then what is put.
Status write_changes(Transaction& transaction, RowNumber topic, const topic::Changes& changes);
/// The time as topics take it: the wall clock does not go back.
Result<topic::Time> topic_time(Transaction& transaction, const Moment& at);

}  // namespace taut::node
