#pragma once
// A participant of a topic as a process: what it stored, what is not synced yet, and the topic in memory.

#include "sim/topic_carrier.hpp"
#include "sim/topic_ledger.hpp"
#include "support/people.hpp"
#include "topic/joining.hpp"

namespace taut::sim {

class TopicPerson {
 public:
  struct Site {
    Schedule& schedule;
    Chronicle& chronicle;
    Dice& dice;
    TopicCarrier& carrier;
    TopicLedger& ledger;
    std::function<std::optional<MachineId>(const NodeId&)> machine_of;
    std::function<void(MachineId, const introduction::Introduction&)> on_introduced;
  };
  TopicPerson(Site site, MachineId id, std::uint64_t seed);
  TopicPerson(const TopicPerson&) = delete;
  TopicPerson& operator=(const TopicPerson&) = delete;

  MachineId id() const { return id_; }
  const NodeId& node_id() const { return card_.node_id(); }
  const identity::SignedCard& card() const { return card_; }
  test::SeededRandom& random() { return random_; }
  topic::Surroundings surroundings() { return {identity_.signature_key(), card_, random_}; }
  topic::Topic* topic() { return topic_ ? &*topic_ : nullptr; }
  bool is_open() const { return topic_ && topic_->standing() == topic::Standing::open; }
  bool is_joining() const { return joining_.has_value(); }
  topic::Time now() const;

  void create(const topic::NewTopic& options);
  void join(const introduction::Locator& link);
  void say();
  /// Any other call.
  void act(const std::function<Result<topic::Step>(topic::Topic&)>& call);
  /// A link that lets one in.
  std::optional<introduction::Locator> invite();

  enum class Dying : std::uint8_t { before_the_sync, after_it };
  void crash(Dying how);
  void keep_a_copy();
  /// Begins anew from the copy. @return false: there is none
  bool restore();
  std::vector<topic::Record> records() const;

  /// Plants a bug: what was said is forgotten when somebody else's commit takes the epoch.
  void forget_what_was_said() { forgets_ = true; }

 private:
  struct Waiting {
    topic::Step step;
    std::optional<SpokenWord> word;
    MessageId message_id;
    std::set<MachineId> audience;
  };
  struct Copy {
    std::map<Bytes, Bytes> files;
    TopicLedger::Ears ears;
  };

  void open(ByteView entry, std::optional<std::uint64_t> position);
  void tick();
  void commit(Waiting waiting);
  void sync();
  void store(Waiting& waiting);
  void note(const topic::Event& event);
  void start(topic::LoadAs as);
  void arm();
  void forget();

  Site site_;
  MachineId id_;
  test::SeededRandom random_;
  identity::Identity identity_;
  identity::SignedCard card_;
  std::map<Bytes, Bytes> files_;
  std::vector<Waiting> unsynced_;
  std::optional<topic::Topic> topic_;
  std::optional<topic::Joining> joining_;
  std::optional<introduction::Locator> link_;
  std::optional<Copy> copy_;
  std::uint64_t life_ = 0;  ///< of the process: what belongs to one that died does not happen
  bool forgets_ = false, must_forget_ = false;
  Alarm alarm_;
};

}  // namespace taut::sim
