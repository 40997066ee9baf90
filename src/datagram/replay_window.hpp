#pragma once
// Which packet numbers were seen, in a sliding window of bits (after RFC 6479).

#include <vector>

#include "base/result.hpp"
#include "datagram/limits.hpp"

namespace taut::datagram {

/// Holds as many words as the numbers in use span: few for a link that says little, none for one at rest.
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

  /// Frees memory: every number below end() counts as too old from now on.
  void rest();

 private:
  // One word more than the window: the word that is being filled never holds numbers still in it.
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kWordsMax = kReplayWindowPackets / kWordBits + 1;

  std::uint64_t begin_of_window(std::uint64_t end) const {
    return std::max(floor_, end - std::min(end, kReplayWindowPackets));
  }
  void make_room(std::uint64_t number);
  bool seen(std::uint64_t number) const {
    return (words_[number / kWordBits % words_.size()] >> number % kWordBits & 1) != 0;
  }

  std::vector<std::uint64_t> words_;  ///< a ring: the word of a number is its place modulo the size
  std::uint64_t floor_ = 0;           ///< everything below is too old
  std::uint64_t end_ = 0;
};

}  // namespace taut::datagram
