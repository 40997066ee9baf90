#pragma once

#include "mls/group.hpp"
#include "mls/treekem.hpp"

namespace taut::mls {

bool changes_anything(const LeafChange& change);
/// @errors misuse: a signature key that is not of the suite
Status apply_change(const LeafChange& change, const Suite& suite, NewLeaf& leaf);

struct NewUpdate {
  LeafNode leaf_node;
  crypto::DhKeyPair encryption_key;
};
/// A leaf for an Update proposal (RFC 9420 §12.1.2), with a fresh encryption key, signed.
Result<NewUpdate> make_update_leaf(const Suite& suite, NewLeaf content, const LeafPlace& place,
                                   const crypto::SignatureKeyPair& signature_key, Random& random);

}  // namespace taut::mls
