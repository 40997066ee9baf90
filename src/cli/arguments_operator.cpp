#include "cli/argument_parser.hpp"

namespace taut::cli {
namespace {

struct TypedEnroll : Typed {
  std::string uses = "1";
  std::string expires = "24h";
};
struct TypedRevokeNode : Typed, DispatcherRevokeRequest {};
struct TypedAllow : Typed, DevicesAllowRequest {};
struct TypedDeny : Typed, DevicesDenyRequest {};

Outcome<Request> finish_enroll(const TypedEnroll& typed) {
  constexpr std::uint64_t kUsesMax = 1'000'000;
  constexpr std::chrono::days kLifetimeMax{3650};
  DispatcherEnrollRequest request;
  TAUT_TRY(const std::uint64_t uses, number("--uses", typed.uses, 1, kUsesMax));
  request.uses = static_cast<std::uint32_t>(uses);
  TAUT_TRY(request.lifetime, duration("--expires", typed.expires, kLifetimeMax));
  return request;
}

}  // namespace

void declare_devices_commands(ArgumentParser& parser) {
  CLI::App& devices = parser.noun("devices", "My device at its dispatchers, and those that let me see them");
  parser.alone(devices, DevicesRequest{});
  auto& allow = parser.command<TypedAllow>(devices, "allow", "Let a contact see this device",
                                           [](const DevicesAllowRequest& typed) -> Request { return typed; });
  word(allow, "WHO", allow.who, "A contact")->required();
  auto& deny = parser.command<TypedDeny>(devices, "deny", "Let a contact see it no longer",
                                         [](const DevicesDenyRequest& typed) -> Request { return typed; });
  word(deny, "WHO", deny.who, "A contact")->required();
}

void declare_operator_commands(ArgumentParser& parser, CLI::App& dispatcher) {
  auto& enroll =
      parser.command<TypedEnroll>(dispatcher, "enroll", "Let a device in: a one-time token", finish_enroll);
  enroll.app->add_option("--uses", enroll.uses, "How many devices may use it")->type_name("N");
  enroll.app->add_option("--expires", enroll.expires, "How long it is good: 90s, 15m, 24h, 30d")
      ->type_name("TIME");
  auto& revoke = parser.command<TypedRevokeNode>(
      dispatcher, "revoke", "End a node's sessions and remove all it has here",
      [](const DispatcherRevokeRequest& typed) -> Request { return typed; });
  word(revoke, "NODE", revoke.node, "Its node ID")->required();
  parser.command<Typed>(dispatcher, "devices", "The nodes that are registered here",
                        [](const Typed&) -> Request { return DispatcherDevicesRequest{}; });
  parser.command<Typed>(dispatcher, "stats", "What the dispatcher counts",
                        [](const Typed&) -> Request { return DispatcherStatsRequest{}; });
}

}  // namespace taut::cli
