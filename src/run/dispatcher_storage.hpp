#pragma once
// Where a dispatcher's storage operations go. They are carried out on a thread of the store's own
// (store/dispatcher_store.hpp), or at once by a test's.

#include <functional>

#include "dispatcher/effects.hpp"

namespace taut::run {

class DispatcherStorage {
 public:
  /// Takes one result; the order is that of dispatcher/store.hpp.
  using Take = std::function<void(dispatcher::OperationId, dispatcher::StoreResult)>;

  virtual ~DispatcherStorage() = default;
  /// Called once, before the first submit. `take` is called on the loop's thread, never from submit.
  virtual void start(Take take) = 0;
  virtual void submit(dispatcher::StoreOperation operation) = 0;
  /// So much waits that less should be read from the network until results have come.
  virtual bool is_crowded() const = 0;
};

}  // namespace taut::run
