#include "carrier/reasons.hpp"
#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/qr.hpp"
#include "cli/task_session.hpp"
#include "identity/card_text.hpp"
#include "run/dispatcher_server.hpp"
#include "run/stored_dispatcher.hpp"

#include <unistd.h>

namespace taut::cli {
namespace {

/// Loopback is open to whoever is on this machine; beyond it somebody has to say so.
Outcome<frame::Policy> policy_for(const DispatcherRunRequest& request) {
  if (request.policy == DispatcherPolicy::open || carrier::is_loopback(request.listen))
    return frame::Policy::open;
  return failure(ExitCode::usage, "policy_needed",
                 "Other machines can reach " + carrier::to_text(request.listen) +
                     ", and no policy says who may have an inbox here",
                 "Give --policy open to serve whoever knows the link, or listen on 127.0.0.1");
}

std::string host_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size()) != 0) return "localhost";
  return name.substr(0, name.find('\0'));
}

/// What the link tells others to dial.
carrier::Address advertised(const DispatcherRunRequest& request, const carrier::Address& listening) {
  carrier::Address address = request.advertise.value_or(listening);
  if (request.advertise && address.port == 0) address.port = listening.port;
  if (carrier::is_any(address)) address.host = host_name();
  return address;
}

std::unexpected<Failure> listen_failure(const carrier::Address& at, const Error& error) {
  const std::string what = "Cannot listen on " + carrier::to_text(at) + ": ";
  if (error.reason == reasons::kAddressInUse)
    return failure(ExitCode::storage, "address_in_use", what + "another process does",
                   "Stop it, or give another port; port 0 takes a free one");
  if (error.reason == reasons::kAddressNotOurs)
    return failure(ExitCode::usage, "address_not_ours", what + "this machine has no such address",
                   "Give one that it has, or 127.0.0.1");
  if (error.reason == reasons::kForbidden)
    return failure(ExitCode::storage, "forbidden", what + "the system does not let this user",
                   "Give a port above 1023");
  return failure(ExitCode::usage, std::string(error.reason.name), what + "this is not a numeric address",
                 "Give an IP address of this machine, such as 127.0.0.1");
}

Done announce(const Context& context, const carrier::Address& address, const identity::SignedCard& card) {
  const std::string link = to_text(card);
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion},
                                      {"event", "listening"},
                                      {"address", carrier::to_text(address)},
                                      {"link", link}}));
  TAUT_CHECK(context.out.print(link + "\n"));
  context.out.say("taut: listening on " + carrier::to_text(address) +
                  "; others take the link above: taut dispatcher use LINK");
  if (const auto code = qr_code(link, context.out.terminal_columns())) return context.out.print(*code);
  return {};
}

}  // namespace

Done run(const DispatcherRunRequest& request, Context& context) {
  run::ServerSettings settings;
  settings.listen = request.listen;
  TAUT_TRY(settings.dispatcher.policy, policy_for(request));
  TAUT_TRY(const OpenNode node, open_node(context));

  run::DispatcherServer* serving = nullptr;
  carrier::Loop* looping = nullptr;
  std::optional<store::Failure> broken;
  Session session([&] { serving->stop([&] { looping->stop(); }); });
  looping = &session.loop();
  const auto storage = run::StoredDispatcher::open(session.loop(), context.home.dispatcher_file(),
                                                   context.random, [&](const store::Failure& failure) {
                                                     broken = failure;
                                                     serving->stop([&] { looping->stop(); });
                                                   });
  if (!storage) return failure_of(storage.error());
  const auto server =
      run::DispatcherServer::start(session.loop(), node.self.identity, **storage, context.random, settings);
  if (!server) return listen_failure(request.listen, server.error());
  serving = server->get();

  const carrier::Address address = advertised(request, serving->address());
  const auto card =
      node::serve_at(*node.store, {{identity::Carrier::tcp, address.host, address.port}}, moment());
  if (!card) return state_failure(*node.store, card.error());
  TAUT_CHECK(announce(context, serving->address(), *card));
  session.loop().run();
  if (broken) return failure_of(*broken);
  return {};
}

}  // namespace taut::cli
