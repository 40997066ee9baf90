#pragma once
// Operations on their way from the loop's thread to the store's: in order, bounded, taken in batches.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "dispatcher/effects.hpp"

namespace taut::store {

class OperationQueue {
 public:
  /// What may wait. An operation over it is refused, in its turn.
  static constexpr std::size_t kBytesMax = std::size_t{320} << 20;
  /// From here on, whoever makes operations should make fewer.
  static constexpr std::size_t kBytesHigh = std::size_t{16} << 20;
  /// One transaction.
  static constexpr std::size_t kBatchOperationsMax = 2048;
  static constexpr std::size_t kBatchBytesMax = std::size_t{8} << 20;

  struct Entry {
    dispatcher::OperationId id = 0;
    std::optional<dispatcher::Operation> operation;  ///< nullopt: refused
  };
  using Batch = std::vector<Entry>;

  void push(dispatcher::StoreOperation operation);
  /// No more comes; what waits is still taken.
  void close();
  bool is_crowded() const;

  /// All that waits, up to one transaction's worth. Empty: nothing came for `patience`.
  /// nullopt: closed, and everything has been taken.
  std::optional<Batch> take(std::chrono::milliseconds patience);

 private:
  static std::size_t cost_of(const Entry& entry);

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  bool is_closed_ = false;
};

}  // namespace taut::store
