#include "carrier/mqtt_url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "carrier/reasons.hpp"

namespace taut::carrier {
namespace {

TEST_CASE("a broker's URL is read as it is written") {
  const std::vector<std::pair<std::string, MqttUrl>> urls{
      {"mqtts://broker.example/a", {MqttTransport::tls, {"broker.example", 8883}, "a"}},
      {"mqtt://broker.example/a/b/c", {MqttTransport::plain, {"broker.example", 1883}, "a/b/c"}},
      {"mqtt://127.0.0.1:2000/x", {MqttTransport::plain, {"127.0.0.1", 2000}, "x"}},
      {"mqtts://[::1]/x", {MqttTransport::tls, {"::1", 8883}, "x"}},
      {"mqtts://[::1]:1/x//y", {MqttTransport::tls, {"::1", 1}, "x//y"}},
      {"mqtt://h/" + std::string(kMqttTopicBytesMax, 't'),
       {MqttTransport::plain, {"h", 1883}, std::string(kMqttTopicBytesMax, 't')}},
  };
  for (const auto& [text, url] : urls) {
    CAPTURE(text);
    const auto read = mqtt_url_from_text(text);
    REQUIRE(read);
    CHECK(*read == url);
    CHECK(to_text(url) == text);
  }
  CHECK(mqtt_url_from_text("mqtt://h:1883/t") == mqtt_url_from_text("mqtt://h/t"));
}

TEST_CASE("a URL that is none, or that should not be, is refused by name") {
  const Error malformed{Errc::malformed, reasons::kBadFrame};
  const std::vector<std::pair<std::string, Error>> urls{
      {"", malformed},
      {"http://h/t", malformed},
      {"MQTT://h/t", malformed},
      {"mqtt:/h/t", malformed},
      {"mqtt://", malformed},
      {"mqtt://h", malformed},
      {"mqtt://h/", malformed},
      {"mqtt:///t", malformed},
      {"mqtt://h:0/t", malformed},
      {"mqtt://h:65536/t", malformed},
      {"mqtt://h:1e3/t", malformed},
      {"mqtt://h:/t", malformed},
      {"mqtt://::1/t", malformed},
      {"mqtt://h/a b", malformed},
      {"mqtt://h/a?b", malformed},
      {"mqtt://h/a%20b", malformed},
      {"mqtt://h/a\nb", malformed},
      {"mqtt://h/\x80", malformed},
      {std::string("mqtt://h/a\0b", 12), malformed},
      {"mqtt://user:secret@h/t", {Errc::misuse, reasons::kCredentialsInUrl}},
      {"mqtts://user@h", {Errc::misuse, reasons::kCredentialsInUrl}},
      {"mqtt://h/#", {Errc::misuse, reasons::kWildcardTopic}},
      {"mqtt://h/a/+/b", {Errc::misuse, reasons::kWildcardTopic}},
      {"mqtt://h/a#", {Errc::misuse, reasons::kWildcardTopic}},
      {"mqtt://h/$SYS/broker", {Errc::misuse, reasons::kSystemTopic}},
      {"mqtt://h/$share/g/t", {Errc::misuse, reasons::kSystemTopic}},
      {"mqtt://h/" + std::string(kMqttTopicBytesMax + 1, 't'), {Errc::exhausted, reasons::kTooLarge}},
  };
  for (const auto& [text, error] : urls) {
    CAPTURE(text);
    const auto read = mqtt_url_from_text(text);
    REQUIRE_FALSE(read);
    CHECK(read.error() == error);
  }
}

}  // namespace
}  // namespace taut::carrier
