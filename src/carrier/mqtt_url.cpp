#include "carrier/mqtt_url.hpp"

#include <algorithm>

#include "carrier/reasons.hpp"

namespace taut::carrier {
namespace {

constexpr std::string_view kPlainScheme = "mqtt://";
constexpr std::string_view kTlsScheme = "mqtts://";

std::uint16_t own_port(MqttTransport transport) {
  return transport == MqttTransport::tls ? kMqttTlsPort : kMqttPort;
}

/// A colon after the brackets of an IPv6 address, or any colon where there are none.
bool has_port(std::string_view host_and_port) {
  const std::size_t colon = host_and_port.rfind(':');
  const std::size_t bracket = host_and_port.rfind(']');
  return colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon);
}

Result<Address> broker_from_text(std::string_view text, MqttTransport transport) {
  if (has_port(text)) return address_from_text(text);
  return address_from_text(std::string(text) + ":" + std::to_string(own_port(transport)));
}

/// Printable ASCII without what a URL or a shell would take for something else.
bool is_topic_character(char c) {
  return c > ' ' && c <= '~' && std::string_view("#+?%\"'\\`<>").find(c) == std::string_view::npos;
}

Status check_topic(std::string_view topic) {
  if (topic.size() > kMqttTopicBytesMax) return fail(Errc::exhausted, reasons::kTooLarge);
  if (topic.find_first_of("+#") != std::string_view::npos) return fail(Errc::misuse, reasons::kWildcardTopic);
  if (topic.starts_with('$')) return fail(Errc::misuse, reasons::kSystemTopic);
  if (topic.empty() || !std::ranges::all_of(topic, is_topic_character)) return malformed();
  return {};
}

}  // namespace

Result<MqttUrl> mqtt_url_from_text(std::string_view text) {
  MqttUrl url;
  if (text.starts_with(kTlsScheme)) {
    text.remove_prefix(kTlsScheme.size());
  } else if (text.starts_with(kPlainScheme)) {
    url.transport = MqttTransport::plain;
    text.remove_prefix(kPlainScheme.size());
  } else {
    return malformed();
  }
  const std::size_t slash = text.find('/');
  const std::string_view authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return fail(Errc::misuse, reasons::kCredentialsInUrl);
  if (slash == std::string_view::npos) return malformed();
  url.topic = text.substr(slash + 1);
  TAUT_CHECK(check_topic(url.topic));
  TAUT_TRY(url.broker, broker_from_text(authority, url.transport));
  if (url.broker.port == 0) return malformed();
  return url;
}

std::string to_text(const MqttUrl& url) {
  std::string host = to_text(url.broker);
  if (url.broker.port == own_port(url.transport)) host.resize(host.rfind(':'));
  const std::string_view scheme = url.transport == MqttTransport::tls ? kTlsScheme : kPlainScheme;
  return std::string(scheme) + host + "/" + url.topic;
}

}  // namespace taut::carrier
