#pragma once
// Sets of numbers as few, ordered, disjoint half-open ranges: acknowledged packets, received bytes.

#include <vector>

#include "base/bytes.hpp"

namespace taut::datagram {

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  ///< one past the last
  std::uint64_t size() const { return end - begin; }
  bool contains(std::uint64_t number) const { return number >= begin && number < end; }
  friend bool operator==(const Range&, const Range&) = default;
};

class Ranges {
 public:
  /// Unites with what is there.
  void add(Range range);
  /// Takes out; may split a range in two.
  void subtract(Range range);
  /// Forgets everything below `begin`.
  void drop_below(std::uint64_t begin) { subtract({0, begin}); }
  /// Keeps the `count` highest ranges.
  void keep_highest(std::size_t count);

  /// Frees memory that no range is in.
  void rest() { ranges_.shrink_to_fit(); }

  bool contains(std::uint64_t number) const;
  bool empty() const { return ranges_.empty(); }
  std::size_t count() const { return ranges_.size(); }
  /// Ascending.
  std::span<const Range> all() const { return ranges_; }
  /// @pre !empty()
  const Range& lowest() const { return ranges_.front(); }
  const Range& highest() const { return ranges_.back(); }

 private:
  std::vector<Range> ranges_;
};

}  // namespace taut::datagram
