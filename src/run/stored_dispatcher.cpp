#include "run/stored_dispatcher.hpp"

namespace taut::run {

store::Opened<std::unique_ptr<StoredDispatcher>> StoredDispatcher::open(
    carrier::Loop& loop, const std::filesystem::path& file, Random& random,
    std::function<void(const store::Failure&)> on_failed) {
  std::unique_ptr<StoredDispatcher> opened(new StoredDispatcher(loop, std::move(on_failed)));
  StoredDispatcher* const self = opened.get();
  TAUT_TRY(opened->store_, store::DispatcherStore::start(file, random, [self](Completions completions) {
             // std::function copies its captures: results move only.
             const auto shared = std::make_shared<Completions>(std::move(completions));
             self->posts_.post([self, shared] { self->hand_in(*shared); });
           }));
  return opened;
}

void StoredDispatcher::hand_in(Completions& completions) {
  for (auto& [id, result] : completions) take_(id, std::move(result));
  if (!on_failed_) return;
  if (const auto failure = store_->failure()) std::exchange(on_failed_, nullptr)(*failure);
}

}  // namespace taut::run
