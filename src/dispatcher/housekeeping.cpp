#include "dispatcher/housekeeping.hpp"

namespace taut::dispatcher {

namespace {
// Links are looked at this often, so a deadline of theirs may pass by as much.
constexpr std::chrono::seconds kLookEvery{5};
constexpr std::chrono::seconds kEraseRetry{5};
}  // namespace

void Housekeeping::start(Instant now) {
  look_at_ = now + kLookEvery;
  sweep_at_ = now + common_.settings.limits.sweep_every;
  // What a crash left half erased goes now.
  common_.removed(now);
}

Instant Housekeeping::next_deadline() const {
  Instant next = sweep_at_;
  if (common_.links.size() > 0) next = std::min(next, look_at_);
  if (common_.erase_at) next = std::min(next, *common_.erase_at);
  return next;
}

void Housekeeping::tick(const Moment& at) {
  if (at.now >= look_at_) {
    look_at_ = at.now + kLookEvery;
    look_at_links(at.now);
    relays_.expire(at.now);
  }
  if (at.now >= sweep_at_) {
    sweep_at_ = at.now + common_.settings.limits.sweep_every;
    if (sweeping_ == Sweeping::no) sweep(at);
    log_sweeps_.sweep(at);
    key_packages_.sweep(at);
  }
  if (common_.erase_at && at.now >= *common_.erase_at) erase();
}

void Housekeeping::look_at_links(Instant now) {
  const Duration idle_max = common_.settings.limits.idle_max;
  common_.links.for_each([&](Connection& connection) {
    submissions_.abandon_stalled(connection, now);
    appends_.abandon_stalled(connection, now);
    if (now - connection.last_heard < idle_max) return;
    ++common_.counters.connections_idled;
    common_.links.doom(connection, frame::GoodbyeReason::idle);
  });
}

void Housekeeping::sweep(const Moment& at) {
  sweeping_ = Sweeping::yes;
  common_.issue(Sweep{at.wall, common_.settings.limits.sweep_rows_max}, SweepPending{});
}

void Housekeeping::on_result(SweepPending&, Result<Swept> result, const Moment& at) {
  sweeping_ = Sweeping::no;
  if (!result) return;
  for (const Freed& freed : result->freed) {
    common_.freed(freed);
    common_.counters.messages_expired += total(freed.usage).messages;
  }
  if (!result->freed.empty() || result->cards > 0 || result->submissions + result->tokens > 0)
    common_.removed(at.now);
  operators_.let_go(result->lapsed);
  if (result->rest == Rest::more) sweep(at);
}

// What is removed from now on waits for the next one.
void Housekeeping::erase() {
  common_.erase_at.reset();
  common_.issue(Erase{}, ErasePending{});
}

void Housekeeping::on_result(ErasePending&, Result<Done> result, const Moment& at) {
  if (!result) common_.erase_at = at.now + kEraseRetry;
}

}  // namespace taut::dispatcher
