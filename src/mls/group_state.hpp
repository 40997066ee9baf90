#pragma once
// What a Group is made of. Internal: the parts of the engine share it, applications see group.hpp.

#include "mls/apply_proposals.hpp"
#include "mls/epoch.hpp"
#include "mls/group.hpp"
#include "mls/past_epochs.hpp"
#include "mls/private_tree.hpp"
#include "mls/proposal_cache.hpp"
#include "mls/psk.hpp"
#include "mls/ratchet_tree.hpp"
#include "mls/resumption_psks.hpp"

namespace taut::mls {

/// What this member gains when a commit is merged: its private keys in the new tree.
struct OwnPart {
  PrivateTree private_tree;
  std::optional<crypto::SignatureKeyPair> signature_key;  ///< where the own leaf changed it
};

/// A commit that was checked, as changes that wait to be merged.
struct CommitChanges {
  /// The group and epoch that it was staged on: interim_transcript_hash of the epoch names both.
  Digest base;
  CommitEffects effects;
  std::vector<ProposalRef> covered;  ///< pending proposals that it applies
  /// Not set for an own commit that came back (the pending commit holds the rest), nor where this
  /// member is removed.
  struct Next {
    Epoch epoch;
    TreeChanges tree;
    OwnPart own;
  };
  std::optional<Next> next;
  std::optional<KeyPosition> handshake_key;  ///< of the PrivateMessage that it came in
  bool is_own = false;
};

/// An own commit that was sent, by the hash of its message. After a restart its changes are staged again
/// from the content and what only the committer knows.
struct PendingCommit {
  Digest message_hash;
  AuthenticatedContent content;
  OwnPart own;
  KdfSecret commit_secret;
  KdfSecret psk_secret;
  std::unique_ptr<CommitChanges> staged;  ///< null after a restart

  SecretBytes save() const;
  /// @errors malformed
  static Result<PendingCommit> load(const Suite& suite, ByteView saved);
};

struct GroupState {
  Hooks hooks;
  Settings settings;
  const Suite* suite;
  RatchetTree tree;
  LeafIndex own_leaf;
  std::optional<PrivateTree> private_tree;  ///< none once removed
  crypto::SignatureKeyPair signature_key;
  Epoch epoch;
  GroupStatus status = GroupStatus::active;
  std::optional<ReInit> reinit;  ///< what the last commit asked for
  ResumptionPsks resumption_psks;
  PastEpochs past;
  ProposalCache proposals;
  std::optional<PendingCommit> pending;
  Journal journal;
};

/// Finds PSKs: those of this group itself, of the one it follows, then of the application.
struct PskFinder {
  const PskSource& source;
  const GroupState* group = nullptr;     ///< none for a joiner
  const GroupState* previous = nullptr;  ///< the group that this one branches from or replaces

  /// @errors kMissingPsk
  Result<SecretBytes> find(const PreSharedKeyId& id) const;
  Result<KdfSecret> psk_secret(const Suite& suite, std::span<const PreSharedKeyId* const> ids) const;
};

}  // namespace taut::mls
