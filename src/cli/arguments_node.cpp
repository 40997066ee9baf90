#include "cli/argument_parser.hpp"

namespace taut::cli {
namespace {

struct TypedInit : Typed, InitRequest {};
struct TypedHelp : Typed {
  std::vector<std::string> words;
};

}  // namespace

void declare_node_commands(ArgumentParser& parser) {
  CLI::App& root = parser.root();
  auto& init = parser.command<TypedInit>(root, "init", "Make an identity",
                                         [](const InitRequest& typed) -> Request { return typed; });
  init.app->add_option("--name", init.name, "How you introduce yourself; on your card")->required();
  parser.command<Typed>(root, "id", "Print my node ID and my link, which others need to write to me",
                        [](const Typed&) -> Request { return IdRequest{}; });
  parser.command<Typed>(root, "status", "What is set up, and what waits",
                        [](const Typed&) -> Request { return StatusRequest{}; });
  parser.command<Typed>(root, "doctor", "What is wrong, and how to mend it",
                        [](const Typed&) -> Request { return DoctorRequest{}; });
  parser.command<Typed>(root, "version", "Print the version",
                        [](const Typed&) -> Request { return VersionRequest{}; });
  auto& help = parser.command<TypedHelp>(root, "help", "Explain a command",
                                         [&parser](const TypedHelp& typed) -> Outcome<Request> {
                                           TAUT_TRY(std::string text, parser.help_for(typed.words));
                                           return HelpRequest{std::move(text)};
                                         });
  word(help, "COMMAND", help.words, "The words of a command");
}

}  // namespace taut::cli
