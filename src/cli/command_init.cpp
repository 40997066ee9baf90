#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/revocation_file.hpp"
#include "identity/reasons.hpp"
#include "node/reasons.hpp"
#include "node/revoking.hpp"
#include "run/place.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> init_failure(const Context& context, const store::NodeStore& store,
                                      const InitRequest& request, const Error& error) {
  if (error.reason == reasons::kIdentityExists)
    return failure_of(error, "There is an identity in '" + context.home.folder.string() + "' already",
                      "Show it with taut id, or make another elsewhere: taut --home DIR init --name NAME");
  if (error.reason == reasons::kBadName)
    return failure_of(error, "'" + request.name + "' cannot be a name",
                      "Give at most " + std::to_string(identity::kNameBytesMax) +
                          " bytes of UTF-8 without control characters");
  return state_failure(store, error);
}

/// Beside the folder, not in it: who loses the folder needs it.
std::string file_beside(const Context& context, const std::string& node) {
  std::filesystem::path folder = std::filesystem::absolute(context.home.folder).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  constexpr std::size_t kPrefix = 5;  // "taut1"
  return folder.string() + "-revocation-" + node.substr(kPrefix, 8) + ".txt";
}

/// @return  its name; nothing: it could not be written where nobody asked for it
Outcome<std::optional<std::string>> save_revocation(const InitRequest& request, store::NodeStore& store,
                                                    const Context& context) {
  const auto revocation = node::sign_revocation(store, std::nullopt);
  if (!revocation) return state_failure(store, revocation.error());
  std::string file = request.revocation.value_or(file_beside(context, to_text(revocation->node_id())));
  const Done written = write_revocation(file, *revocation, request.name);
  if (written) return file;
  if (request.revocation) return std::unexpected(written.error());
  context.out.say("taut: no revocation could be saved: " + written.error().what +
                  ". Make one: taut revoke --make FILE");
  return std::nullopt;
}

}  // namespace

Done run(const InitRequest& request, Context& context) {
  TAUT_TRY(const auto store, open_store(context));
  const Bytes place = run::place_of(context.home.node_file());
  const node::NewNode wanted{request.name, {crypto::SuiteId::x25519_aes128gcm_sha256_ed25519}};
  if (const auto made = node::initialise(*store, wanted, place, moment(), context.random); !made)
    return init_failure(context, *store, request, made.error());
  const auto self = node::open(*store, place, moment(), context.random);
  if (!self) return state_failure(*store, self.error());
  const std::string node = to_text(self->card.node_id());
  TAUT_TRY(const std::optional<std::string> revocation, save_revocation(request, *store, context));
  context.out.say("taut: this is " + request.name +
                  ". To have an inbox: taut dispatcher use LINK; to be a dispatcher: taut dispatcher run");
  if (revocation)
    context.out.say("taut: keep '" + *revocation +
                    "' apart from this device: with it you can end this identity when it is lost");
  if (!context.out.is_json()) return context.out.print(node + "\n");
  return context.out.print(line_of({{"v", kJsonVersion},
                                    {"node", node},
                                    {"name", request.name},
                                    {"home", std::filesystem::absolute(context.home.folder).string()},
                                    {"revocation", revocation ? Json(*revocation) : Json(nullptr)}}));
}

}  // namespace taut::cli
