#pragma once
// A topic with one contact, who need not be online: its KeyPackage is claimed, and the Welcome goes by
// envelope.

#include "cli/context.hpp"
#include "cli/requests.hpp"

namespace taut::cli {

/// @pre request.with
/// @param order  where the topic's log will be
/// @errors not_found: no such contact, or nobody has left a KeyPackage; unreachable: nothing was begun, or
/// the
///         Welcome waits in the outbox
Done create_with(const TopicCreateRequest& request, const topic::LogOrder& order, const OpenNode& node,
                 Context& context);

}  // namespace taut::cli
