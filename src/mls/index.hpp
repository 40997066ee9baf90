#pragma once
// Where a node is. A leaf index counts members from the left; a node index counts all nodes of the
// array (RFC 9420 Appendix C). They are different types, because mixing them up goes unnoticed.

#include <compare>
#include <cstdint>

namespace taut::mls {

struct LeafIndex {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(const LeafIndex&, const LeafIndex&) = default;
};

struct NodeIndex {
  std::uint32_t value = 0;

  constexpr NodeIndex() = default;
  constexpr explicit NodeIndex(std::uint32_t index) : value(index) {}
  /// A leaf's place in the array.
  constexpr explicit NodeIndex(LeafIndex leaf) : value(2 * leaf.value) {}

  constexpr bool is_leaf() const { return value % 2 == 0; }
  /// @pre is_leaf()
  constexpr LeafIndex leaf() const { return {value / 2}; }

  friend constexpr auto operator<=>(const NodeIndex&, const NodeIndex&) = default;
};

/// Most leaves of a tree that we hold, blank ones counted: bounds memory and time for any input.
inline constexpr std::uint32_t kLeafCountMax = 1U << 16;

}  // namespace taut::mls
