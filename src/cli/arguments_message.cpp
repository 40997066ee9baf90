#include <array>

#include "cli/argument_parser.hpp"

namespace taut::cli {
namespace {

/// No dispatcher keeps a message for longer.
constexpr std::uint64_t kLifetimeSecondsMax = 14 * 24 * 3600;
constexpr std::uint64_t kTimeoutSecondsMax = 366 * 24 * 3600;

struct TypedSend : Typed {
  std::string who;
  std::optional<std::string> text;
  bool lines = false;
  bool all = false;
  bool one = false;
  bool online_only = false;
  std::optional<std::string> wait;
  std::optional<std::string> timeout;
  std::optional<std::string> expires;
};
struct TypedRecv : Typed {
  std::optional<std::string> count;
  std::optional<std::string> timeout;
  bool follow = false;
};

struct TypedDrop : Typed, OutboxDropRequest {};

Done finish_handling(const TypedSend& typed, SendRequest& request) {
  if (typed.wait == "fetched")
    request.wait = WaitFor::fetched;
  else if (typed.wait == "released")
    request.wait = WaitFor::released;
  else if (typed.wait && *typed.wait != "stored")
    return failure(ExitCode::usage, "wrong_usage", "--wait takes no '" + *typed.wait + "'",
                   "Give stored, fetched or released");
  if (typed.timeout && request.wait == WaitFor::stored)
    return failure(ExitCode::usage, "wrong_usage", "--timeout is for --wait released, or fetched",
                   "Give both, or neither");
  if (typed.timeout) {
    TAUT_TRY(request.timeout, seconds("--timeout", *typed.timeout));
  }
  if (typed.expires) {
    TAUT_TRY(request.expires, lifetime("--expires", *typed.expires));
  }
  request.online_only = typed.online_only;
  return {};
}

Outcome<Request> finish_send(const TypedSend& typed) {
  if (!typed.text)
    return failure(ExitCode::usage, "no_text", "taut send needs a text",
                   "Give it behind the contact's name, or - to read it from stdin");
  if (typed.lines && *typed.text != "-")
    return failure(ExitCode::usage, "wrong_usage", "--lines reads stdin, and here is a text",
                   "Give - in place of the text");
  if (typed.all && typed.one)
    return failure(ExitCode::usage, "wrong_usage", "--all and --one contradict each other",
                   "Give one of them");
  SendRequest request;
  request.who = typed.who;
  request.text = *typed.text;
  request.lines = typed.lines;
  if (typed.all) request.copies = Copies::all;
  if (typed.one) request.copies = Copies::one;
  TAUT_CHECK(finish_handling(typed, request));
  return request;
}

Outcome<Request> finish_recv(const TypedRecv& typed) {
  RecvRequest request;
  request.follow = typed.follow;
  if (typed.count) {
    TAUT_TRY(request.count, number("--count", *typed.count, 1, UINT32_MAX));
  }
  if (typed.timeout) {
    TAUT_TRY(request.timeout, seconds("--timeout", *typed.timeout));
  }
  return request;
}

}  // namespace

Outcome<std::chrono::milliseconds> seconds(const std::string& flag, const std::string& typed) {
  const std::size_t point = typed.find('.');
  std::string thousandths = point == std::string::npos ? "0" : typed.substr(point + 1);
  const bool is_fine = !thousandths.empty() && thousandths.size() <= 3;
  thousandths.resize(3, '0');
  const auto whole = number(flag, typed.substr(0, point), 0, kTimeoutSecondsMax);
  const auto rest = number(flag, thousandths, 0, 999);
  if (whole && rest && is_fine) return std::chrono::seconds(*whole) + std::chrono::milliseconds(*rest);
  return failure(ExitCode::usage, "bad_number", flag + " takes no '" + typed + "'",
                 "Give seconds, such as 10 or 0.5, at most " + std::to_string(kTimeoutSecondsMax));
}

Outcome<std::chrono::seconds> lifetime(const std::string& flag, const std::string& typed) {
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<std::uint64_t, 4> kSeconds{1, 60, 3600, 86400};
  const std::size_t unit = typed.empty() ? std::string_view::npos : kUnits.find(typed.back());
  if (unit == std::string_view::npos)
    return failure(ExitCode::usage, "bad_time", flag + " takes no '" + typed + "'",
                   "Give a number and a unit, such as 90s, 10m, 2h or 3d");
  const std::uint64_t highest = kLifetimeSecondsMax / kSeconds[unit];
  TAUT_TRY(const std::uint64_t count, number(flag, typed.substr(0, typed.size() - 1), 1, highest));
  return std::chrono::seconds(count * kSeconds[unit]);
}

void declare_message_commands(ArgumentParser& parser) {
  CLI::App& root = parser.root();
  auto& send =
      parser.command<TypedSend>(root, "send", "Send a message; returns when it is stored", finish_send);
  word(send, "WHO", send.who, "A contact's petname")->required();
  word(send, "TEXT", send.text, "The message; - reads it from stdin")->type_name("");
  send.app->add_flag("--lines", send.lines, "With -: one message per line")->disable_flag_override();
  send.app->add_flag("--all", send.all, "Store it at every dispatcher of the contact, not at two")
      ->disable_flag_override();
  send.app->add_flag("--one", send.one, "Store it at one dispatcher only")->disable_flag_override();
  send.app
      ->add_option(
          "--wait", send.wait,
          "Return when it is stored, fetched (a dispatcher says so), or released (the contact signs)")
      ->type_name("OUTCOME");
  send.app->add_option("--timeout", send.timeout, "With --wait: wait so long, then exit 7")
      ->type_name("SECONDS");
  send.app->add_option("--expires", send.expires, "Not to be fetched after so long: 90s, 10m, 2h, 3d")
      ->type_name("TIME");
  send.app->add_flag("--online-only", send.online_only, "Only if the contact is online now; stored nowhere")
      ->disable_flag_override();
  auto& recv = parser.command<TypedRecv>(root, "recv", "Print the messages that wait", finish_recv);
  recv.app->add_option("--count", recv.count, "Stop after so many")->type_name("N");
  recv.app->add_option("--timeout", recv.timeout, "Wait so long for messages; exit 7 when none came")
      ->type_name("SECONDS");
  recv.app->add_flag("--follow", recv.follow, "Stay, and print messages as they come")
      ->disable_flag_override();
  CLI::App& outbox = parser.noun("outbox", "Messages whose outcome is not known yet");
  parser.alone(outbox, OutboxRequest{});
  parser.command<Typed>(outbox, "retry", "Ask the dispatchers what became of them, and send them again",
                        [](const Typed&) -> Request { return OutboxRetryRequest{}; });
  auto& drop = parser.command<TypedDrop>(outbox, "drop", "Give up on one; it may still arrive",
                                         [](const OutboxDropRequest& typed) -> Request { return typed; });
  word(drop, "ID", drop.message, "The message's ID")->required();
}

}  // namespace taut::cli
