#pragma once
// Creating a Commit and its Welcome (RFC 9420 §12.4.1). The group is not changed.

#include "mls/protect_message.hpp"

namespace taut::mls {

struct CreatedCommit {
  PendingCommit pending;
  ProtectedMessage message;
  std::optional<Bytes> welcome;  ///< MLSMessage
  std::vector<std::pair<ProposalRef, Error>> left_out;
};

/// @param previous  where the purpose is not ordinary: the group that this one follows
Result<CreatedCommit> create_commit(const GroupState& group, const CommitOptions& options, const Time& now,
                                    CommitPurpose purpose = CommitPurpose::ordinary,
                                    const GroupState* previous = nullptr);

}  // namespace taut::mls
