#include "cli/argument_parser.hpp"
#include "cli/token_words.hpp"

namespace taut::cli {
namespace {

struct TypedRun : Typed {
  std::string listen = "127.0.0.1:7420";
  std::optional<std::string> advertise;
  std::optional<std::string> policy;
  std::optional<std::string> metrics;
  std::optional<std::string> prefer;
  std::optional<std::string> only;
};
struct TypedUp : Typed {
  std::optional<std::string> dispatch;
  std::optional<std::string> advertise;
  std::optional<std::string> policy;
};
struct TypedUse : Typed, DispatcherUseRequest {};
struct TypedForget : Typed, DispatcherForgetRequest {};

Outcome<carrier::Address> address(const std::string& flag, const std::string& typed) {
  if (auto parsed = carrier::address_from_text(typed)) return *std::move(parsed);
  return failure(ExitCode::usage, "bad_address", flag + " takes no '" + typed + "'",
                 "Give HOST:PORT, such as 127.0.0.1:7420 or [::1]:7420");
}

Outcome<identity::Carrier> carrier(const std::string& flag, const std::string& typed) {
  if (typed == "tcp") return identity::Carrier::tcp;
  if (typed == "udp") return identity::Carrier::udp;
  return failure(ExitCode::usage, "bad_carrier", flag + " takes no '" + typed + "'", "Give tcp or udp");
}

Outcome<std::optional<DispatcherPolicy>> policy(const std::optional<std::string>& typed) {
  if (!typed) return std::nullopt;
  if (*typed == "open") return DispatcherPolicy::open;
  if (*typed == "closed") return DispatcherPolicy::closed;
  return failure(
      ExitCode::usage, "bad_policy", "There is no policy '" + *typed + "'",
      "Give --policy open: whoever knows the link may have an inbox; or --policy closed: who has a "
      "token of yours");
}

Outcome<MetricsPlace> metrics_place(const std::string& typed) {
  constexpr std::string_view kUnix = "unix:";
  if (typed.starts_with(kUnix) && typed.size() > kUnix.size())
    return std::filesystem::path(typed.substr(kUnix.size()));
  TAUT_TRY(carrier::Address at, address("--metrics", typed));
  if (carrier::is_loopback(at)) return at;
  return failure(ExitCode::usage, "not_loopback",
                 "--metrics takes no '" + typed + "': other machines reach it",
                 "Give a loopback address, such as 127.0.0.1:9420, or unix:PATH");
}

Outcome<Request> finish_run(const TypedRun& typed) {
  DispatcherRunRequest request;
  TAUT_TRY(request.listen, address("--listen", typed.listen));
  if (typed.advertise) {
    TAUT_TRY(request.advertise, address("--advertise", *typed.advertise));
  }
  TAUT_TRY(request.policy, policy(typed.policy));
  if (typed.metrics) {
    TAUT_TRY(request.metrics, metrics_place(*typed.metrics));
  }
  if (typed.prefer && typed.only)
    return failure(ExitCode::usage, "bad_carrier", "Where there is only one carrier none is preferred",
                   "Give --prefer or --only");
  if (typed.prefer) {
    TAUT_TRY(const identity::Carrier first, carrier("--prefer", *typed.prefer));
    if (request.carriers.front() != first) std::ranges::reverse(request.carriers);
  }
  if (typed.only) {
    TAUT_TRY(const identity::Carrier one, carrier("--only", *typed.only));
    request.carriers = {one};
  }
  return request;
}

Outcome<Request> finish_use(const TypedUse& typed) {
  TAUT_CHECK(check_token_flag(typed.token, typed.link));
  return DispatcherUseRequest{typed.link, typed.token};
}

Outcome<Request> finish_up(const TypedUp& typed) {
  if (!typed.dispatch && (typed.advertise || typed.policy))
    return failure(ExitCode::usage, "wrong_usage", "--advertise and --policy are a dispatcher's",
                   "Give --dispatch HOST:PORT too");
  if (!typed.dispatch) return UpRequest{};
  TypedRun run;
  run.listen = *typed.dispatch;
  run.advertise = typed.advertise;
  run.policy = typed.policy;
  TAUT_TRY(Request made, finish_run(run));
  return UpRequest{std::get<DispatcherRunRequest>(std::move(made))};
}

void declare_up(ArgumentParser& parser) {
  auto& up = parser.command<TypedUp>(parser.root(), "up", "Stay online, until interrupted", finish_up);
  up.app->add_option("--dispatch", up.dispatch, "Be a dispatcher too, and listen there")
      ->type_name("HOST:PORT");
  up.app->add_option("--advertise", up.advertise, "The address in the link, where it differs")
      ->type_name("HOST:PORT");
  up.app->add_option("--policy", up.policy, "Who may have an inbox, as for taut dispatcher run")
      ->type_name("POLICY");
}

}  // namespace

void declare_dispatcher_commands(ArgumentParser& parser) {
  declare_up(parser);
  CLI::App& dispatcher = parser.noun("dispatcher", "Who holds messages while I am away");
  auto& run = parser.command<TypedRun>(dispatcher, "run", "Be a dispatcher, until interrupted", finish_run);
  run.app->add_option("--listen", run.listen, "Where to listen; port 0 takes a free one")
      ->type_name("HOST:PORT");
  run.app->add_option("--advertise", run.advertise, "The address in the link, where it differs")
      ->type_name("HOST:PORT");
  run.app->add_option("--policy", run.policy, "Who may have an inbox: open or closed; needed beyond loopback")
      ->type_name("POLICY");
  run.app->add_option("--prefer", run.prefer, "What others try first: tcp, unless told otherwise, or udp")
      ->type_name("CARRIER");
  run.app->add_option("--only", run.only, "Listen on tcp or udp alone")->type_name("CARRIER");
  run.app->add_option("--metrics", run.metrics, "Serve metrics there: 127.0.0.1:PORT or unix:PATH")
      ->type_name("PLACE");
  auto& use = parser.command<TypedUse>(dispatcher, "use", "Have an inbox at a dispatcher", finish_use);
  word(use, "LINK", use.link, "What `taut dispatcher run` printed; - reads it from stdin")->required();
  use.app->add_option("--token", use.token, "Of `taut dispatcher enroll`; only -: on standard input")
      ->type_name("-");
  auto& forget =
      parser.command<TypedForget>(dispatcher, "forget", "Have no inbox there any more",
                                  [](const DispatcherForgetRequest& typed) -> Request { return typed; });
  word(forget, "WHICH", forget.which, "Its name or node ID")->required();
  parser.command<Typed>(dispatcher, "list", "The dispatchers in use",
                        [](const Typed&) -> Request { return DispatcherListRequest{}; });
  declare_operator_commands(parser, dispatcher);
  declare_devices_commands(parser);
}

}  // namespace taut::cli
