#include "cli/commands.hpp"
#include "cli/contact_words.hpp"
#include "cli/device_words.hpp"
#include "cli/json.hpp"
#include "cli/task_session.hpp"
#include "node/contacts.hpp"
#include "node/device_viewers.hpp"
#include "node/listing.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> listing_failure(const store::NodeStore& store, const Error& error) {
  if (error.reason == reasons::kNoDispatcher)
    return failure_of(error, "No dispatcher is in use", "Take one: taut dispatcher use LINK");
  if (exit_code_of(error) == ExitCode::storage) return state_failure(store, error);
  return failure_of(ExitCode::unreachable, error, "No dispatcher in use could be asked",
                    "Look at: taut doctor");
}

Done set_sight(Context& context, const std::string& who, node::Sight sight) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const node::Contact contact, find_contact(*node.store, who));
  std::vector<NodeId> nodes;
  for (const auto& card : contact.cards) nodes.push_back(card.node_id());
  const auto written =
      node.store->write([&](node::Transaction& it) { return node::set_sight(it, nodes, sight); });
  if (!written && written.error().reason == reasons::kFull)
    return failure_of(ExitCode::usage, written.error(),
                      "So many may see this device that there is no room for more",
                      "Take somebody off: taut devices deny NAME");
  if (!written) return state_failure(*node.store, written.error());
  const bool may_see = sight == node::Sight::shown;
  context.out.say("taut: the dispatchers hear of it with the next taut recv");
  if (context.out.is_json())
    return context.out.print(
        line_of({{"v", kJsonVersion}, {"contact", contact.petname}, {"allowed", may_see}}));
  return context.out.print(contact.petname +
                           (may_see ? " may see this device\n" : " may not see this device\n"));
}

}  // namespace

Done run(const DevicesRequest&, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  const auto task = node::make_listing(*node.store, node.self.identity);
  TAUT_TRY(const TaskEnd end, run_task(*task, node, context));
  if (!end.status) return listing_failure(*node.store, end.status.error());
  std::vector<ListedDevice> devices;
  for (const node::SeenDevice& one : task->devices()) devices.push_back({one.device, one.dispatcher});
  return print_devices(context, devices, "no dispatcher tells of any device");
}

Done run(const DevicesAllowRequest& request, Context& context) {
  return set_sight(context, request.who, node::Sight::shown);
}

Done run(const DevicesDenyRequest& request, Context& context) {
  return set_sight(context, request.who, node::Sight::hidden);
}

}  // namespace taut::cli
