#include "cli/commands.hpp"
#include "cli/file.hpp"
#include "cli/json.hpp"
#include "cli/passphrase.hpp"
#include "cli/text.hpp"
#include "node/backup.hpp"
#include "node/contacts.hpp"
#include "node/reasons.hpp"
#include "run/place.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> weak_passphrase(const Error& error) {
  return failure_of(ExitCode::usage, error,
                    "A passphrase has " + std::to_string(node::kPassphraseBytesMin) + " to " +
                        std::to_string(node::kPassphraseBytesMax) + " bytes",
                    "Take a longer one, such as six words at random");
}

std::unexpected<Failure> no_memory(const Error& error) {
  return failure_of(ExitCode::unexpected, error, "There is not enough memory here to work with a passphrase",
                    "Half a gigabyte is enough");
}

std::unexpected<Failure> restore_failure(const store::NodeStore& store, const Context& context,
                                         const std::string& file, const Error& error) {
  if (error.reason == reasons::kIdentityExists)
    return failure_of(error, "There is an identity in '" + context.home.folder.string() + "' already",
                      "Restore elsewhere: taut --home DIR restore FILE");
  if (error.reason == reasons::kWeakPassphrase) return weak_passphrase(error);
  if (error.reason == reasons::kNoBackup)
    return failure_of(ExitCode::usage, error, "'" + file + "' is no backup, or not all of one",
                      "Take the file that taut backup made");
  if (error.code == Errc::incompatible)
    return failure_of(ExitCode::usage, error, "The backup was made by a newer version of taut",
                      "Update taut");
  if (error.reason == reasons::kBadTag)
    return failure_of(ExitCode::authentication, error, "The passphrase is wrong, or the file was altered",
                      "Try again");
  if (error.code == Errc::exhausted && error.reason == reasons::kQuota) return no_memory(error);
  return state_failure(store, error);
}

}  // namespace

Done run(const BackupRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const SecretBytes words, passphrase(request.passphrase, Passphrase::chosen_now));
  const auto backup = node::back_up(*node.store, words.expose(), context.random);
  if (!backup && backup.error().reason == reasons::kWeakPassphrase) return weak_passphrase(backup.error());
  if (!backup && backup.error().reason == reasons::kQuota) return no_memory(backup.error());
  if (!backup) return state_failure(*node.store, backup.error());
  TAUT_CHECK(write_new_file(request.file, *backup));
  context.out.say(
      "taut: identity and contacts are in it; messages are not. Whoever has the file and the "
      "passphrase is you");
  if (request.file == "-") return {};
  if (!context.out.is_json()) return context.out.print(request.file + "\n");
  return context.out.print(
      line_of({{"v", kJsonVersion}, {"backup", request.file}, {"size_bytes", backup->size()}}));
}

Done run(const RestoreRequest& request, Context& context) {
  if (request.file == "-" && request.passphrase == "-")
    return failure(ExitCode::usage, "wrong_usage", "Backup and passphrase cannot both be standard input",
                   "Give a file for one of them");
  TAUT_TRY(const Bytes backup, read_file(request.file, node::kBackupBytesMax));
  TAUT_TRY(const SecretBytes words, passphrase(request.passphrase, Passphrase::known));
  TAUT_TRY(const auto store, open_store(context));
  const Bytes place = run::place_of(context.home.node_file());
  const auto restored = node::restore(*store, backup, words.expose(), place, moment(), context.random);
  if (!restored) return restore_failure(*store, context, request.file, restored.error());
  const auto self = node::open(*store, place, moment(), context.random);
  if (!self) return state_failure(*store, self.error());
  const auto contacts = node::contacts(*store);
  if (!contacts) return state_failure(*store, contacts.error());
  const std::string node = to_text(self->card.node_id());
  context.out.say("taut: this is " + self->name +
                  " again. taut recv tells its dispatchers; until then nobody "
                  "can write to it. Let no other copy of it run");
  if (!context.out.is_json()) return context.out.print(node + "\n");
  return context.out.print(
      line_of({{"v", kJsonVersion}, {"node", node}, {"name", self->name}, {"contacts", contacts->size()}}));
}

}  // namespace taut::cli
