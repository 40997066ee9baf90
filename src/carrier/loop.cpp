#include "carrier/loop.hpp"

#include <boost/asio/impl/src.hpp>

#include "carrier/asio.hpp"

namespace taut::carrier {

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

void Loop::run() {
  const auto work = asio::make_work_guard(state_->context);
  state_->context.restart();
  state_->context.run();
}

void Loop::drain(Duration limit) {
  state_->context.restart();
  state_->context.run_for(limit);
}

void Loop::stop() { state_->context.stop(); }

void Loop::post(Task task) { asio::post(state_->context, std::move(task)); }

Instant Loop::now() { return {std::chrono::steady_clock::now().time_since_epoch()}; }

struct Timer::State {
  State(Loop& loop, Loop::Task task) : timer(loop.state().context), due(std::move(task)) {}
  asio::steady_timer timer;
  Loop::Task due;
  std::optional<Instant> armed_for;
  std::uint64_t arming = 0;  ///< which arm() a completion belongs to: one may be on its way already
};

Timer::Timer(Loop& loop, Loop::Task due) : state_(std::make_shared<State>(loop, std::move(due))) {}

Timer::~Timer() { arm(std::nullopt); }

void Timer::arm(std::optional<Instant> at) {
  if (at == state_->armed_for) return;
  state_->armed_for = at;
  const std::uint64_t arming = ++state_->arming;
  if (!at) {
    state_->timer.cancel();
    return;
  }
  state_->timer.expires_at(time_point_of(*at));
  state_->timer.async_wait([state = state_, arming](const boost::system::error_code&) {
    if (state->arming != arming) return;
    state->armed_for.reset();
    const Loop::Task due = state->due;  // it may destroy the timer
    due();
  });
}

void Timer::arm_by(std::optional<Instant> at) {
  if (at && state_->armed_for && *state_->armed_for <= *at) return;
  if (at) arm(at);
}

}  // namespace taut::carrier
