#pragma once
// Lines that begin with a slash: each is a command of the shell, said inside the chat.

#include "cli/chat_screen.hpp"
#include "cli/requests.hpp"
#include "cli/topic_online.hpp"
#include "cli/topic_text.hpp"

namespace taut::cli {

struct ChatWho {};
struct ChatHelp {};
struct ChatQuit {};
using ChatCommand =
    std::variant<ChatWho, ChatHelp, ChatQuit, HelpRequest, TopicInviteRequest, TopicAcceptRequest,
                 TopicDeclineRequest, TopicRemoveRequest, TopicSetRequest, TopicLeaveRequest>;

/// @param line  "/remove bob --bar" is `taut topic remove TOPIC bob --bar`
/// @errors usage
Outcome<ChatCommand> chat_command(const std::string& topic, std::string_view line);

/// Does them, and says what came of it.
class ChatCommands {
 public:
  enum class Then { stay, leave, quit };

  /// Everything outlives it.
  ChatCommands(const std::string& topic, const OpenNode& node, TopicOnline& online, Names& names,
               ChatScreen& screen)
      : name_(topic), node_(node), online_(online), names_(names), screen_(screen) {}

  Then obey(std::string_view line);

 private:
  using Did = Outcome<Then>;

  Did obey(const ChatWho&);
  Did obey(const ChatHelp&);
  Did obey(const ChatQuit&) { return Then::quit; }
  Did obey(const HelpRequest& request);
  Did obey(const TopicInviteRequest& request);
  Did obey(const TopicAcceptRequest& request);
  Did obey(const TopicDeclineRequest& request);
  Did obey(const TopicRemoveRequest& request);
  Did obey(const TopicSetRequest& request);
  Did obey(const TopicLeaveRequest&);
  Done change(const node::TopicKeeper::Body& body);
  /// @errors not_found: another process is changing it, or has forgotten it
  Outcome<const topic::Topic*> topic() const;

  const std::string& name_;
  const OpenNode& node_;
  TopicOnline& online_;
  Names& names_;
  ChatScreen& screen_;
};

}  // namespace taut::cli
