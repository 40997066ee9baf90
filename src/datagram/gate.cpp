#include "datagram/gate.hpp"

namespace taut::datagram {

using namespace std::chrono_literals;

bool Gate::is_under_load(Instant now) {
  if (now - second_began_ >= 1s) {
    in_last_second_ = now - second_began_ < 2s ? in_this_second_ : 0;
    in_this_second_ = 0;
    second_began_ = now;
  }
  ++in_this_second_;
  return half_open_ >= kHalfOpenUnderLoad ||
         std::max(in_this_second_, in_last_second_) > kHandshakesPerSecondUnderLoad;
}

Gate::Verdict Gate::knock(const PeerAddress& from, Cookie cookie, Instant now) {
  // An address that proved nothing is not worth remembering while there are many.
  if (is_under_load(now) && cookie == Cookie::none) return Verdict::need_cookie;
  if (half_open_ >= kHalfOpenMax) return Verdict::rate_limited;
  if (from.is_loopback()) return Verdict::enter;
  Source* source = source_of(from, now);
  if (source == nullptr) return cookie == Cookie::none ? Verdict::need_cookie : Verdict::rate_limited;
  const double idle_s = std::chrono::duration<double>(now - source->refilled_at).count();
  source->tokens = std::min(kSourceBurst, source->tokens + idle_s * kSourcePerSecond);
  source->refilled_at = now;
  if (source->tokens < 1.0 || source->half_open >= kHalfOpenPerSourceMax) return Verdict::rate_limited;
  source->tokens -= 1.0;
  return Verdict::enter;
}

Gate::Source* Gate::source_of(const PeerAddress& from, Instant now) {
  const SourceKey key = from.source();
  if (const auto found = sources_.find(key); found != sources_.end()) return &found->second;
  if (sources_.size() >= kSourcesMax) forget_quiet_sources(now);
  if (sources_.size() >= kSourcesMax) return nullptr;
  Source& fresh = sources_[key];
  fresh.refilled_at = now;
  return &fresh;
}

/// A source whose allowance is full again is as good as unknown.
void Gate::forget_quiet_sources(Instant now) {
  const Duration full_after =
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(kSourceBurst / kSourcePerSecond));
  std::erase_if(sources_, [&](const auto& entry) {
    return entry.second.half_open == 0 && now - entry.second.refilled_at >= full_after;
  });
}

void Gate::half_open_began(const PeerAddress& from) {
  ++half_open_;
  if (!from.is_loopback()) ++sources_[from.source()].half_open;
}

void Gate::half_open_ended(const PeerAddress& from) {
  --half_open_;
  const auto found = sources_.find(from.source());
  if (found != sources_.end() && found->second.half_open > 0) --found->second.half_open;
}

}  // namespace taut::datagram
