// Invitations that were made here, and how one ends.

#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/topic_goal.hpp"
#include "crypto/encoding.hpp"

namespace taut::cli {
namespace {

using topic::Topic;

/// A link that holds one, or the ID that a list shows.
Outcome<introduction::InvitationId> invitation_named(const TopicRevokeRequest& request) {
  const auto link = introduction::locator_from_text(request.which);
  if (link && link->invitation) return link->invitation->id;
  const auto bytes = crypto::from_hex(request.which);
  if (bytes && bytes->size() == introduction::InvitationId::size_bytes)
    return introduction::InvitationId(ByteView(*bytes).first<introduction::InvitationId::size_bytes>());
  return failure(ExitCode::usage, "bad_invitation", "This is no invitation, or not all of it",
                 "Give its link, or its ID: taut topic invitations " + request.name);
}

bool is_ours(const Topic& topic, const introduction::InvitationId& id) {
  return std::ranges::any_of(topic.invitations(),
                             [&](const topic::MadeInvitation& made) { return made.id == id; });
}

Json json_for(const topic::MadeInvitation& made, const std::string& topic) {
  Json object{{"v", kJsonVersion}, {"topic", topic}, {"invitation", crypto::to_hex(made.id.view())}};
  object["uses_left"] = made.is_reusable ? Json(nullptr) : Json(made.uses_left);
  object["expires"] = time_or_null(WallTime{made.not_after_s * 1000});
  return object;
}

std::string invitation_line(const topic::MadeInvitation& made) {
  std::string line = crypto::to_hex(made.id.view());
  line += made.is_reusable ? " without limit" : " for " + std::to_string(made.uses_left) + " more";
  if (made.not_after_s != 0) line += ", until " + iso_time(WallTime{made.not_after_s * 1000});
  return line + "\n";
}

}  // namespace

Done run(const TopicInvitationsRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_CHECK(check_open(*keeper, *node.store));
  Json objects = Json::array();
  std::string lines;
  for (const topic::MadeInvitation& made : keeper->topic()->invitations()) {
    objects.push_back(json_for(made, request.name));
    lines += invitation_line(made);
  }
  if (context.out.is_json()) return context.out.print(line_of(objects));
  if (lines.empty())
    context.out.say("taut: no invitation to '" + request.name + "' that was made here is left");
  return context.out.print(lines);
}

/// One's own is nobody else's business, unless a use of it is under way; another's ends by a commit.
Done run(const TopicRevokeRequest& request, Context& context) {
  TAUT_TRY(const introduction::InvitationId id, invitation_named(request));
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::KnownTopic known, find_topic(*node.store, request.name));
  TAUT_TRY(const auto keeper, load_topic(node, context, known));
  TAUT_CHECK(check_open(*keeper, *node.store));
  const bool was_ours = is_ours(*keeper->topic(), id);
  TopicGoal goal;
  goal.change = [&](node::TopicChange& change) { return change.take(change.topic.revoke(id, change.now)); };
  goal.is_reached = [&](const Topic& topic) { return was_ours || topic.settings().is_revoked(id); };
  if (!was_ours) {
    TAUT_CHECK(reach_goal(node, context, known, goal));
  } else if (const auto revoked = keeper->change(moment(), goal.change); !revoked) {
    return topic_failure(*node.store, revoked.error(), request.name);
  }
  if (!context.out.is_json()) return {};
  return context.out.print(line_of({{"v", kJsonVersion},
                                    {"topic", request.name},
                                    {"done", "revoked"},
                                    {"invitation", crypto::to_hex(id.view())}}));
}

}  // namespace taut::cli
