#pragma once
// Up to 32 people, one ordered log, one group: whatever they do in whatever order, those who are in an
// epoch agree on it, and nobody else can open its messages.
//
// The log is what a dispatcher keeps: proposals and commits, in one order for all, read by each at its own
// pace and more than once. The first commit for an epoch is the one that counts. Application messages are
// lost, doubled, changed on the way and delivered late.

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <random>
#include <set>

#include "mls/group.hpp"
#include "mls/message.hpp"
#include "support/seeded_random.hpp"

namespace taut::test {

class Model {
 public:
  static constexpr std::size_t kPeople = 32;

  Model(std::uint64_t seed, crypto::SuiteId suite, mls::HandshakeFormat handshake);
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  /// The first one invites all the others at once.
  void gather();
  /// Somebody does something.
  void step();
  /// Everybody reads the log to its end, and sends one message that all others open.
  void settle();

  struct Counts {
    std::size_t epochs = 0, lost_commits = 0, joined = 0, joined_externally = 0, removed = 0;
    std::size_t opened = 0, opened_late = 0, refused = 0, reloads = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  using Person = std::size_t;
  enum class Kind : std::uint8_t { proposal, self_remove, commit };

  /// What incremental saving has made of a group so far.
  struct Store {
    std::map<mls::RecordKey, Bytes> records;
    void take(mls::Changes changes);
    std::vector<mls::Record> copy() const;
  };
  struct Someone {
    mls::Client client;
    std::unique_ptr<mls::Group> group;
    Store store;
    std::uint64_t since = 0;  ///< the epoch in which this stay began
    std::size_t read = 0;     ///< entries of the log
    std::vector<mls::OwnKeyPackage> key_packages;
  };
  /// A group that its owner was removed from, or gave up: it must stay blind.
  struct Ghost {
    std::unique_ptr<mls::Group> group;
    std::uint64_t last_epoch;
  };
  struct Entry {
    std::uint64_t epoch;
    Bytes bytes;
    Kind kind;
  };
  struct Sent {
    Person sender;
    std::uint64_t epoch;
    Bytes plaintext;
    Bytes bytes;
    std::set<Person> opened_by;
  };
  struct Psks final : mls::PskSource {
    Result<SecretBytes> external_psk(ByteView psk_id) const override;
    Result<SecretBytes> resumption_psk(const mls::GroupId& group_id, std::uint64_t epoch) const override;
  };

  // What somebody may do.
  void send(Person who);
  void propose(Person who);
  void commit(Person who);
  void read(Person who, std::size_t count);
  void read_again(Person who);
  void deliver(Person who);
  void reload(Person who);
  void join_externally(Person who);
  void haunt();

  void race();
  void log(std::uint64_t epoch, Bytes bytes, Kind kind);
  void log_commit(Person author, mls::SentCommit sent);
  void welcome(const Bytes& message);
  void read_entry(Person who, const Entry& entry);
  void enter(Person who, mls::Group group);
  void agree(Person who);
  void give_up(Person who, std::uint64_t last_epoch);
  void must_fail(mls::Group& group, ByteView bytes);
  bool may_open(Person who, const Sent& message) const;
  void offer(Person who, Sent& message);

  mls::Proposal some_proposal(Person who);
  mls::Proposal add(Person invited);
  std::vector<Person> inside() const;
  std::vector<Person> outside() const;
  Person one_of(const std::vector<Person>& people) { return people[below(people.size())]; }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(dice_() % bound); }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  mls::Hooks hooks() { return {.random = random_, .psks = psks_}; }
  mls::Time now() const { return {.instant = instant_, .wall = WallTime{1'700'000'000'000}}; }
  static Person person_of(const mls::Credential& credential);

  std::mt19937_64 dice_;
  SeededRandom random_;
  Psks psks_;
  mls::Settings settings_;
  Instant instant_;
  std::vector<Someone> people_;
  std::vector<Ghost> ghosts_;
  std::vector<Entry> log_;
  std::uint64_t head_ = 0;  ///< the epoch that the log has come to
  std::map<std::uint64_t, Bytes> authenticators_;
  std::map<std::uint64_t, std::set<Person>> members_;
  std::vector<Sent> messages_;
  Counts counts_;
};

}  // namespace taut::test
