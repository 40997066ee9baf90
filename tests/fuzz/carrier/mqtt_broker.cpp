// A broker that says anything, cut where the first byte says: no crash, nothing but whole payloads within the
// limit comes out, and what it sends without end ends the connection.

#include "carrier/mqtt_client.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::carrier;

namespace {

constexpr std::size_t kPayloadBytesMax = 20'000;

struct Listener final : MqttClient::Events {
  void on_subscribed(MqttSession) override { ++subscribed; }
  void on_message(std::string_view, ByteView payload) override { payload_bytes += payload.size(); }
  void on_retained() override {}
  void on_answered(int, Status) override {}

  std::size_t subscribed = 0;
  std::size_t payload_bytes = 0;
};

MqttSettings mqtt_settings() {
  MqttSettings settings;
  settings.url = {MqttTransport::plain, {"127.0.0.1", 1}, "t/topic"};
  settings.client_id = "fuzz";
  settings.payload_bytes_max = kPayloadBytesMax;
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t cut = data[0] * 16UL + 1;
  const ByteView all(data + 1, size - 1);
  Listener listener;
  auto client = MqttClient::make(mqtt_settings(), listener);
  TAUT_REQUIRE(client.has_value());
  TAUT_REQUIRE((*client)->begin().has_value());
  TAUT_REQUIRE((*client)->publish(as_bytes("a frame of ours")).has_value());
  TAUT_REQUIRE((*client)->output(100'000).has_value());
  for (std::size_t at = 0; at < all.size(); at += cut) {
    if (!(*client)->receive(all.subspan(at, std::min(cut, all.size() - at)))) return 0;
    if (!(*client)->output(100'000)) return 0;
  }
  TAUT_REQUIRE(listener.payload_bytes <= all.size());
  // A packet that does not end is given up; no other goes on for so long.
  Status going_on;
  const Bytes more(16 * 1024, 0xff);
  for (int i = 0; i < 10 && going_on; ++i) going_on = (*client)->receive(more);
  TAUT_REQUIRE(!going_on);
  return 0;
}
