#include "cli/device_words.hpp"

#include "base/utf8.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

namespace taut::cli {
namespace {

std::string_view name_of(frame::Carrier carrier) {
  switch (carrier) {
    case frame::Carrier::unknown:
      return "unknown";
    case frame::Carrier::tcp:
      return "tcp";
    case frame::Carrier::udp:
      return "udp";
    case frame::Carrier::websocket:
      return "websocket";
    case frame::Carrier::other:
      return "other";
  }
  return "unknown";
}

/// A device names itself: what is no text is not shown as one.
std::string shown_name(const frame::Device& device) {
  return is_utf8_line(as_bytes(device.name)) ? shown(device.name) : "?";
}

std::string line_for(const frame::Device& device) {
  const bool is_here = device.presence == frame::Presence::connected;
  const std::string seen =
      device.last_seen.unix_ms == 0 ? "never seen" : "seen " + iso_time(device.last_seen);
  std::string line = to_text(device.node) + " " + (device.name.empty() ? "-" : shown_name(device)) + " " +
                     (is_here ? "connected, " : "away, ") + seen;
  if (device.carrier != frame::Carrier::unknown) line += " over " + std::string(name_of(device.carrier));
  if (device.uptime_s != 0) line += ", up " + std::to_string(device.uptime_s) + " s";
  line += ", " + counted(device.messages, "message") + " (" + counted(device.bytes, "byte") + ") waiting";
  if (device.oldest.unix_ms != 0) line += " since " + iso_time(device.oldest);
  return line + "\n";
}

Json json_of(const ListedDevice& listed) {
  const frame::Device& device = listed.device;
  Json row{{"v", kJsonVersion},
           {"node", to_text(device.node)},
           {"name", device.name},
           {"connected", device.presence == frame::Presence::connected},
           {"last_seen", time_or_null(device.last_seen)},
           {"uptime_s", device.uptime_s},
           {"carrier", name_of(device.carrier)},
           {"messages", device.messages},
           {"bytes", device.bytes},
           {"oldest", time_or_null(device.oldest)}};
  if (listed.dispatcher) row["dispatcher"] = to_text(*listed.dispatcher);
  return row;
}

}  // namespace

Done print_devices(const Context& context, std::span<const ListedDevice> devices,
                   const std::string& when_none) {
  Json all = Json::array();
  std::string lines;
  for (const ListedDevice& device : devices) {
    all.push_back(json_of(device));
    lines += line_for(device.device);
  }
  if (context.out.is_json()) return context.out.print(line_of(all));
  if (devices.empty()) context.out.say("taut: " + when_none);
  return context.out.print(lines);
}

}  // namespace taut::cli
