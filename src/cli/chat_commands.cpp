#include "cli/chat_commands.hpp"

#include "cli/arguments.hpp"
#include "cli/chat_words.hpp"
#include "cli/nearest.hpp"
#include "cli/topic_asking.hpp"
#include "cli/topic_changes.hpp"
#include "cli/topic_goal.hpp"

namespace taut::cli {
namespace {

/// Those that are `taut topic VERB NAME …`.
const std::vector<std::string> kTwins{"invite", "accept", "decline", "remove", "set", "leave"};

template <class Twin>
bool take_as(const Request& request, std::optional<ChatCommand>& out) {
  if (const auto* const twin = std::get_if<Twin>(&request)) out = *twin;
  return out.has_value();
}

template <class... Twins>
std::optional<ChatCommand> first_of(const Request& request) {
  std::optional<ChatCommand> command;
  (void)(take_as<Twins>(request, command) || ...);
  return command;
}

std::unexpected<Failure> no_such_command(const std::string& verb) {
  std::vector<std::string> all = kTwins;
  all.insert(all.end(), {"who", "help", "quit"});
  return failure(ExitCode::usage, "unknown_command",
                 "There is no command '/" + verb + "' here" + did_you_mean(verb, all),
                 "See /help; to say a text that begins with a slash, begin it with two");
}

}  // namespace

Outcome<ChatCommand> chat_command(const std::string& topic, std::string_view line) {
  TAUT_TRY(std::vector<std::string> words, words_of(line.substr(1)));
  const std::string verb = words.empty() ? "" : words.front();
  if (words.size() == 1 && verb == "who") return ChatWho{};
  if (words.size() == 1 && verb == "help") return ChatHelp{};
  if (words.size() == 1 && verb == "quit") return ChatQuit{};
  if (std::ranges::find(kTwins, verb) == kTwins.end()) return no_such_command(verb);
  if (std::ranges::any_of(words, [](const std::string& word) { return word == "-" || word.ends_with("=-"); }))
    return failure(ExitCode::usage, "no_input", "What is typed here is the chat", "Paste the link itself");
  words.insert(words.begin(), "topic");
  words.insert(words.begin() + 2, topic);
  TAUT_TRY(const Arguments arguments, parse_arguments(words));
  const auto command = first_of<HelpRequest, TopicInviteRequest, TopicAcceptRequest, TopicDeclineRequest,
                                TopicRemoveRequest, TopicSetRequest, TopicLeaveRequest>(arguments.request);
  if (command) return *command;
  return no_such_command(verb);
}

ChatCommands::Then ChatCommands::obey(std::string_view line) {
  const auto command = chat_command(name_, line);
  const Did done = command ? std::visit([this](const auto& one) { return obey(one); }, *command)
                           : Did(std::unexpected(command.error()));
  if (done) return *done;
  screen_.notice(done.error().what + (done.error().next.empty() ? "" : ". " + done.error().next));
  return Then::stay;
}

Outcome<const topic::Topic*> ChatCommands::topic() const {
  if (const topic::Topic* const here = online_.topic()) return here;
  return topic_failure(*node_.store, {Errc::unavailable, reasons::kNoSuchTopic}, name_);
}

Done ChatCommands::change(const node::TopicKeeper::Body& body) {
  if (const Status done = online_.change(body); !done)
    return topic_failure(*node_.store, done.error(), name_);
  return {};
}

ChatCommands::Did ChatCommands::obey(const ChatWho&) {
  TAUT_TRY(const topic::Topic* const here, topic());
  for (const std::string& line : lines_of_members(*here, names_, node_.self.card.node_id()))
    screen_.notice(line);
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const ChatHelp&) {
  for (const std::string_view line : chat_help()) screen_.notice(line);
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const HelpRequest& request) {
  screen_.notice(request.text);
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicInviteRequest& request) {
  std::optional<introduction::Locator> link;
  TAUT_CHECK(change([&](node::TopicChange& change) -> Status {
    if (request.pair) TAUT_CHECK(change.take(change.topic.admit(*request.pair, 1, change.now)));
    return make_link(request, change, link);
  }));
  const auto text = introduction::to_text(*link);
  if (!text) return failure_of(text.error(), "No link can be made of '" + name_ + "'", "");
  screen_.notice(request.open ? "whoever has this link may ask, and somebody has to say yes:"
                              : "whoever has this link gets in by taut topic join, while you are online:");
  screen_.quote(*text);
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicAcceptRequest& request) {
  TAUT_TRY(const topic::Topic* const here, topic());
  TAUT_TRY(const Asking who, find_asking(*here, name_, names_, request.who));
  TAUT_CHECK(change(
      [&](node::TopicChange& change) { return change.take(change.topic.welcome(who.ref, change.now)); }));
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicDeclineRequest& request) {
  TAUT_TRY(const topic::Topic* const here, topic());
  TAUT_TRY(const Asking who, find_asking(*here, name_, names_, request.who));
  TAUT_CHECK(change([&](node::TopicChange& change) { return change.take(change.topic.decline(who.ref)); }));
  screen_.notice("declined");
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicRemoveRequest& request) {
  TAUT_TRY(const topic::Topic* const here, topic());
  TAUT_TRY(const NodeId who, find_member(*here, name_, names_, request.who));
  const auto after = request.bar ? topic::AfterRemoval::barred : topic::AfterRemoval::may_return;
  TAUT_CHECK(change(
      [&](node::TopicChange& change) { return change.take(change.topic.remove(who, after, change.now)); }));
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicSetRequest& request) {
  TAUT_TRY(const topic::Topic* const here, topic());
  TAUT_TRY(WantedSettings wanted, WantedSettings::of(request, *here, names_));
  TAUT_CHECK(change([&](node::TopicChange& change) { return wanted.ask(change); }));
  return Then::stay;
}

ChatCommands::Did ChatCommands::obey(const TopicLeaveRequest&) {
  TAUT_CHECK(change([&](node::TopicChange& change) { return change.take(change.topic.leave(change.now)); }));
  screen_.notice("leaving; it is done when another participant has confirmed it");
  return Then::leave;
}

}  // namespace taut::cli
