#pragma once
// Which packet numbers were seen, in a sliding window of bits (after RFC 6479).

#include <array>

#include "base/result.hpp"
#include "datagram/limits.hpp"

namespace taut::datagram {

class ReplayWindow {
 public:
  /// Asked before the packet is opened; changes nothing.
  /// @errors replayed (replayed): seen; replayed (too_old): behind the window
  Status check(std::uint64_t number) const;
  /// Called after the packet's tag held.
  /// @pre check(number) holds
  void accept(std::uint64_t number);

  /// One more than the highest number that was accepted; 0: none was.
  std::uint64_t end() const { return end_; }

 private:
  // One word more than the window: the word that is being filled never holds numbers still in it.
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kWords = kReplayWindowPackets / kWordBits + 1;
  std::uint64_t& word_of(std::uint64_t number) { return words_[number / kWordBits % kWords]; }
  bool seen(std::uint64_t number) const {
    return (words_[number / kWordBits % kWords] >> number % kWordBits & 1) != 0;
  }

  std::array<std::uint64_t, kWords> words_{};
  std::uint64_t end_ = 0;
};

}  // namespace taut::datagram
