#pragma once
// Private keys inside saved states.

#include "mls/private_tree.hpp"
#include "wire/reader.hpp"

namespace taut::mls {

/// Enough for the keys of the deepest tree that we hold.
inline constexpr std::size_t kPrivateTreeBytesMax = 40 * (crypto::kDhPrivateBytesMax + 8);

void write_private_tree(wire::Writer& out, const PrivateTree& tree);
/// @errors malformed: a node that is not above the leaf; kBadKey
Result<PrivateTree> read_private_tree(const Suite& suite, wire::Reader& in);

}  // namespace taut::mls
