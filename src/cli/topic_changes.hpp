#pragma once
// What requests change in a topic, for commands of the shell and of a chat.

#include "cli/requests.hpp"
#include "cli/topic_text.hpp"
#include "node/topic_keeper.hpp"
#include "topic/topic.hpp"

namespace taut::cli {

/// With an invitation in it, unless a yes or a pairing window lets in. A window is not opened here.
Status make_link(const TopicInviteRequest& request, node::TopicChange& change,
                 std::optional<introduction::Locator>& out);

/// What a request wants of settings; the rest stays as it is when the change is made.
class WantedSettings {
 public:
  /// @errors usage: a home or fallback that is no dispatcher's link, committers where a log orders;
  ///         not_found (not_member)
  static Outcome<WantedSettings> of(const TopicSetRequest& request, const topic::Topic& topic, Names& names);

  /// @errors misuse (not_for_log)
  Status ask(node::TopicChange& change);
  /// @pre ask() succeeded
  bool has_come_true(const topic::Settings& settings) const;

 private:
  /// A home that is left becomes the first fallback, unless fallbacks were named.
  topic::LogOrder from(const topic::LogOrder& before) const;

  topic::SettingsChange wanted_;
  std::optional<identity::Dispatcher> home_;
  std::optional<std::vector<identity::Dispatcher>> fallbacks_;
  std::vector<NodeId> committers_;  ///< empty: as they are
};

/// By petname or node ID. @errors not_found (not_member)
Outcome<NodeId> find_member(const topic::Topic& topic, const std::string& topic_name, Names& names,
                            const std::string& who);

}  // namespace taut::cli
