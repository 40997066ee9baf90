#include <unistd.h>

#include "carrier/reasons.hpp"
#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/qr.hpp"
#include "cli/task_session.hpp"
#include "identity/card_text.hpp"
#include "run/dispatcher_server.hpp"
#include "run/stored_dispatcher.hpp"

namespace taut::cli {
namespace {

/// While the disk is full.
constexpr std::chrono::seconds kRestartAfter{1};

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

Json json_of_carriers(std::span<const identity::Carrier> carriers) {
  Json names = Json::array();
  for (const identity::Carrier one : carriers) names.push_back(one == identity::Carrier::udp ? "udp" : "tcp");
  return names;
}

Done announce(const Context& context, const DispatcherRunRequest& request, const carrier::Address& address,
              const identity::SignedCard& card) {
  const std::string link = to_text(card);
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion},
                                      {"event", "listening"},
                                      {"address", carrier::to_text(address)},
                                      {"carriers", json_of_carriers(request.carriers)},
                                      {"link", link}}));
  TAUT_CHECK(context.out.print(link + "\n"));
  context.out.say("taut: listening on " + carrier::to_text(address) +
                  "; others take the link above: taut dispatcher use LINK");
  if (const auto code = qr_code(link, context.out.terminal_columns())) return context.out.print(*code);
  return {};
}

/// A dispatcher that begins anew when its disk has failed: what was not synced is not trusted, and links
/// are made again by who needs them.
class Service {
 public:
  Service(const DispatcherRunRequest& request, frame::Policy policy, const OpenNode& node, Context& context);

  Done run();

 private:
  Done open();
  Done announce_at(const carrier::Address& listening);
  void begin_again();
  void stop();

  const DispatcherRunRequest& request_;
  const OpenNode& node_;
  Context& context_;
  run::ServerSettings settings_;
  Session session_;
  std::unique_ptr<run::StoredDispatcher> storage_;
  std::unique_ptr<run::DispatcherServer> server_;
  carrier::Timer restart_;
  Done end_;
};

Service::Service(const DispatcherRunRequest& request, frame::Policy policy, const OpenNode& node,
                 Context& context)
    : request_(request),
      node_(node),
      context_(context),
      session_([this] { stop(); }),
      restart_(session_.loop(), [this] { begin_again(); }) {
  settings_.listen = request.listen;
  settings_.carriers = request.carriers;
  settings_.dispatcher.policy = policy;
}

Done Service::run() {
  TAUT_CHECK(open());
  settings_.listen = server_->address();  // the same port, should it have to begin again
  TAUT_CHECK(announce_at(server_->address()));
  session_.loop().run();
  return end_;
}

Done Service::open() {
  const auto on_failed = [this](const store::Failure& why) {
    const Failure failure = failure_of(why).error();
    context_.out.report(failure);
    restart_.arm(carrier::Loop::now());  // not from its own call
  };
  auto storage = run::StoredDispatcher::open(session_.loop(), context_.home.dispatcher_file(),
                                             context_.random, on_failed);
  if (!storage) return failure_of(storage.error());
  auto server = run::DispatcherServer::start(session_.loop(), node_.self.identity, **storage, context_.random,
                                             settings_);
  if (!server) return listen_failure(settings_.listen, server.error());
  storage_ = *std::move(storage);
  server_ = *std::move(server);
  return {};
}

Done Service::announce_at(const carrier::Address& listening) {
  const carrier::Address address = advertised(request_, listening);
  std::vector<identity::Address> serves_at;
  for (const identity::Carrier one : request_.carriers)
    serves_at.push_back({one, address.host, address.port});
  const auto card = node::serve_at(*node_.store, serves_at, moment());
  if (!card) return state_failure(*node_.store, card.error());
  return announce(context_, request_, listening, *card);
}

void Service::begin_again() {
  server_.reset();
  storage_.reset();
  const Done opened = open();
  if (opened) return context_.out.say("taut: the dispatcher works again");
  if (opened.error().reason == "disk_full") return restart_.arm(carrier::Loop::now() + kRestartAfter);
  end_ = opened;
  session_.loop().stop();
}

void Service::stop() {
  if (server_) return server_->stop([this] { session_.loop().stop(); });
  session_.loop().stop();
}

}  // namespace

Done run(const DispatcherRunRequest& request, Context& context) {
  TAUT_TRY(const frame::Policy policy, policy_for(request));
  TAUT_TRY(const OpenNode node, open_node(context));
  return Service(request, policy, node, context).run();
}

}  // namespace taut::cli
