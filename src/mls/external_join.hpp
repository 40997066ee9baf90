#pragma once
// Joining by external Commit (RFC 9420 §12.4.3.2).

#include "mls/group_state.hpp"

namespace taut::mls {

struct ExternalJoinResult {
  std::unique_ptr<GroupState> group;  ///< in the epoch that the commit begins
  Bytes commit;                       ///< MLSMessage
};
Result<ExternalJoinResult> join_by_external_commit(const Hooks& hooks, const Client& client,
                                                   ByteView group_info, const ExternalJoinOptions& options);

}  // namespace taut::mls
