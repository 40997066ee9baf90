#include "mls/own_leaf.hpp"

namespace taut::mls {

bool changes_anything(const LeafChange& change) {
  return change.signature_key || change.credential || change.capabilities || change.extensions;
}

Status apply_change(const LeafChange& change, const Suite& suite, NewLeaf& leaf) {
  if (change.signature_key) {
    if (change.signature_key->public_key.id != suite.signature) return refuse(errors::kMisuse);
    leaf.signature_key = SignaturePublicKey(change.signature_key->public_key.bytes.view());
  }
  if (change.credential) leaf.credential = *change.credential;
  if (change.capabilities) leaf.capabilities = *change.capabilities;
  if (change.extensions) leaf.extensions = *change.extensions;
  return {};
}

Result<NewUpdate> make_update_leaf(const Suite& suite, NewLeaf content, const LeafPlace& place,
                                   const crypto::SignatureKeyPair& signature_key, Random& random) {
  TAUT_TRY(crypto::DhKeyPair encryption_key, crypto::DhKeyPair::generate(suite.dh, random));
  LeafNode leaf{HpkePublicKey(encryption_key.public_key.view()),
                std::move(content.signature_key),
                std::move(content.credential),
                std::move(content.capabilities),
                FromUpdate{},
                std::move(content.extensions),
                {}};
  TAUT_TRY(const crypto::Signature signature,
           sign_with_label(signature_key, "LeafNodeTBS", leaf_node_tbs(leaf, &place)));
  leaf.signature = to_bytes(signature.view());
  return NewUpdate{std::move(leaf), std::move(encryption_key)};
}

}  // namespace taut::mls
