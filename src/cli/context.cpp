#include "cli/context.hpp"

#include <unistd.h>

#include "carrier/loop.hpp"
#include "identity/card_text.hpp"
#include "node/reasons.hpp"
#include "node/topic_items.hpp"
#include "run/clocks.hpp"
#include "run/place.hpp"

namespace taut::cli {
namespace {

/// Longer than any link; a file without an end is not read to it.
constexpr std::size_t kLinkBytesMax = 64 * 1024;

std::string quoted(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

std::unexpected<Failure> no_identity(const Context& context) {
  return failure(ExitCode::not_found, "no_identity", "There is no identity in " + quoted(context.home.folder),
                 "Make one: taut init --name NAME");
}

std::unexpected<Failure> link_failure(const Error& error) {
  if (error.reason == reasons::kLinkCut)
    return failure_of(error, "The link is cut: its end is missing",
                      "Copy the whole of it, from 'taut:' to its last letter");
  if (error.code == Errc::incompatible)
    return failure_of(error, "The link was made by a newer version of taut", "Update taut and try again");
  return failure_of(error, "This is no link, or it has been altered",
                    "A link begins with 'taut:'; ask for it again, it is what `taut id` prints");
}

}  // namespace

std::string read_standard_input() {
  std::string text(kLinkBytesMax, '\0');
  std::size_t filled = 0;
  for (ssize_t size = 1; size > 0 && filled < text.size();) {
    size = ::read(STDIN_FILENO, text.data() + filled, text.size() - filled);
    if (size > 0) filled += static_cast<std::size_t>(size);
  }
  text.resize(filled);
  return text;
}

node::Moment moment() { return run::node_moment(); }

Outcome<std::unique_ptr<store::NodeStore>> open_store(const Context& context) {
  auto opened = store::NodeStore::open(context.home.node_file());
  if (!opened) return failure_of(opened.error());
  return std::make_unique<store::NodeStore>(*std::move(opened));
}

Outcome<std::unique_ptr<store::NodeStore>> open_store_if_there(const Context& context) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(context.home.node_file(), error);
  if (error)
    return failure(
        ExitCode::storage, "cannot_read",
        "Cannot look into the folder " + quoted(context.home.folder) + " (" + error.message() + ")",
        "Name another with --home DIR or TAUT_HOME");
  if (!is_there) return nullptr;
  return open_store(context);
}

Outcome<bool> has_node(const Context& context) {
  TAUT_TRY(const auto store, open_store_if_there(context));
  if (!store) return false;
  const auto initialised = node::is_initialised(*store);
  if (!initialised) return state_failure(*store, initialised.error());
  return *initialised;
}

Outcome<OpenNode> open_node(Context& context) {
  TAUT_TRY(auto store, open_store_if_there(context));
  if (!store) return no_identity(context);
  const Bytes place = run::place_of(context.home.node_file());
  auto self = node::open(*store, place, moment(), context.random);
  if (!self && self.error().reason == reasons::kNoIdentity) return no_identity(context);
  if (!self) return state_failure(*store, self.error());
  if (self->state_file == node::StateFile::moved)
    context.out.say("taut: the state file has been copied or restored; a new stream begins");
  (void)node::sweep_topic_items(*store, moment().wall);  // busy: the next command does it
  return OpenNode{std::move(store), *std::move(self)};
}

std::unexpected<Failure> failure_of(const store::Failure& why) {
  std::string next = why.next;
  if (!next.empty() && next.front() >= 'a' && next.front() <= 'z') next.front() -= 'a' - 'A';
  return failure_of(why.error, why.text, next);
}

std::unexpected<Failure> own_revoked() {
  return failure(ExitCode::identity, "own_revoked",
                 "This identity has been revoked: nobody believes it any more, and nothing comes to it",
                 "Make another, and give its link to your contacts: taut --home DIR init --name NAME");
}

std::unexpected<Failure> state_failure(const store::NodeStore& store, const Error& error) {
  const store::Failure& said = store.failure();
  const bool is_about_it = said.error == error || error.reason == store::reasons::kStopped;
  if (is_about_it && !said.text.empty()) return failure_of(said);
  if (error.reason == reasons::kFutureState)
    return failure_of(error, "The state file was written by a newer version of taut", "Update taut");
  if (error.reason == reasons::kOwnRevoked) return own_revoked();
  if (error.reason == reasons::kRefused)
    return failure_of(error,
                      "The dispatcher does not serve this node: it is not registered there, or was revoked",
                      "Ask its operator, or make another identity: taut --home DIR init --name NAME");
  return failure_of(error, "The state file does not work (" + std::string(error.reason.name) + ")",
                    "Run taut doctor; restore a backup if it is damaged");
}

Outcome<identity::SignedCard> card_from_link(const std::string& link) {
  auto card = identity::card_from_text(link == "-" ? read_standard_input() : link);
  if (!card) return link_failure(card.error());
  return *std::move(card);
}

std::string title_of(const identity::SignedCard& card) {
  return card.card().name.empty() ? to_text(card.node_id()) : "'" + card.card().name + "'";
}

}  // namespace taut::cli
