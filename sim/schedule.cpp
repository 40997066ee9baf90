#include "sim/schedule.hpp"

#include <algorithm>
#include <tuple>

namespace taut::sim {

bool Schedule::is_later(const Entry& a, const Entry& b) {
  return std::tie(a.when, a.number) > std::tie(b.when, b.number);
}

void Schedule::at(Instant when, Action action) {
  heap_.push_back({std::max(when, now_), ++last_number_, std::move(action)});
  std::ranges::push_heap(heap_, is_later);
}

bool Schedule::step(Instant until) {
  if (heap_.empty() || heap_.front().when > until) {
    now_ = until;
    return false;
  }
  std::ranges::pop_heap(heap_, is_later);
  const Entry entry = std::move(heap_.back());
  heap_.pop_back();
  steps_at_this_instant_ = entry.when == now_ ? steps_at_this_instant_ + 1 : 0;
  now_ = entry.when;
  ++steps_;
  entry.action();
  return true;
}

void Alarm::arm(std::optional<Instant> at) {
  if (at == armed_) return;
  armed_ = at;
  if (!at) return;
  schedule_.at(*at, [this, due = *at, alive = std::weak_ptr(alive_)] {
    if (alive.expired() || armed_ != due) return;
    armed_.reset();
    fire_();
  });
}

}  // namespace taut::sim
