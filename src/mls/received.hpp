#pragma once
// What a message turns out to be (RFC 9420 §6, §12, §15).

#include <memory>

#include "mls/framing.hpp"

namespace taut::mls {

struct ApplicationMessage {
  LeafIndex sender;
  std::uint64_t epoch = 0;
  std::uint32_t generation = 0;  ///< counts the sender's messages of this epoch: gaps show
  Credential credential;         ///< the sender's, as it was in that epoch
  Bytes data;
  Bytes authenticated_data;
};

/// A proposal that is now pending: `Group::commit` covers it, and so may the commits of others.
struct ReceivedProposal {
  ProposalRef ref;
  Sender sender;
  Proposal proposal;
  Bytes authenticated_data;
};

/// What a commit does to the membership and the group, for the application to see before it merges.
struct CommitEffects {
  std::uint64_t epoch = 0;  ///< the one it begins
  Sender committer;
  LeafIndex committer_leaf;  ///< also for an external commit: where the joiner stands
  std::vector<LeafIndex> added;
  std::vector<LeafIndex> updated;
  std::vector<LeafIndex> removed;
  bool removes_me = false;
  std::optional<ReInit> reinit;
  bool changes_extensions = false;
  std::optional<Extensions> new_extensions;   ///< of the epoch that it begins, where they change
  std::vector<Credential> added_credentials;  ///< of `added`, in its order
  Bytes authenticated_data;
};

struct CommitChanges;

/// A commit that was checked to the last bit, and not applied: hand it to `Group::merge`, or drop it.
class StagedCommit {
 public:
  StagedCommit(StagedCommit&&) noexcept;
  StagedCommit& operator=(StagedCommit&&) noexcept;
  ~StagedCommit();

  const CommitEffects& effects() const;
  /// It is the commit that this client created itself, come back.
  bool is_own() const;

 private:
  friend class Group;
  explicit StagedCommit(std::unique_ptr<CommitChanges> changes);
  std::unique_ptr<CommitChanges> changes_;
};

using Received = std::variant<ApplicationMessage, ReceivedProposal, StagedCommit>;

/// What became of this client's own proposals when an epoch began.
struct Merged {
  CommitEffects effects;
  /// Own proposals that the commit did not cover, pending or in a commit that lost, and that are not void
  /// now: to be sent again if they are still wanted (an Update by `propose_update`).
  std::vector<Proposal> to_resend;
};

}  // namespace taut::mls
