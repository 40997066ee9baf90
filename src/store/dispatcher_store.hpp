#pragma once
// A dispatcher's store on its own thread. Operations that come while a sync is under way share the next
// transaction and its sync; one that comes when nothing is under way does not wait.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/random.hpp"
#include "dispatcher/effects.hpp"
#include "store/failure.hpp"

namespace taut::store {

class DispatcherStore {
 public:
  struct Completion {
    dispatcher::OperationId id = 0;
    dispatcher::StoreResult result;
  };
  /// Called on the store's thread, with results in the order of their operations, after what they say is
  /// durable; passes them to the loop. Must not wait for the loop, and must not throw.
  using Deliver = std::function<void(std::vector<Completion>)>;

  /// @param random  used here and not kept
  /// @errors        locked: another dispatcher has it; those of store::open()
  static Opened<std::unique_ptr<DispatcherStore>> start(const std::filesystem::path& file, Random& random,
                                                        Deliver deliver);

  DispatcherStore(const DispatcherStore&) = delete;
  DispatcherStore& operator=(const DispatcherStore&) = delete;
  /// Stops.
  ~DispatcherStore();

  /// Exactly one completion follows. When too much waits, or the store has stopped, it is an error.
  void submit(dispatcher::StoreOperation operation);
  /// So much waits that the loop should read less from the network until results have come.
  bool is_crowded() const;

  /// Carries out what waits, delivers its results, and closes the database. Nothing may be submitted
  /// afterwards.
  void stop();

  /// Set once a write has failed. The operations under way have got an error, and so does everything from
  /// then on: destroy this, and start another (when the disk was full, when there is room again).
  std::optional<Failure> failure() const;

 private:
  class Worker;
  explicit DispatcherStore(std::unique_ptr<Worker> worker);
  std::unique_ptr<Worker> worker_;
};

}  // namespace taut::store
