#pragma once
// A dispatcher's database: what waits together becomes durable together. A crash leaves, for each node, some
// first part of what waited; after a failure the process begins anew, as the daemon does.

#include "dispatcher/effects.hpp"
#include "sim/disk_fault.hpp"
#include "support/memory_store.hpp"

namespace taut::sim {

class DispatcherDisk {
 public:
  class User {
   public:
    virtual ~User() = default;
    virtual void on_result(dispatcher::OperationId id, dispatcher::StoreResult result) = 0;
    /// Operations have failed, and were answered: the disk serves nobody until it is opened again.
    virtual void on_failed() = 0;
    virtual void on_died() = 0;
  };
  /// Bugs that can be planted.
  enum class Honesty : std::uint8_t { honest, acknowledges_before_commit };

  DispatcherDisk(MachineId machine, Schedule& schedule, const Weather& weather, Chronicle& chronicle,
                 Dice& dice)
      : machine_(machine),
        schedule_(schedule),
        weather_(weather),
        chronicle_(chronicle),
        dice_(dice),
        faults_(machine, weather, chronicle) {}

  void open(User& user);
  void submit(dispatcher::StoreOperation operation);
  /// The process is gone: for each node, some first part of what waits has happened.
  void crash();

  test::MemoryStore& store() { return store_; }
  DiskFaults& faults() { return faults_; }
  bool is_full() const { return weather_.is_at(FaultKind::disk_full, machine_); }
  void set_honesty(Honesty honesty) { honesty_ = honesty; }
  /// Sees every operation that is carried out for good.
  std::function<void(const dispatcher::Operation&)> carried_out;
  /// Since when something that was removed is still in the file, without anything having gone wrong.
  std::optional<Instant> dirty_since() const { return dirty_since_; }

 private:
  using Result = std::pair<dispatcher::OperationId, dispatcher::StoreResult>;
  void begin_batch();
  void end_batch();
  void hand_in(std::vector<Result> results);
  void fail_all(Errc code, bool may_have_happened);
  void carry_out_some(std::vector<dispatcher::StoreOperation> operations);
  dispatcher::StoreResult carry_out(dispatcher::StoreOperation& operation);
  void lie(dispatcher::StoreOperation operation);
  void note_dirt();

  MachineId machine_;
  Schedule& schedule_;
  const Weather& weather_;
  Chronicle& chronicle_;
  Dice& dice_;
  DiskFaults faults_;
  test::MemoryStore store_;
  User* user_ = nullptr;
  std::uint64_t life_ = 0;  ///< of the process that uses it
  bool has_stopped_ = false;
  std::vector<dispatcher::StoreOperation> waiting_;
  std::vector<dispatcher::StoreOperation> batch_;
  std::optional<Instant> dirty_since_;
  Honesty honesty_ = Honesty::honest;
  std::optional<test::MemoryStore> synced_;  ///< of a liar
};

}  // namespace taut::sim
