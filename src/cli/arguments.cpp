#include "cli/arguments.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "cli/argument_parser.hpp"
#include "cli/nearest.hpp"

namespace taut::cli {
namespace {

std::string path_of(const CLI::App& app) {
  const CLI::App* const parent = app.get_parent();
  return parent == nullptr ? "taut" : path_of(*parent) + " " + app.get_name();
}

/// The command that was typed behind this one, or nullptr.
CLI::App* next_typed(const CLI::App& app) {
  const auto typed = app.get_subcommands();
  return typed.empty() ? nullptr : typed.front();
}

/// Not App::help(), which explains the command that was typed instead.
std::string help_of(const CLI::App& app) {
  return app.get_formatter()->make_help(&app, path_of(app), CLI::AppFormatMode::Normal);
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::unexpected<Failure> wrong_usage(std::string reason, std::string what, const CLI::App& app) {
  return failure(ExitCode::usage, std::move(reason), std::move(what), "See: " + path_of(app) + " --help");
}

std::string missing(const CLI::App& app) {
  const auto options = app.get_options();
  const auto found = std::ranges::find_if(
      options, [](const CLI::Option* option) { return option->get_required() && option->count() == 0; });
  return found == options.end() ? "more words" : (*found)->get_name();
}

/// A flag with too many values or too few. CLI11 begins its words with the flag's name.
/// @param app  where the flag stands
std::string mismatch(const CLI::App& app, const std::string& name, const std::string& words) {
  if (app.get_option_no_throw("--" + name) != nullptr)
    return path_of(app) + ": --" + name + " takes no value";
  const CLI::Option* const option = app.get_option_no_throw(name);
  if (option == nullptr) return path_of(app) + ": " + words;
  return path_of(app) + ": " + name + (option->count() > 1 ? " is given twice" : " needs a value");
}

std::unexpected<Failure> unknown_word(const std::string& word, const CLI::App& app) {
  if (word.size() > 1 && word.starts_with('-')) {
    const std::string flag = word.substr(0, word.find('='));
    return wrong_usage("unknown_flag",
                       path_of(app) + " has no flag '" + flag + "'" + did_you_mean(flag, flag_names(app)),
                       app);
  }
  const auto commands = command_names(app);
  if (!commands.empty())
    return wrong_usage("unknown_command",
                       path_of(app) + " has no command '" + word + "'" + did_you_mean(word, commands), app);
  return wrong_usage("unexpected_word",
                     path_of(app) + " takes no further word, and here is '" + word +
                         "'; a text of several words needs quotes",
                     app);
}

}  // namespace

ArgumentParser::ArgumentParser()
    : root_("End-to-end encrypted messages over whatever string you have.", "taut") {
  add_globals(root_);
  root_.require_subcommand(1);
  root_.set_version_flag("--version", "", "Print the version");
  declare_node_commands(*this);
  declare_contact_commands(*this);
  declare_dispatcher_commands(*this);
  declare_message_commands(*this);
  declare_topic_commands(*this);
}

void ArgumentParser::add_globals(CLI::App& app) {
  // On every command, not by CLI11's fallthrough: that takes a text for a command of the same name.
  app.set_help_flag("-h,--help", "Print this");
  app.add_flag("--json", globals_.json, "One JSON object, or one a line")->disable_flag_override();
  app.add_flag("-v,--verbose", globals_.verbose, "Log to stderr")->disable_flag_override();
  app.add_option("--home", globals_.home, "The folder with taut's state")->type_name("DIR");
}

CLI::App* ArgumentParser::add(CLI::App& parent, const std::string& name, const std::string& about) {
  CLI::App* const app = parent.add_subcommand(name, about);
  add_globals(*app);
  return app;
}

CLI::App& ArgumentParser::noun(const std::string& name, const std::string& about) {
  CLI::App* const app = add(root_, name, about);
  app->require_subcommand(1);
  return *app;
}

void ArgumentParser::alone(CLI::App& noun, Request request) {
  noun.require_subcommand(0, 1);
  leaves_.push_back({&noun, [request = std::move(request)]() -> Outcome<Request> { return request; }});
}

CLI::App& ArgumentParser::innermost() {
  CLI::App* app = &root_;
  while (CLI::App* const next = next_typed(*app)) app = next;
  return *app;
}

Outcome<Request> ArgumentParser::request() {
  const auto leaf = std::ranges::find(leaves_, &innermost(), &Leaf::app);
  return leaf->finish();
}

std::unexpected<Failure> ArgumentParser::refuse(const CLI::ParseError& error) {
  for (const CLI::App* app = &root_; app != nullptr; app = next_typed(*app))
    if (const auto left = app->remaining(); !left.empty()) return unknown_word(left.front(), *app);
  const CLI::App& app = innermost();
  if (dynamic_cast<const CLI::RequiredError*>(&error) == nullptr) return wrong_flag(error.what());
  const auto commands = command_names(app);
  if (!commands.empty())
    return wrong_usage("no_command", path_of(app) + " needs a command: " + listed(commands), app);
  return wrong_usage("missing_word", path_of(app) + " needs " + missing(app), app);
}

/// Flags may stand before their command, too.
std::unexpected<Failure> ArgumentParser::wrong_flag(const std::string& words) {
  const std::string name = words.substr(0, words.find_first_of(": "));
  const CLI::App* app = &root_;
  while (const CLI::App* const next = next_typed(*app)) {
    const CLI::Option* const option = app->get_option_no_throw(name);
    if (option != nullptr && option->count() > 1) break;
    app = next;
  }
  return wrong_usage("wrong_usage", mismatch(*app, name, words), *app);
}

Outcome<Arguments> ArgumentParser::parse(std::span<const std::string> words) {
  std::vector<std::string> reversed(words.rbegin(), words.rend());
  try {
    root_.parse(reversed);
    TAUT_TRY(Request made, request());
    return Arguments{std::move(globals_), std::move(made)};
  } catch (const CLI::CallForHelp&) {
    return Arguments{std::move(globals_), HelpRequest{help_of(innermost())}};
  } catch (const CLI::CallForVersion&) {
    return Arguments{std::move(globals_), VersionRequest{}};
  } catch (const CLI::ParseError& error) {
    return refuse(error);
  }
}

Outcome<std::string> ArgumentParser::help_for(std::span<const std::string> words) {
  CLI::App* app = &root_;
  for (const std::string& word : words) {
    const auto names = command_names(*app);
    if (std::ranges::find(names, word) == names.end()) return unknown_word(word, *app);
    app = app->get_subcommand(word);
  }
  return help_of(*app);
}

Outcome<Arguments> parse_arguments(std::span<const std::string> words) {
  return ArgumentParser().parse(words);
}

bool asks_for_json(std::span<const std::string> words) {
  return std::ranges::find(words, "--json") != words.end();
}

Outcome<std::chrono::seconds> duration(const std::string& flag, const std::string& typed,
                                       std::chrono::seconds longest) {
  struct Unit {
    char letter;
    std::chrono::seconds length;
  };
  constexpr std::array kUnits{Unit{'s', std::chrono::seconds(1)}, Unit{'m', std::chrono::minutes(1)},
                              Unit{'h', std::chrono::hours(1)}, Unit{'d', std::chrono::days(1)}};
  std::int64_t count = 0;
  const char* const end = typed.data() + typed.size();
  const auto [unit, error] = std::from_chars(typed.data(), end, count);
  const auto found = std::ranges::find(kUnits, unit + 1 == end ? *unit : '\0', &Unit::letter);
  const bool is_good = error == std::errc{} && found != kUnits.end() && count > 0;
  if (is_good && count <= longest / found->length) return count * found->length;
  return failure(ExitCode::usage, "bad_duration", flag + " takes no '" + typed + "'",
                 "Give a number and s, m, h or d, such as 24h; at most " +
                     std::to_string(longest / std::chrono::days(1)) + "d");
}

Outcome<std::uint64_t> number(const std::string& flag, const std::string& typed, std::uint64_t lowest,
                              std::uint64_t highest) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
  const bool is_number = !typed.empty() && error == std::errc{} && end == typed.data() + typed.size();
  if (is_number && value >= lowest && value <= highest) return value;
  return failure(ExitCode::usage, "bad_number", flag + " takes no '" + typed + "'",
                 "Give a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

}  // namespace taut::cli
