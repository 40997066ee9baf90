#include "cli/topic_changes.hpp"

#include "cli/context.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::cli {
namespace {

Outcome<identity::Dispatcher> dispatcher_from(const std::string& link) {
  TAUT_TRY(const identity::SignedCard card, card_from_link(link));
  const auto dispatcher = node::as_dispatcher(card);
  if (dispatcher) return *dispatcher;
  return failure_of(ExitCode::usage, dispatcher.error(), "The link is no dispatcher's",
                    "Take the link that `taut dispatcher run` prints");
}

/// Who puts commits into order, as participants are called here.
Outcome<std::vector<NodeId>> committers_of(const TopicSetRequest& request, const topic::Topic& topic,
                                           Names& names) {
  std::vector<NodeId> committers;
  if (!request.committers.empty() && topic.settings().has_log())
    return failure(ExitCode::usage, "bad_setting", "'" + request.name + "' is put into order by a dispatcher",
                   "Only topics at brokers and on pipes have committers");
  for (const std::string& who : request.committers) {
    TAUT_TRY(const NodeId found, find_member(topic, request.name, names, who));
    committers.push_back(found);
  }
  return committers;
}

}  // namespace

Status make_link(const TopicInviteRequest& request, node::TopicChange& change,
                 std::optional<introduction::Locator>& out) {
  if (request.open || request.pair) {
    out = change.topic.locator();
    return {};
  }
  topic::InvitationOptions options;
  options.uses = request.uses;
  options.life = request.life;
  TAUT_TRY(topic::Topic::Invited invited, change.topic.invite(options, change.now));
  out = std::move(invited.link);
  return change.take(std::move(invited.step));
}

Outcome<WantedSettings> WantedSettings::of(const TopicSetRequest& request, const topic::Topic& topic,
                                           Names& names) {
  WantedSettings wanted;
  TAUT_TRY(wanted.committers_, committers_of(request, topic, names));
  wanted.wanted_.expires = request.expires;
  wanted.wanted_.name = request.title;
  if (request.home) {
    TAUT_TRY(wanted.home_, dispatcher_from(*request.home));
  }
  if (!request.fallbacks) return wanted;
  wanted.fallbacks_.emplace();
  for (const std::string& link : *request.fallbacks) {
    TAUT_TRY(identity::Dispatcher one, dispatcher_from(link));
    wanted.fallbacks_->push_back(std::move(one));
  }
  return wanted;
}

topic::LogOrder WantedSettings::from(const topic::LogOrder& before) const {
  topic::LogOrder order{{home_.value_or(before.homes.front())}};
  const std::span<const identity::Dispatcher> rest =
      fallbacks_ ? std::span<const identity::Dispatcher>(*fallbacks_)
                 : std::span<const identity::Dispatcher>(before.homes);
  for (const identity::Dispatcher& one : rest) {
    const bool is_there =
        std::ranges::find(order.homes, one.node_id, &identity::Dispatcher::node_id) != order.homes.end();
    if (!is_there && order.homes.size() < introduction::kPlaceCountMax) order.homes.push_back(one);
  }
  return order;
}

Status WantedSettings::ask(node::TopicChange& change) {
  const auto* const log = std::get_if<topic::LogOrder>(&change.topic.settings().order);
  const bool moves = home_ || fallbacks_;
  if (moves && log == nullptr) return fail(Errc::misuse, reasons::kNotForLog);
  if (moves) wanted_.order = from(*log);
  if (!committers_.empty() && log == nullptr) {
    topic::CommitterOrder order = std::get<topic::CommitterOrder>(change.topic.settings().order);
    order.committers = committers_;
    wanted_.order = std::move(order);
  }
  return change.take(change.topic.set(wanted_, change.now));
}

bool WantedSettings::has_come_true(const topic::Settings& settings) const {
  return (!wanted_.expires || settings.expires == *wanted_.expires) &&
         (!wanted_.name || settings.name == *wanted_.name) &&
         (!wanted_.order || settings.order == *wanted_.order);
}

Outcome<NodeId> find_member(const topic::Topic& topic, const std::string& topic_name, Names& names,
                            const std::string& who) {
  std::vector<NodeId> nodes;
  for (const topic::Member& member : topic.members()) nodes.push_back(member.node_id);
  const auto found = names.find(who, nodes);
  if (found) return *found;
  return failure(ExitCode::not_found, "not_member", "'" + who + "' is no participant of '" + topic_name + "'",
                 "See who is: taut topic show " + topic_name);
}

}  // namespace taut::cli
