#pragma once

#include "mls/group_state.hpp"

namespace taut::mls {

/// Makes staged changes the group's own: the one place where an epoch ends. Cannot fail.
/// @param changes  staged on this epoch, with `next` set unless this member is removed
Merged merge_changes(GroupState& group, CommitChanges changes, const Time& now);

}  // namespace taut::mls
