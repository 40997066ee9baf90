#include "sim/dispatcher_disk.hpp"

#include <utility>

#include <set>

#include "node/reasons.hpp"

namespace taut::sim {

using namespace dispatcher;

namespace {

constexpr Duration kLiarSyncs = 5s;

// nullopt: the operation is ordered with everything.
std::optional<NodeId> node_of(const Operation& operation) {
  return std::visit(
      [](const auto& one) -> std::optional<NodeId> {
        if constexpr (requires { one.node; }) return one.node;
        if constexpr (requires { one.inbox; }) return one.inbox;
        return std::nullopt;
      },
      operation);
}

}  // namespace

void DispatcherDisk::open(User& user) {
  user_ = &user;
  has_stopped_ = false;
  ++life_;
  faults_.forget_plants();
  if (dirty_since_) dirty_since_ = schedule_.now();
  if (honesty_ != Honesty::honest) synced_ = store_;
}

void DispatcherDisk::submit(StoreOperation operation) {
  if (user_ == nullptr || has_stopped_) return;
  if (honesty_ == Honesty::acknowledges_before_commit) return lie(std::move(operation));
  waiting_.push_back(std::move(operation));
  if (batch_.empty()) begin_batch();
}

// What came while a sync was under way shares the next one.
void DispatcherDisk::begin_batch() {
  batch_ = std::exchange(waiting_, {});
  if (batch_.empty()) return;
  const auto slow = weather_.disk_delay_max(machine_);
  const Duration sync = dice_.between(0ms, 4ms) + (slow.count() > 0 ? dice_.between(0ms, slow) : 0ms);
  if (slow.count() > 0 && dirty_since_) dirty_since_ = schedule_.now();
  schedule_.after(sync, [this, life = life_] {
    if (life == life_ && user_ != nullptr) end_batch();
  });
}

void DispatcherDisk::end_batch() {
  OperationFate fate = OperationFate::succeeds;
  std::size_t fated = 0;
  for (std::size_t i = 0; i < batch_.size() && fate == OperationFate::succeeds; ++i) {
    fate = faults_.next();
    fated = i;
  }
  if (fate == OperationFate::full) return fail_all(Errc::exhausted, false);
  if (fate == OperationFate::sync_fails) return fail_all(Errc::unavailable, true);
  if (fate != OperationFate::succeeds) {
    for (std::size_t i = 0; i < fated + (fate == OperationFate::dies_after ? 1 : 0); ++i)
      (void)carry_out(batch_[i]);
    batch_.clear();
    waiting_.clear();
    return user_->on_died();
  }
  std::vector<Result> results;
  for (StoreOperation& one : batch_) results.emplace_back(one.id, carry_out(one));
  chronicle_.note(machine_, "synced", batch_.size());
  hand_in(std::move(results));
}

void DispatcherDisk::hand_in(std::vector<Result> results) {
  batch_.clear();
  const std::uint64_t life = life_;
  for (auto& [id, result] : results) {
    if (life != life_ || user_ == nullptr) return;
    user_->on_result(id, std::move(result));
  }
  if (life == life_ && batch_.empty()) begin_batch();
}

/// A write or a sync has failed: all of its transaction did, and the disk stops.
void DispatcherDisk::fail_all(Errc code, bool may_have_happened) {
  if (may_have_happened && dice_.happens(50)) {
    // The transaction is whole, or is not there: what a sync that failed leaves behind.
    for (StoreOperation one : batch_) (void)carry_out(one);
    chronicle_.hit("storage", "failed sync was on disk");
  }
  std::vector<StoreOperation> failed = std::exchange(batch_, {});
  std::ranges::move(std::exchange(waiting_, {}), std::back_inserter(failed));
  User& user = *user_;
  has_stopped_ = true;
  const std::uint64_t life = life_;
  for (const StoreOperation& one : failed) {
    if (life != life_) return;
    const Reason reason = code == Errc::exhausted ? reasons::kDiskFull : reasons::kStorage;
    user.on_result(one.id, fail(code, reason));
  }
  if (life == life_) user.on_failed();
}

void DispatcherDisk::crash() {
  user_ = nullptr;
  ++life_;
  std::vector<StoreOperation> open = std::exchange(batch_, {});
  std::ranges::move(std::exchange(waiting_, {}), std::back_inserter(open));
  carry_out_some(std::move(open));
  if (synced_) store_ = *synced_;
}

// For each node, up to some point.
void DispatcherDisk::carry_out_some(std::vector<StoreOperation> operations) {
  std::set<NodeId> stopped;
  for (StoreOperation& one : operations) {
    const auto id = node_of(one.operation);
    const bool stops = dice_.happens(30);
    if (!id) {
      if (stops || !stopped.empty()) return;
    } else if (stops) {
      stopped.insert(*id);
    }
    if (id && stopped.contains(*id)) continue;
    (void)carry_out(one);
    chronicle_.hit("storage", "happened, and nobody heard");
  }
}

StoreResult DispatcherDisk::carry_out(StoreOperation& operation) {
  if (carried_out) carried_out(operation.operation);
  StoreResult result = store_.carry_out(std::move(operation.operation));
  note_dirt();
  return result;
}

void DispatcherDisk::note_dirt() {
  if (!store_.is_dirty) dirty_since_.reset();
  if (store_.is_dirty && !dirty_since_) dirty_since_ = schedule_.now();
}

// Says done at once, and writes now and then.
void DispatcherDisk::lie(StoreOperation operation) {
  const OperationId id = operation.id;
  if (!synced_) synced_ = store_;
  StoreResult result = carry_out(operation);
  schedule_.after(Duration{},
                  [this, id, life = life_, result = std::make_shared<StoreResult>(std::move(result))] {
                    if (life == life_ && user_ != nullptr) user_->on_result(id, std::move(*result));
                  });
  schedule_.after(kLiarSyncs, [this, life = life_] {
    if (life == life_) synced_ = store_;
  });
}

}  // namespace taut::sim
