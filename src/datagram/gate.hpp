#pragma once
// What an endpoint lets in before it spends a Diffie-Hellman on it: rates by source, half-open
// handshakes by source and in all.

#include <map>

#include "base/time.hpp"
#include "datagram/address.hpp"
#include "datagram/limits.hpp"

namespace taut::datagram {

class Gate {
 public:
  enum class Verdict : std::uint8_t { enter, need_cookie, rate_limited };

  /// Asked for every initiation with a valid mac1; counts it.
  enum class Cookie : std::uint8_t { none, shown };
  Verdict knock(const PeerAddress& from, Cookie cookie, Instant now);

  void half_open_began(const PeerAddress& from);
  void half_open_ended(const PeerAddress& from);
  std::size_t half_open_count() const { return half_open_; }

 private:
  struct Source {
    double tokens = kSourceBurst;
    Instant refilled_at{};
    std::size_t half_open = 0;
  };
  using SourceKey = std::array<Byte, 16>;

  bool is_under_load(Instant now);
  /// nullptr: every place is taken by somebody who is busy.
  Source* source_of(const PeerAddress& from, Instant now);
  void forget_quiet_sources(Instant now);

  std::map<SourceKey, Source> sources_;
  std::size_t half_open_ = 0;
  Instant second_began_{};
  unsigned in_this_second_ = 0;
  unsigned in_last_second_ = 0;
};

}  // namespace taut::datagram
