#pragma once
// A dispatcher's storage in its database (store/dispatcher_store.hpp), for a loop.

#include <filesystem>

#include "carrier/loop.hpp"
#include "run/dispatcher_storage.hpp"
#include "store/dispatcher_store.hpp"

namespace taut::run {

class StoredDispatcher final : public DispatcherStorage {
 public:
  /// @param on_failed  a write or sync has failed: nothing works any more until it is opened again. Called
  ///                   once, on the loop's thread
  static store::Opened<std::unique_ptr<StoredDispatcher>> open(
      carrier::Loop& loop, const std::filesystem::path& file, Random& random,
      std::function<void(const store::Failure&)> on_failed);

  void start(Take take) override { take_ = std::move(take); }
  void submit(dispatcher::StoreOperation operation) override { store_->submit(std::move(operation)); }
  bool is_crowded() const override { return store_->is_crowded(); }

 private:
  using Completions = std::vector<store::DispatcherStore::Completion>;

  StoredDispatcher(carrier::Loop& loop, std::function<void(const store::Failure&)> on_failed)
      : posts_(loop), on_failed_(std::move(on_failed)) {}
  void hand_in(Completions& completions);

  carrier::Posts posts_;
  std::function<void(const store::Failure&)> on_failed_;  ///< empty once it was called
  Take take_;
  std::unique_ptr<store::DispatcherStore> store_;  ///< last: its thread ends before the rest goes
};

}  // namespace taut::run
