#include "cli/chat_commands.hpp"

#include <doctest/doctest.h>

#include "cli/chat_words.hpp"

namespace taut::cli {
namespace {

template <class Command>
const Command& as(const Outcome<ChatCommand>& command) {
  REQUIRE(command.has_value());
  REQUIRE(std::holds_alternative<Command>(*command));
  return std::get<Command>(*command);
}

TEST_CASE("a slash command is its twin of the shell") {
  const auto removed = chat_command("tea", "/remove bob --bar");
  CHECK(as<TopicRemoveRequest>(removed).name == "tea");
  CHECK(as<TopicRemoveRequest>(removed).who == "bob");
  CHECK(as<TopicRemoveRequest>(removed).bar);
  const auto set = chat_command("tea", "/set expires=1d name=five o'clock");
  CHECK_FALSE(set.has_value());  // the words behind name= are settings of their own
  const auto named = chat_command("tea", "/set \"name=five o'clock\" expires=2h");
  CHECK(as<TopicSetRequest>(named).title == "five o'clock");
  CHECK(as<TopicSetRequest>(named).expires == std::chrono::hours(2));
  CHECK(as<TopicInviteRequest>(chat_command("tea", "/invite --uses 3")).uses == 3);
  CHECK(as<TopicAcceptRequest>(chat_command("tea", "/accept \"mad hatter\"")).who == "mad hatter");
  as<TopicDeclineRequest>(chat_command("tea", "/decline  bob"));
  as<TopicLeaveRequest>(chat_command("tea", "/leave"));
  as<HelpRequest>(chat_command("tea", "/invite --help"));
  as<ChatWho>(chat_command("tea", "/who"));
  as<ChatHelp>(chat_command("tea", "/help"));
  as<ChatQuit>(chat_command("tea", "/quit"));
}

TEST_CASE("what is no command says so, and what was meant") {
  for (const char* line : {"/", "/qiut", "/who is", "/send hello", "/create x", "/topic", "/recv", "/\"who",
                           "/remove", "/set colour=red", "/leave now", "/set home=-", "/remove -"}) {
    CAPTURE(line);
    const auto command = chat_command("tea", line);
    REQUIRE_FALSE(command.has_value());
    CHECK(command.error().exit == ExitCode::usage);
    CHECK_FALSE(command.error().next.empty());
  }
  CHECK(chat_command("tea", "/qiut").error().what.find("did you mean 'quit'") != std::string::npos);
}

TEST_CASE("quotes hold words together, and a quoted word comes back") {
  using Parts = std::vector<std::string>;
  CHECK(*words_of("a  \"b c\" d\"e f\"g \"\"") == Parts{"a", "b c", "de fg", ""});
  CHECK(*words_of("") == Parts{});
  CHECK_FALSE(words_of("a \"b").has_value());
  for (const char* word : {"bob", "mad hatter"}) CHECK(*words_of(quoted(word)) == Parts{word});
}

}  // namespace
}  // namespace taut::cli
