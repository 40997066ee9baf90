#include "cli/commands.hpp"
#include "cli/device_words.hpp"
#include "cli/operator_words.hpp"
#include "cli/text.hpp"
#include "identity/card_text.hpp"

namespace taut::cli {
namespace {

using dispatcher::DeviceList;
using dispatcher::Figure;
using dispatcher::Figures;
using dispatcher::ListAll;
using dispatcher::Removal;

/// printf is the shell's own: the token is in no list of processes.
std::string command_to_paste(const std::string& token, const std::string& link) {
  return "printf %s " + token + " | taut dispatcher use " + link + " --token -";
}

Outcome<std::vector<ListedDevice>> all_devices(const Context& context) {
  std::vector<ListedDevice> devices;
  for (ListAll question;;) {
    TAUT_TRY(DeviceList list, ask_dispatcher_for<DeviceList>(context, question));
    if (!list.devices.empty()) question.after = list.devices.back().node;
    for (frame::Device& device : list.devices) devices.push_back({std::move(device), std::nullopt});
    if (list.rest == dispatcher::Rest::none || list.devices.empty()) return devices;
  }
}

Outcome<NodeId> node_of(const std::string& typed) {
  if (const auto node = node_id_from_text(typed)) return *node;
  return failure(ExitCode::usage, "bad_node", "'" + typed + "' is no node ID",
                 "List them: taut dispatcher devices");
}

}  // namespace

Done run(const DispatcherEnrollRequest& request, Context& context) {
  TAUT_TRY(const OpenNode node, open_node(context));
  TAUT_TRY(const Enrolled made, enrol(context, {request.uses, request.lifetime}));
  const std::string link = to_text(node.self.card);
  const std::string command = command_to_paste(made.token, link);
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion},
                                      {"token", made.token},
                                      {"uses", request.uses},
                                      {"expires", iso_time(made.expires)},
                                      {"link", link},
                                      {"command", command}}));
  context.out.say("taut: good for " + counted(request.uses, "device") + " until " + iso_time(made.expires) +
                  "; paste the second line there");
  return context.out.print(made.token + "\n" + command + "\n");
}

Done run(const DispatcherRevokeRequest& request, Context& context) {
  TAUT_TRY(const NodeId node, node_of(request.node));
  TAUT_TRY(const Removal removal, ask_dispatcher_for<Removal>(context, dispatcher::Revoke{node}));
  if (removal == Removal::nothing)
    return failure(ExitCode::not_found, "no_such_node", "No node " + request.node + " is registered here",
                   "List them: taut dispatcher devices");
  if (context.out.is_json())
    return context.out.print(line_of({{"v", kJsonVersion}, {"revoked", to_text(node)}}));
  return context.out.print("revoked " + to_text(node) + "\n");
}

Done run(const DispatcherDevicesRequest&, Context& context) {
  TAUT_TRY(const auto devices, all_devices(context));
  return print_devices(context, devices, "no node is registered here. Let one in: taut dispatcher enroll");
}

Done run(const DispatcherStatsRequest&, Context& context) {
  TAUT_TRY(const Figures figures, ask_dispatcher_for<Figures>(context, dispatcher::Stats{}));
  Json all = Json::object();
  all["v"] = kJsonVersion;
  std::string lines;
  for (const Figure& figure : figures) {
    all[figure.name] = figure.value;
    lines += figure.name + " " + std::to_string(figure.value) + "\n";
  }
  return context.out.print(context.out.is_json() ? line_of(all) : lines);
}

}  // namespace taut::cli
