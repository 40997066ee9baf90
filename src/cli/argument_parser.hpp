#pragma once
// The parser behind cli/arguments.hpp, for the files that declare commands. CLI11 is slow to compile.

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "cli/arguments.hpp"

namespace taut::cli {

class ArgumentParser {
 public:
  ArgumentParser();

  /// A command that does something. `finish` turns what was typed into the request; it may refuse.
  template <class Typed, class Finish>
  Typed& command(CLI::App& parent, const std::string& name, const std::string& about, Finish finish) {
    const auto typed = std::make_shared<Typed>();
    typed->app = add(parent, name, about);
    leaves_.push_back({typed->app, [typed, finish]() -> Outcome<Request> { return finish(*typed); }});
    return *typed;
  }
  /// A noun that stands before its verbs.
  CLI::App& noun(const std::string& name, const std::string& about);
  /// Lets a noun stand alone, for the request that it then is.
  void alone(CLI::App& noun, Request request);
  CLI::App& root() { return root_; }

  Outcome<Arguments> parse(std::span<const std::string> words);
  /// Help for the root, or for the command that some words name.
  Outcome<std::string> help_for(std::span<const std::string> words);

 private:
  struct Leaf {
    const CLI::App* app;
    std::function<Outcome<Request>()> finish;
  };

  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& about);
  void add_globals(CLI::App& app);
  CLI::App& innermost();
  Outcome<Request> request();
  std::unexpected<Failure> wrong_flag(const std::string& words);
  std::unexpected<Failure> refuse(const CLI::ParseError& error);

  CLI::App root_;
  Globals globals_;
  std::vector<Leaf> leaves_;
};

/// What every command keeps while it is typed.
struct Typed {
  CLI::App* app = nullptr;
};

/// A word that stands for itself, not behind a flag.
template <class Target>
CLI::Option* word(Typed& typed, const std::string& name, Target& target, const std::string& about) {
  return typed.app->add_option(name, target, about)->type_name("");
}

void declare_node_commands(ArgumentParser& parser);        ///< init, id, status, doctor, revoke, …
void declare_contact_commands(ArgumentParser& parser);     ///< contact …
void declare_dispatcher_commands(ArgumentParser& parser);  ///< up, dispatcher …
void declare_operator_commands(ArgumentParser& parser, CLI::App& dispatcher);  ///< dispatcher enroll …
void declare_devices_commands(ArgumentParser& parser);                         ///< devices …
void declare_message_commands(ArgumentParser& parser);                         ///< send, recv, outbox
void declare_topic_commands(ArgumentParser& parser);                           ///< topic …

/// A whole number and its unit: 90s, 15m, 24h, 30d.
Outcome<std::chrono::seconds> duration(const std::string& flag, const std::string& typed,
                                       std::chrono::seconds longest);

/// 90s, 10m, 2h, 3d; at most 14 days.
Outcome<std::chrono::seconds> lifetime(const std::string& flag, const std::string& typed);
/// Seconds, with up to three digits behind a point.
Outcome<std::chrono::milliseconds> seconds(const std::string& flag, const std::string& typed);

/// Plain digits in lowest..highest, nothing else.
Outcome<std::uint64_t> number(const std::string& flag, const std::string& typed, std::uint64_t lowest,
                              std::uint64_t highest);

}  // namespace taut::cli
