#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/operator_words.hpp"
#include "cli/revocation_file.hpp"
#include "cli/text.hpp"
#include "cli/token_words.hpp"
#include "node/enrolment.hpp"
#include "node/own_dispatchers.hpp"
#include "node/reasons.hpp"
#include "node/revoking.hpp"

namespace taut::cli {
namespace {

/// Long enough to carry a folder to where the device is.
constexpr std::chrono::days kTokenLifetime{30};

/// Where the device will have its inbox, and what lets it in.
struct Welcome {
  identity::SignedCard dispatcher;
  SecretBytes token;  ///< empty: the dispatcher is open, or knows the device otherwise
};

Outcome<Welcome> welcome_of_others(const InitDeviceRequest& request) {
  TAUT_TRY(identity::SignedCard dispatcher, card_from_link(*request.dispatcher));
  TAUT_TRY(SecretBytes token, read_token(request.token));
  return Welcome{std::move(dispatcher), std::move(token)};
}

/// By the dispatcher that runs in this folder.
Outcome<Welcome> welcome_here(Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const Enrolled made, enrol(context, {1, kTokenLifetime}));
  TAUT_TRY(const EnrolmentToken token, enrolment_token_from_text(made.token));
  return Welcome{node.self.card, SecretBytes(ByteView(token.expose()))};
}

Done check_out(const std::filesystem::path& out) {
  std::error_code error;
  if (!std::filesystem::exists(out, error) && !error) return {};
  return failure(ExitCode::storage, "out_exists", "'" + out.string() + "' is there already",
                 "Give --out a folder that is not there yet");
}

Status take_into_use(node::Transaction& transaction, const Welcome& welcome) {
  const NodeId& dispatcher = welcome.dispatcher.node_id();
  TAUT_CHECK(node::put_own_dispatcher(transaction, node::OwnDispatcher(welcome.dispatcher)));
  if (!welcome.token.empty())
    TAUT_CHECK(node::keep_enrolment(transaction, dispatcher, welcome.token.expose()));
  TAUT_TRY(const identity::Identity identity, node::load_identity(transaction));
  TAUT_CHECK(node::sign_card(transaction, identity, moment().wall));
  return {};
}

std::unexpected<Failure> device_failure(const store::NodeStore& store, const InitDeviceRequest& request,
                                        const Error& error) {
  if (error.reason == reasons::kBadName)
    return failure_of(error, "'" + request.name + "' cannot be a name",
                      "Give at most " + std::to_string(identity::kNameBytesMax) +
                          " bytes of UTF-8 without control characters");
  return state_failure(store, error);
}

}  // namespace

Done run(const InitDeviceRequest& request, Context& context) {
  TAUT_CHECK(check_out(request.out));
  TAUT_TRY(const Welcome welcome, request.dispatcher ? welcome_of_others(request) : welcome_here(context));
  if (const auto dispatcher = node::as_dispatcher(welcome.dispatcher); !dispatcher)
    return failure_of(dispatcher.error(),
                      "The link of " + title_of(welcome.dispatcher) + " is no dispatcher's",
                      "Take the link that `taut dispatcher run` prints");
  Context device{context.out, {request.out}, {}};
  TAUT_TRY(const auto store, open_store(device));
  const node::NewNode wanted{request.name, {crypto::SuiteId::x25519_aes128gcm_sha256_ed25519}};
  // Its place is where it will be opened first.
  const auto made = node::initialise(*store, wanted, node::kNoPlaceYet, moment(), context.random);
  if (!made) return device_failure(*store, request, made.error());
  const auto used = store->write([&](node::Transaction& it) { return take_into_use(it, welcome); });
  if (!used) return state_failure(*store, used.error());
  const auto revocation = node::sign_revocation(*store, std::nullopt);
  if (!revocation) return state_failure(*store, revocation.error());
  const std::string file = request.out.string() + "-revocation.txt";
  TAUT_CHECK(write_revocation(file, *revocation, request.name));
  const std::string node = to_text(revocation->node_id());
  context.out.say("taut: copy " + request.out.string() +
                  " to the device, then there: taut --home FOLDER recv --follow");
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion},
                                      {"node", node},
                                      {"name", request.name},
                                      {"out", request.out.string()},
                                      {"dispatcher", to_text(welcome.dispatcher.node_id())},
                                      {"enrolled", !welcome.token.empty()},
                                      {"revocation", file}}));
  return context.out.print(node + "\n");
}

}  // namespace taut::cli
