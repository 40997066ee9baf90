#pragma once
// Letting members in: GroupInfo and Welcome (RFC 9420 §12.4.3).

#include <span>

#include "mls/epoch.hpp"
#include "mls/group.hpp"
#include "mls/group_info.hpp"
#include "mls/tree_view.hpp"
#include "mls/welcome.hpp"

namespace taut::mls {

struct GroupInfoSigner {
  LeafIndex leaf;
  const crypto::SignatureKeyPair& key;
};
/// @param extensions  beside the ratchet_tree, which is added where `delivery` says so
Result<GroupInfo> make_group_info(const Epoch& epoch, const TreeView& tree, TreeDelivery delivery,
                                  Extensions extensions, const GroupInfoSigner& signer);
/// @param key  the signer's, from the tree
/// @errors kBadSignature
Status verify_group_info(const Suite& suite, const GroupInfo& group_info, const SignaturePublicKey& key);

/// One who is added by the commit, and what the path tells it.
struct NewMember {
  const KeyPackage* key_package = nullptr;
  const KdfSecret* path_secret = nullptr;  ///< null: the commit has no path
};
/// One Welcome for all of them. The psks are those of the commit, in its order.
Result<Welcome> make_welcome(const Suite& suite, const NextEpoch& next, const GroupInfo& group_info,
                             std::span<const NewMember> members, std::span<const PreSharedKeyId* const> psks,
                             Random& random);

}  // namespace taut::mls
