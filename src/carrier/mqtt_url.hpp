#pragma once
// Which topic of which broker: `mqtt://host[:port]/topic` and `mqtts://…` (TLS). The broker's topic is public
// and says nothing: what travels on it is wrapped (docs/carriers.md).

#include "carrier/address.hpp"

namespace taut::carrier {

inline constexpr std::uint16_t kMqttPort = 1883;
inline constexpr std::uint16_t kMqttTlsPort = 8883;
inline constexpr std::size_t kMqttTopicBytesMax = 512;

enum class MqttTransport { plain, tls };

struct MqttUrl {
  MqttTransport transport = MqttTransport::tls;
  Address broker;
  std::string topic;  ///< printable ASCII, one topic: no wildcard, no `$…`
  friend bool operator==(const MqttUrl&, const MqttUrl&) = default;
};

/// Reads exactly what to_text() writes, and leaves the port out where it is the scheme's own.
/// @errors malformed: bad_frame (another scheme, no host, no topic, characters that have no place in it);
///         misuse: credentials_in_url (`user:password@`: others see arguments and links), wildcard_topic
///         (`+`, `#`), system_topic (`$SYS`, `$share` …); exhausted: too_large
Result<MqttUrl> mqtt_url_from_text(std::string_view text);
std::string to_text(const MqttUrl& url);

}  // namespace taut::carrier
