#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "identity/reasons.hpp"
#include "node/reasons.hpp"
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
  context.out.say("taut: this is " + request.name +
                  ". To have an inbox: taut dispatcher use LINK; to be a dispatcher: taut dispatcher run");
  if (!context.out.is_json()) return context.out.print(node + "\n");
  return context.out.print(line_of({{"v", kJsonVersion},
                                    {"node", node},
                                    {"name", request.name},
                                    {"home", std::filesystem::absolute(context.home.folder).string()}}));
}

}  // namespace taut::cli
