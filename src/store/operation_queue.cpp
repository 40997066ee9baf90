#include "store/operation_queue.hpp"

#include "frame/limits.hpp"

namespace taut::store {

using namespace dispatcher;

std::size_t OperationQueue::cost_of(const Entry& entry) {
  constexpr std::size_t kWaitingBytes = 256;
  if (!entry.operation) return kWaitingBytes;
  if (const auto* put = std::get_if<PutMessage>(&*entry.operation)) return kWaitingBytes + put->body.size();
  if (const auto* save = std::get_if<SaveCard>(&*entry.operation)) return kWaitingBytes + save->card.size();
  if (const auto* append = std::get_if<AppendEntry>(&*entry.operation))
    return kWaitingBytes + append->body.size();
  if (const auto* put = std::get_if<PutIntroduction>(&*entry.operation))
    return kWaitingBytes + put->body.size();
  if (const auto* publish = std::get_if<PublishPackages>(&*entry.operation))
    return kWaitingBytes + frame::kFrameBytesMax + publish->packages.size() * sizeof(KeyPackage);
  if (const auto* release = std::get_if<ReleaseMessages>(&*entry.operation))
    return kWaitingBytes + release->ranges.size() * sizeof(QueueRange);
  return kWaitingBytes;
}

void OperationQueue::push(StoreOperation operation) {
  Entry entry{operation.id, std::move(operation.operation)};
  const std::scoped_lock lock(mutex_);
  // Its place is kept: results come in the order of their operations.
  if (bytes_ + cost_of(entry) > kBytesMax) entry.operation.reset();
  bytes_ += cost_of(entry);
  entries_.push_back(std::move(entry));
  if (entries_.size() == 1) arrived_.notify_one();
}

void OperationQueue::close() {
  const std::scoped_lock lock(mutex_);
  is_closed_ = true;
  arrived_.notify_one();
}

bool OperationQueue::is_crowded() const {
  const std::scoped_lock lock(mutex_);
  return bytes_ > kBytesHigh;
}

std::optional<OperationQueue::Batch> OperationQueue::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, patience, [this] { return !entries_.empty() || is_closed_; });
  if (entries_.empty() && is_closed_) return std::nullopt;
  Batch batch;
  std::size_t bytes = 0;
  while (!entries_.empty() && batch.size() < kBatchOperationsMax && bytes < kBatchBytesMax) {
    bytes += cost_of(entries_.front());
    batch.push_back(std::move(entries_.front()));
    entries_.pop_front();
  }
  bytes_ -= bytes;
  return batch;
}

}  // namespace taut::store
