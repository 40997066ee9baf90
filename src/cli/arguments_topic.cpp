#include <sstream>

#include "base/utf8.hpp"
#include "cli/argument_parser.hpp"
#include "cli/text.hpp"

namespace taut::cli {
namespace {

constexpr std::uint64_t kUsesMax = 10'000;
/// A year: the life of an invitation, and of messages in a topic.
constexpr std::chrono::seconds kTopicLifeMax{366LL * 24 * 3600};
constexpr std::uint64_t kPairSecondsMax = 3600;
/// As in a link (docs/protocol/topic.md, "Links").
constexpr std::size_t kTitleBytesMax = 64;

struct TypedCreate : Typed, TopicCreateRequest {};
struct TypedFilter : Typed, TopicFilterRequest {};
struct TypedTopic : Typed {
  std::string name;
};
struct TypedMember : Typed {
  std::string name;
  std::string who;
  bool bar = false;
};
struct TypedInvitation : Typed, TopicRevokeRequest {};
struct TypedInvite : Typed {
  std::string name;
  std::optional<std::string> uses, expires, pair;
  bool open = false;
};
struct TypedJoin : Typed {
  std::string link;
  std::optional<std::string> name, timeout;
  BrokerAccess access;
};
struct TypedSet : Typed {
  std::string name;
  std::vector<std::string> settings;
};
struct TypedTopicSend : Typed {
  std::string name;
  std::optional<std::string> text, expires;
  bool lines = false;
};
struct TypedTopicRecv : Typed {
  std::string name;
  std::optional<std::string> count, timeout;
  bool follow = false;
};

template <class Named>
void of_topic(ArgumentParser& parser, CLI::App& topic, const std::string& verb, const std::string& about) {
  auto& typed = parser.command<TypedTopic>(topic, verb, about,
                                           [](const TypedTopic& it) -> Request { return Named{it.name}; });
  word(typed, "NAME", typed.name, "The topic's name here")->required();
}

template <class Named>
TypedMember& of_member(ArgumentParser& parser, CLI::App& topic, const std::string& verb,
                       const std::string& about) {
  auto& typed = parser.command<TypedMember>(topic, verb, about, [](const TypedMember& it) -> Request {
    Named request;
    request.name = it.name;
    request.who = it.who;
    if constexpr (requires { request.bar; }) request.bar = it.bar;
    return request;
  });
  word(typed, "NAME", typed.name, "The topic's name here")->required();
  word(typed, "WHO", typed.who, "A petname or a node ID")->required();
  return typed;
}

void declare_access(CLI::App& command, BrokerAccess& access) {
  command.add_option("--mqtt-login", access.login, "A file of two lines: user name, password")
      ->type_name("FILE");
  command.add_option("--ca", access.ca, "Certificates of the broker's authority; else the system's")
      ->type_name("FILE");
}

Outcome<Request> finish_create(const TypedCreate& typed) {
  const bool has_access = typed.access.login || typed.access.ca;
  if (typed.pipe && typed.mqtt)
    return failure(ExitCode::usage, "wrong_usage", "A topic is at a broker or on pipes, not both",
                   "Give --mqtt or --pipe");
  if (typed.with && (typed.pipe || typed.mqtt))
    return failure(ExitCode::usage, "wrong_usage", "A topic with a contact who is away is at a dispatcher",
                   "Give --with alone; or invite the contact: taut topic invite");
  if (has_access && !typed.mqtt)
    return failure(ExitCode::usage, "wrong_usage",
                   "--mqtt-login and --ca are for a broker, and there is none",
                   "Name it: --mqtt mqtts://HOST/TOPIC");
  return TopicCreateRequest(typed);
}

Outcome<Request> finish_invite(const TypedInvite& typed) {
  TopicInviteRequest request;
  request.name = typed.name;
  request.open = typed.open;
  if (typed.open && (typed.uses || typed.expires || typed.pair))
    return failure(ExitCode::usage, "wrong_usage", "--open makes a link that invites nobody",
                   "Give it alone, or not at all");
  if (typed.uses) {
    TAUT_TRY(const std::uint64_t uses, number("--uses", *typed.uses, 0, kUsesMax));
    request.uses = static_cast<std::uint16_t>(uses);
  }
  if (typed.expires) {
    TAUT_TRY(request.life, duration("--expires", *typed.expires, kTopicLifeMax));
  }
  if (typed.pair) {
    TAUT_TRY(const std::uint64_t pair, number("--pair", *typed.pair, 1, kPairSecondsMax));
    request.pair = std::chrono::seconds(pair);
  }
  return request;
}

Outcome<Request> finish_join(const TypedJoin& typed) {
  TopicJoinRequest request{typed.link, typed.name, std::nullopt, typed.access};
  if (typed.timeout) {
    TAUT_TRY(request.timeout, seconds("--timeout", *typed.timeout));
  }
  return request;
}

std::vector<std::string> between_commas(const std::string& list) {
  std::vector<std::string> words;
  std::istringstream in(list);
  for (std::string word; std::getline(in, word, ',');) words.push_back(word);
  return words;
}

bool is_topic_name(const std::string& name) {
  return !name.empty() && name.size() <= kTitleBytesMax && is_utf8_line(as_bytes(name));
}

Done take_setting(const std::string& setting, TopicSetRequest& request) {
  const std::size_t equals = setting.find('=');
  const std::string key = setting.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : setting.substr(equals + 1);
  if (key == "expires" && value == "never") {
    request.expires = std::chrono::seconds(0);
  } else if (key == "expires") {
    TAUT_TRY(request.expires, duration("expires", value, kTopicLifeMax));
  } else if (key == "name" && is_topic_name(value)) {
    request.title = value;
  } else if (key == "name") {
    return failure(ExitCode::usage, "bad_name", "'" + shown_on_one_line(value) + "' cannot be a topic's name",
                   "Give at most 64 bytes of UTF-8 without control characters");
  } else if (key == "home" && !value.empty()) {
    request.home = value;
  } else if (key == "fallback" && value == "none") {
    request.fallbacks.emplace();
  } else if (key == "fallback" && !value.empty()) {
    if (!request.fallbacks) request.fallbacks.emplace();
    request.fallbacks->push_back(value);
  } else if (key == "committers" && !value.empty()) {
    request.committers = between_commas(value);
  } else {
    return failure(ExitCode::usage, "bad_setting", "A topic has no setting '" + setting + "'",
                   "Give expires=1d, expires=never, name=TEXT, home=LINK, fallback=LINK, fallback=none or "
                   "committers=WHO,WHO");
  }
  return {};
}

Outcome<Request> finish_set(const TypedSet& typed) {
  TopicSetRequest request;
  request.name = typed.name;
  for (const std::string& setting : typed.settings) TAUT_CHECK(take_setting(setting, request));
  return request;
}

Outcome<Request> finish_topic_send(const TypedTopicSend& typed) {
  if (!typed.text)
    return failure(ExitCode::usage, "no_text", "taut topic send needs a text",
                   "Give it behind the topic's name, or - to read it from stdin");
  if (typed.lines && *typed.text != "-")
    return failure(ExitCode::usage, "wrong_usage", "--lines reads stdin, and here is a text",
                   "Give - in place of the text");
  TopicSendRequest request{typed.name, *typed.text, typed.lines, std::nullopt};
  if (typed.expires) {
    TAUT_TRY(request.expires, duration("--expires", *typed.expires, kTopicLifeMax));
  }
  return request;
}

Outcome<Request> finish_topic_recv(const TypedTopicRecv& typed) {
  TopicRecvRequest request;
  request.name = typed.name;
  request.follow = typed.follow;
  if (typed.count) {
    TAUT_TRY(request.count, number("--count", *typed.count, 1, UINT32_MAX));
  }
  if (typed.timeout) {
    TAUT_TRY(request.timeout, seconds("--timeout", *typed.timeout));
  }
  return request;
}

void declare_coming_and_going(ArgumentParser& parser, CLI::App& topic) {
  auto& create =
      parser.command<TypedCreate>(topic, "create", "Begin a topic at a dispatcher in use", finish_create);
  word(create, "NAME", create.name, "What it is called, here and by those who join")->required();
  create.app->add_option("--mqtt", create.mqtt, "At a broker instead: mqtts://HOST[:PORT]/TOPIC")
      ->type_name("URL");
  declare_access(*create.app, create.access);
  create.app->add_flag("--pipe", create.pipe, "On pipes instead: taut topic filter")->disable_flag_override();
  create.app->add_option("--with", create.with, "With this contact alone, who need not be online")
      ->type_name("WHO");
  auto& invite =
      parser.command<TypedInvite>(topic, "invite", "Print a link that lets somebody in", finish_invite);
  word(invite, "NAME", invite.name, "The topic's name here")->required();
  invite.app->add_option("--uses", invite.uses, "How often it serves; 0: without limit (1)")->type_name("N");
  invite.app->add_option("--expires", invite.expires, "Not after so long: 15m, 24h, 30d")->type_name("TIME");
  invite.app->add_option("--pair", invite.pair, "Stay so long, and let in whoever asks")
      ->type_name("SECONDS");
  invite.app->add_flag("--open", invite.open, "A link to the topic alone: somebody has to say yes")
      ->disable_flag_override();
  of_topic<TopicInvitationsRequest>(parser, topic, "invitations", "The invitations that were made here");
  auto& revoke =
      parser.command<TypedInvitation>(topic, "revoke", "Let nobody in any more by an invitation",
                                      [](const TopicRevokeRequest& typed) -> Request { return typed; });
  word(revoke, "NAME", revoke.name, "The topic's name here")->required();
  word(revoke, "INVITATION", revoke.which, "Its link, or its ID")->required();
  auto& join = parser.command<TypedJoin>(topic, "join", "Ask to be let in, and wait for it", finish_join);
  word(join, "LINK", join.link, "What `taut topic invite` printed; - reads it from stdin")->required();
  word(join, "NAME", join.name, "How I call the topic; else as its maker does");
  join.app->add_option("--timeout", join.timeout, "Wait so long, then exit 7; it stays asked for")
      ->type_name("SECONDS");
  declare_access(*join.app, join.access);
  auto& remove = of_member<TopicRemoveRequest>(parser, topic, "remove", "Remove a participant");
  remove.app->add_flag("--bar", remove.bar, "Nobody may let it in again, until somebody unbars it")
      ->disable_flag_override();
  of_member<TopicUnbarRequest>(parser, topic, "unbar", "It may be let in again");
  of_topic<TopicLeaveRequest>(parser, topic, "leave", "Leave, and forget what is here of it");
  of_topic<TopicForgetRequest>(parser, topic, "forget", "Forget what is here of it, and tell nobody");
  of_topic<TopicRequestsRequest>(parser, topic, "requests", "Who asks to be let in");
  of_member<TopicAcceptRequest>(parser, topic, "accept", "Let somebody in who asked");
  of_member<TopicDeclineRequest>(parser, topic, "decline", "Do not");
}

}  // namespace

void declare_topic_commands(ArgumentParser& parser) {
  CLI::App& topic = parser.noun("topic", "Conversations of two or many");
  declare_coming_and_going(parser, topic);
  parser.command<Typed>(topic, "list", "All topics",
                        [](const Typed&) -> Request { return TopicListRequest{}; });
  of_topic<TopicShowRequest>(parser, topic, "show", "One topic, with its participants");
  of_topic<TopicChatRequest>(parser, topic, "chat", "Read and write in a topic, at a terminal");
  of_topic<TopicChatRequest>(parser, parser.root(), "chat", "The same as taut topic chat");
  auto& set = parser.command<TypedSet>(topic, "set", "Change a topic for everybody", finish_set);
  word(set, "NAME", set.name, "The topic's name here")->required();
  word(set, "SETTING", set.settings,
       "expires=1d, expires=never, name=TEXT, home=LINK, fallback=LINK, fallback=none, committers=WHO,WHO")
      ->required();
  auto& send = parser.command<TypedTopicSend>(topic, "send", "Send to all participants", finish_topic_send);
  word(send, "NAME", send.name, "The topic's name here")->required();
  word(send, "TEXT", send.text, "The message; - reads it from stdin");
  send.app->add_flag("--lines", send.lines, "With -: one message per line")->disable_flag_override();
  send.app->add_option("--expires", send.expires, "Erased everywhere after so long: 15m, 24h, 30d")
      ->type_name("TIME");
  auto& recv =
      parser.command<TypedTopicRecv>(topic, "recv", "Print what waits in a topic", finish_topic_recv);
  word(recv, "NAME", recv.name, "The topic's name here")->required();
  recv.app->add_option("--count", recv.count, "Stop after so many messages")->type_name("N");
  recv.app->add_option("--timeout", recv.timeout, "Wait so long for messages; exit 7 when none came")
      ->type_name("SECONDS");
  recv.app->add_flag("--follow", recv.follow, "Stay, and print what comes")->disable_flag_override();
  auto& filter =
      parser.command<TypedFilter>(topic, "filter", "Carry a topic on standard input and output",
                                  [](const TopicFilterRequest& typed) -> Request { return typed; });
  word(filter, "NAME", filter.name, "The topic's name here")->required();
  filter.app->add_flag("--frames", filter.frames, "Bytes with their sizes in place of lines")
      ->disable_flag_override();
}

}  // namespace taut::cli
