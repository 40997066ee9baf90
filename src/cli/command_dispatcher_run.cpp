#include <sys/socket.h>
#include <unistd.h>

#include "base/overloaded.hpp"
#include "carrier/reasons.hpp"
#include "cli/commands.hpp"
#include "cli/dispatcher_config.hpp"
#include "cli/json.hpp"
#include "cli/qr.hpp"
#include "cli/task_session.hpp"
#include "identity/card_text.hpp"
#include "link/reasons.hpp"
#include "run/dispatcher_server.hpp"
#include "run/log.hpp"
#include "run/metrics.hpp"
#include "run/metrics_server.hpp"
#include "run/operator_server.hpp"
#include "run/service_manager.hpp"
#include "run/stored_dispatcher.hpp"

namespace taut::cli {
namespace {

/// While the disk is full.
constexpr std::chrono::seconds kRestartAfter{1};

/// Loopback is open to whoever is on this machine; beyond it somebody has to say so.
/// @param configured  in the file; what was typed goes before it
Outcome<frame::Policy> policy_for(const DispatcherRunRequest& request,
                                  std::optional<DispatcherPolicy> configured) {
  const auto said = request.policy ? request.policy : configured;
  if (said == DispatcherPolicy::closed) return frame::Policy::closed;
  if (said == DispatcherPolicy::open || carrier::is_loopback(request.listen)) return frame::Policy::open;
  return failure(
      ExitCode::usage, "policy_needed",
      "Other machines can reach " + carrier::to_text(request.listen) +
          ", and no policy says who may have an inbox here",
      "Give --policy open to serve whoever knows the link, --policy closed to serve whom you enroll, "
      "or listen on 127.0.0.1");
}

std::string_view name_of(const dispatcher::OperatorRequest& asked) {
  return std::visit(Overloaded{[](const dispatcher::Enrol&) { return "enroll"; },
                               [](const dispatcher::Revoke&) { return "revoke"; },
                               [](const dispatcher::ListAll&) { return "devices"; },
                               [](const dispatcher::Stats&) { return "stats"; }},
                    asked);
}

Outcome<dispatcher::Settings> settings_for(const DispatcherRunRequest& request, const Context& context) {
  TAUT_TRY(const DispatcherConfig config, read_dispatcher_config(context.home.dispatcher_config()));
  dispatcher::Settings settings;
  TAUT_TRY(settings.policy, policy_for(request, config.policy));
  settings.limits = config.limits;
  return settings;
}

std::string_view name_of(frame::Policy policy) { return policy == frame::Policy::closed ? "closed" : "open"; }

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
  if (error.reason == reasons::kPortsDiffer || error.reason == reasons::kNotListening)
    return failure(ExitCode::usage, std::string(error.reason.name),
                   "Cannot take the sockets that were handed over: " +
                       std::string(error.reason == reasons::kPortsDiffer
                                       ? "TCP and UDP have different ports"
                                       : "one does not listen, or is no Internet socket"),
                   "Give ListenStream= and ListenDatagram= of the systemd unit one port");
  return failure(ExitCode::usage, std::string(error.reason.name), what + "this is not a numeric address",
                 "Give an IP address of this machine, such as 127.0.0.1");
}

Json json_of_carriers(std::span<const identity::Carrier> carriers) {
  Json names = Json::array();
  for (const identity::Carrier one : carriers) names.push_back(one == identity::Carrier::udp ? "udp" : "tcp");
  return names;
}

std::unexpected<Failure> socket_failure(const std::string& place, const Error& error) {
  const std::string what = "Cannot listen at " + place + ": ";
  if (error.reason == reasons::kAddressInUse)
    return failure(ExitCode::storage, "address_in_use", what + "something is there already",
                   "Remove it, or give another place");
  if (error.reason == reasons::kNoRoute)
    return failure(ExitCode::storage, "no_route", what + "there is no such folder", "Make the folder");
  return failure(ExitCode::storage, std::string(error.reason.name),
                 what + "the system does not let this user", "Give another place");
}

std::string to_text(const MetricsPlace& place) {
  if (const auto* const address = std::get_if<carrier::Address>(&place)) return carrier::to_text(*address);
  return "unix:" + std::get<std::filesystem::path>(place).string();
}

Done announce(const Context& context, const DispatcherRunRequest& request, const carrier::Address& address,
              const identity::SignedCard& card, const run::MetricsServer* metrics) {
  const std::string link = to_text(card);
  Json event{{"v", kJsonVersion},
             {"event", "listening"},
             {"address", carrier::to_text(address)},
             {"carriers", json_of_carriers(request.carriers)},
             {"link", link}};
  if (metrics != nullptr) event["metrics"] = metrics->place();
  if (context.out.is_json()) return context.out.print(line_of(event));
  TAUT_CHECK(context.out.print(link + "\n"));
  context.out.say("taut: listening on " + carrier::to_text(address) +
                  "; others take the link above: taut dispatcher use LINK");
  if (metrics != nullptr) context.out.say("taut: metrics at " + metrics->place());
  if (const auto code = qr_code(link, context.out.terminal_columns())) return context.out.print(*code);
  return {};
}

/// A dispatcher that begins anew when its disk has failed: what was not synced is not trusted, and links
/// are made again by who needs them.
class Service {
 public:
  Service(const DispatcherRunRequest& request, const dispatcher::Settings& settings, const OpenNode& node,
          Context& context);

  Done run();

 private:
  Done open();
  Done open_doors();
  Done announce_at(const carrier::Address& listening);
  void begin_again();
  void reload();
  void stop();

  const DispatcherRunRequest& request_;
  const OpenNode& node_;
  Context& context_;
  run::ServerSettings settings_;
  Session session_;
  std::unique_ptr<run::StoredDispatcher> storage_;
  std::unique_ptr<run::DispatcherServer> server_;
  std::unique_ptr<run::OperatorServer> operator_;
  std::unique_ptr<run::MetricsServer> metrics_;
  carrier::Timer restart_;
  Done end_;
};

Service::Service(const DispatcherRunRequest& request, const dispatcher::Settings& settings,
                 const OpenNode& node, Context& context)
    : request_(request),
      node_(node),
      context_(context),
      session_([this] { stop(); }, [this] { reload(); }),
      restart_(session_.loop(), [this] { begin_again(); }) {
  settings_.listen = request.listen;
  settings_.carriers = request.carriers;
  if (const auto sockets = run::take_inherited_sockets(SOCK_STREAM); !sockets.empty())
    settings_.inherited = sockets.front();
  if (const auto sockets = run::take_inherited_sockets(SOCK_DGRAM); !sockets.empty())
    settings_.inherited_datagrams = sockets.front();
  settings_.dispatcher = settings;
}

Done Service::run() {
  TAUT_CHECK(open());
  TAUT_CHECK(open_doors());
  settings_.listen = server_->address();  // the same port, should it have to begin again
  TAUT_CHECK(announce_at(server_->address()));
  run::tell_service_manager("READY=1");
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

/// They stay open when the dispatcher begins anew.
Done Service::open_doors() {
  const auto ask = [this](const dispatcher::OperatorRequest& asked, run::OperatorServer::Answer answer) {
    run::log("operator", {{"asks", name_of(asked)}});
    if (server_) return server_->ask(asked, std::move(answer));
    answer(fail(Errc::unavailable, reasons::kEnded));
  };
  auto door = run::OperatorServer::listen(session_.loop(), context_.home.operator_socket(), ask);
  if (!door) return socket_failure(context_.home.operator_socket().string(), door.error());
  operator_ = *std::move(door);
  if (!request_.metrics) return {};
  const auto text = [this] {
    return run::metrics_of(server_ ? server_->counters() : dispatcher::Counters{});
  };
  auto metrics = run::MetricsServer::listen(session_.loop(), *request_.metrics, text);
  if (!metrics) return socket_failure(to_text(*request_.metrics), metrics.error());
  metrics_ = *std::move(metrics);
  return {};
}

Done Service::announce_at(const carrier::Address& listening) {
  const carrier::Address address = advertised(request_, listening);
  std::vector<identity::Address> serves_at;
  for (const identity::Carrier one : request_.carriers)
    serves_at.push_back({one, address.host, address.port});
  const auto card = node::serve_at(*node_.store, serves_at, moment());
  if (!card) return state_failure(*node_.store, card.error());
  return announce(context_, request_, listening, *card, metrics_.get());
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

/// A file that does not read changes nothing.
void Service::reload() {
  run::tell_service_manager("RELOADING=1");
  if (const auto settings = settings_for(request_, context_); !settings) {
    context_.out.report(settings.error());
  } else {
    settings_.dispatcher = *settings;
    if (server_) server_->reconfigure(settings->policy, settings->limits);
    run::log("reloaded", {{"policy", name_of(settings->policy)}});
  }
  run::tell_service_manager("READY=1");
}

void Service::stop() {
  run::tell_service_manager("STOPPING=1");
  operator_.reset();
  if (server_) return server_->stop([this] { session_.loop().stop(); });
  session_.loop().stop();
}

}  // namespace

Done run(const DispatcherRunRequest& request, Context& context) {
  TAUT_TRY(const dispatcher::Settings settings, settings_for(request, context));
  TAUT_TRY(const OpenNode node, open_node(context));
  return Service(request, settings, node, context).run();
}

}  // namespace taut::cli
