#include "cli/argument_parser.hpp"
#include "cli/token_words.hpp"

namespace taut::cli {
namespace {

struct TypedInit : Typed {
  std::optional<std::string> name;
  std::optional<std::string> for_device;
  std::optional<std::string> out;
  std::optional<std::string> dispatcher;
  std::optional<std::string> token;
  std::optional<std::string> revocation;
};
struct TypedAccess : Typed {
  std::optional<std::string> who;
};
struct TypedRevoke : Typed {
  std::string file;
  bool make = false;
  std::vector<std::string> at;
  std::optional<std::string> successor;
};
struct TypedBackup : Typed, BackupRequest {};
struct TypedRestore : Typed, RestoreRequest {};
struct TypedHelp : Typed {
  std::vector<std::string> words;
};

Outcome<Request> finish_revoke(const TypedRevoke& typed) {
  if (typed.make && !typed.at.empty())
    return failure(ExitCode::usage, "wrong_usage", "--make publishes nothing, and here is --at",
                   "Make it first, then: taut revoke FILE --at LINK");
  if (typed.make) return RevokeMakeRequest{typed.file, typed.successor};
  if (typed.successor)
    return failure(ExitCode::usage, "wrong_usage", "The successor is named when the revocation is made",
                   "Give --successor with --make");
  return RevokeRequest{typed.file, typed.at};
}

Outcome<Request> finish_access(const TypedAccess& typed) {
  if (!typed.who) return AccessRequest{};
  if (*typed.who == "contacts") return AccessRequest{AccessFor::contacts};
  if (*typed.who == "anybody") return AccessRequest{AccessFor::anybody};
  return failure(ExitCode::usage, "wrong_usage", "taut access takes no '" + *typed.who + "'",
                 "Give contacts or anybody");
}

void declare_revoke(ArgumentParser& parser) {
  auto& revoke = parser.command<TypedRevoke>(
      parser.root(), "revoke", "End an identity by the file that was made for it", finish_revoke);
  word(revoke, "FILE", revoke.file, "The revocation; - is standard input, or with --make output")->required();
  revoke.app->add_option("--at", revoke.at, "The link of a dispatcher that the node uses; may be repeated")
      ->type_name("LINK")
      ->take_all();
  revoke.app->add_flag("--make", revoke.make, "Make the file, and publish nothing")->disable_flag_override();
  revoke.app->add_option("--successor", revoke.successor, "With --make: who takes this node's place")
      ->type_name("LINK");
}

void declare_backup(ArgumentParser& parser) {
  const std::string about = "A file with the passphrase in its first line; - reads standard input";
  auto& backup = parser.command<TypedBackup>(parser.root(), "backup", "Save identity and contacts in a file",
                                             [](const BackupRequest& typed) -> Request { return typed; });
  word(backup, "FILE", backup.file, "The file to make; - prints it")->required();
  backup.app->add_option("--passphrase", backup.passphrase, about)->type_name("FILE");
  auto& restore =
      parser.command<TypedRestore>(parser.root(), "restore", "Be the node that a backup was made of",
                                   [](const RestoreRequest& typed) -> Request { return typed; });
  word(restore, "FILE", restore.file, "What taut backup made; - reads it from stdin")->required();
  restore.app->add_option("--passphrase", restore.passphrase, about)->type_name("FILE");
}

Outcome<Request> finish_init_device(const TypedInit& typed) {
  if (typed.name || typed.revocation)
    return failure(ExitCode::usage, "wrong_usage",
                   "taut init --for-device takes neither --name nor --revocation", "See: taut init --help");
  if (!typed.out || typed.out->empty())
    return failure(ExitCode::usage, "missing_word", "taut init --for-device needs --out",
                   "Give a folder that is not there yet: --out DIR");
  if (typed.token && !typed.dispatcher)
    return failure(ExitCode::usage, "missing_word", "--token needs --dispatcher",
                   "Give the link of the dispatcher whose token it is");
  TAUT_CHECK(check_token_flag(typed.token, typed.dispatcher.value_or("")));
  std::filesystem::path out = *typed.out;
  if (!out.has_filename()) out = out.parent_path();  // lamp/ is lamp
  return InitDeviceRequest{*typed.for_device, out, typed.dispatcher, typed.token};
}

Outcome<Request> finish_init(const TypedInit& typed) {
  if (typed.for_device) return finish_init_device(typed);
  if (typed.out || typed.dispatcher || typed.token)
    return failure(ExitCode::usage, "wrong_usage",
                   "taut init takes --out, --dispatcher and --token with --for-device only",
                   "See: taut init --help");
  if (!typed.name)
    return failure(ExitCode::usage, "missing_word", "taut init needs --name", "See: taut init --help");
  return InitRequest{*typed.name, typed.revocation};
}

}  // namespace

void declare_node_commands(ArgumentParser& parser) {
  CLI::App& root = parser.root();
  auto& init = parser.command<TypedInit>(root, "init", "Make an identity", finish_init);
  init.app->add_option("--name", init.name, "How you introduce yourself; on your card");
  init.app->add_option("--for-device", init.for_device, "Make a folder to copy to a device that is called so")
      ->type_name("NAME");
  init.app->add_option("--out", init.out, "The folder to make, for --for-device")->type_name("DIR");
  init.app->add_option("--dispatcher", init.dispatcher, "Its dispatcher; without it, the one that runs here")
      ->type_name("LINK");
  init.app->add_option("--token", init.token, "Of `taut dispatcher enroll`; only -: on standard input")
      ->type_name("-");
  init.app->add_option("--revocation", init.revocation, "Where to write what ends this identity")
      ->type_name("FILE");
  parser.command<Typed>(root, "id", "Print my node ID and my link, which others need to write to me",
                        [](const Typed&) -> Request { return IdRequest{}; });
  parser.command<Typed>(root, "status", "What is set up, and what waits",
                        [](const Typed&) -> Request { return StatusRequest{}; });
  parser.command<Typed>(root, "doctor", "What is wrong, and how to mend it",
                        [](const Typed&) -> Request { return DoctorRequest{}; });
  auto& access = parser.command<TypedAccess>(
      root, "access", "Who may fill my inbox: contacts, with a little room for strangers, or anybody",
      finish_access);
  word(access, "WHO", access.who, "contacts or anybody; without it, print what holds");
  declare_revoke(parser);
  declare_backup(parser);
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
