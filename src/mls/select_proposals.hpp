#pragma once

#include "mls/group_state.hpp"

namespace taut::mls {

/// Which pending proposals a commit of this member covers (RFC 9420 §12.4: all that are valid together).
struct ProposalSelection {
  std::vector<const PendingProposal*> covered;  ///< in order of arrival
  std::vector<std::pair<ProposalRef, Error>> left_out;
};

/// Which kinds of them: narrower ones for when those that fit one by one do not fit together, as
/// extensions that ask for more than a new member has.
enum class SelectionWidth : std::uint8_t { all, without_extensions, removals, none };

/// Takes what would be valid alone, so that nobody stops the group by proposing what nobody may commit.
/// Prefers a SelfRemove over a Remove, a Remove over an Update, the latest Update, the latest
/// GroupContextExtensions, and anything over a ReInit (§12.2).
/// @param by_value  what the commit holds beside them; wins where both touch the same
ProposalSelection select_proposals(const GroupState& group, const std::vector<Proposal>& by_value,
                                   const Time& now, SelectionWidth width);

/// What only those who propose are held to: the sending policy, and the clock where it is known.
/// @errors kExpired; the policy's own
Status check_sending(const GroupState& group, const Proposal& proposal, const Time& now);

}  // namespace taut::mls
