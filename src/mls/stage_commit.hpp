#pragma once
// Processing a Commit up to the point where only merging is left (RFC 9420 §12.4.2).

#include "mls/group_state.hpp"

namespace taut::mls {

/// The proposals of a commit, by value and by reference.
/// @errors kMissingProposal
Result<std::vector<ListedProposal>> list_proposals(const ProposalCache& cache, const Commit& commit,
                                                   const Sender& committer);

/// What the committer knows without decrypting: set when an own commit is staged again.
struct KnownSecrets {
  const OwnPart& own;
  const KdfSecret& commit_secret;
  const KdfSecret& psk_secret;
};

/// @param content  unprotected, and its signature verified
/// @errors every rule of §12.2 and §12.4.2; the group is unchanged in any case
Result<std::unique_ptr<CommitChanges>> stage_commit(const GroupState& group,
                                                    const AuthenticatedContent& content,
                                                    const KnownSecrets* known = nullptr);

/// The context that path secrets are encrypted under (§12.4.1): of the new epoch, with the old
/// confirmed_transcript_hash. Its tree_hash is still to be set.
/// @errors kLimit: there is no epoch after 2^64 - 1
Result<GroupContext> provisional_context(const GroupContext& current, const Extensions& extensions);

/// The effects of a commit as far as its proposals tell.
CommitEffects effects_of(const AuthenticatedContent& content, LeafIndex committer_leaf,
                         const ProposalList& list, const AppliedProposals& applied);

}  // namespace taut::mls
