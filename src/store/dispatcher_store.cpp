#include "store/dispatcher_store.hpp"

#include <thread>

#include "store/dispatcher_tables.hpp"
#include "store/operation_queue.hpp"

namespace taut::store {

using namespace dispatcher;

class DispatcherStore::Worker {
 public:
  Worker(std::unique_ptr<DispatcherTables> tables, Deliver deliver)
      : tables_(std::move(tables)), deliver_(std::move(deliver)), thread_([this] { run(); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() { stop(); }

  OperationQueue& queue() { return queue_; }

  void stop() {
    queue_.close();
    if (thread_.joinable()) thread_.join();
  }

  std::optional<Failure> failure() const {
    const std::scoped_lock lock(failure_mutex_);
    return failure_;
  }

 private:
  using Batch = OperationQueue::Batch;

  void run() {
    constexpr std::chrono::milliseconds kIdle{1000};
    auto patience = kIdle;
    while (auto batch = queue_.take(patience)) {
      patience = kIdle;
      if (!batch->empty()) {
        std::vector<Completion> completions = carry_out(*batch);
        note_failure();
        deliver_(std::move(completions));
        tables_->shorten_log();
      } else if (tables_->shrink() == DispatcherTables::Rest::more) {
        patience = {};
      }
      note_failure();
    }
    tables_.reset();
  }

  std::vector<Completion> carry_out(Batch& batch) {
    std::vector<Operation> operations;
    operations.reserve(batch.size());
    for (OperationQueue::Entry& entry : batch) {
      if (entry.operation) operations.push_back(std::move(*entry.operation));
    }
    std::vector<StoreResult> results = tables_->carry_out(operations);
    std::vector<Completion> completions;
    completions.reserve(batch.size());
    auto result = results.begin();
    for (const OperationQueue::Entry& entry : batch) {
      if (entry.operation)
        completions.push_back({entry.id, std::move(*result++)});
      else
        completions.push_back({entry.id, fail(Errc::unavailable, reasons::kOverloaded)});
    }
    return completions;
  }

  void note_failure() {
    if (!tables_->is_stopped()) return;
    const std::scoped_lock lock(failure_mutex_);
    if (!failure_) failure_ = tables_->failure();
  }

  OperationQueue queue_;
  std::unique_ptr<DispatcherTables> tables_;
  Deliver deliver_;
  mutable std::mutex failure_mutex_;
  std::optional<Failure> failure_;
  std::thread thread_;  // last: it uses the others
};

DispatcherStore::DispatcherStore(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}

DispatcherStore::~DispatcherStore() = default;

Opened<std::unique_ptr<DispatcherStore>> DispatcherStore::start(const std::filesystem::path& file,
                                                                Random& random, Deliver deliver) {
  auto tables = DispatcherTables::open(file, random);
  if (!tables) return std::unexpected(std::move(tables).error());
  auto worker = std::make_unique<Worker>(std::move(*tables), std::move(deliver));
  return std::unique_ptr<DispatcherStore>(new DispatcherStore(std::move(worker)));
}

void DispatcherStore::submit(StoreOperation operation) { worker_->queue().push(std::move(operation)); }

bool DispatcherStore::is_crowded() const { return worker_->queue().is_crowded(); }

void DispatcherStore::stop() { worker_->stop(); }

std::optional<Failure> DispatcherStore::failure() const { return worker_->failure(); }

}  // namespace taut::store
