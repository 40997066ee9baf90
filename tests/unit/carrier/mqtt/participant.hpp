#pragma once
// One end of an MQTT topic that keeps what it is told, and the loop that all of them share.

#include <doctest/doctest.h>

#include "carrier/mqtt.hpp"
#include "support/broker.hpp"
#include "support/seeded_random.hpp"

namespace doctest {
template <>
struct StringMaker<taut::Error> {
  static String convert(const taut::Error& error) {
    const std::string text = std::string(taut::name_of(error.code)) + ": " + std::string(error.reason.name);
    return text.c_str();
  }
};
}  // namespace doctest

namespace taut::carrier {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Longer than anything takes on a busy machine.
inline constexpr seconds kTestMax{60};

struct Participant final : Mqtt::Handler {
  void on_up(MqttSession session) override { ups.push_back(session); }
  void on_down(Error why) override { downs.push_back(why); }
  void on_message(ByteView payload) override {
    received.push_back(to_bytes(payload));
    if (then) then();
  }
  void on_read() override {
    if (then_read) then_read();
  }
  void on_published(MqttTicket ticket, Status outcome) override {
    published.push_back(ticket);
    if (!outcome) refusals.push_back(outcome.error());
  }
  bool is_up() const { return ups.size() > 0; }

  std::vector<MqttSession> ups;
  std::vector<Error> downs;
  std::vector<Bytes> received;
  std::vector<MqttTicket> published;
  std::vector<Error> refusals;
  std::function<void()> then;       ///< after each message
  std::function<void()> then_read;  ///< after all of one read
  std::unique_ptr<Mqtt> mqtt;
};

struct Place {
  /// Turns the loop until it holds; a test that would wait for ever fails.
  template <class Condition>
  bool until(Condition holds, Duration limit = kTestMax) {
    const Instant end = Loop::now() + limit;
    bool over = false;
    while (!(over = holds()) && Loop::now() < end) turn(milliseconds(5));
    return over;
  }
  void turn(Duration time) {
    Timer limit(loop, [this] { loop.stop(); });
    limit.arm(Loop::now() + time);
    loop.run();
  }

  /// With its own client ID, and impatient: a test is short.
  MqttSettings settings(std::uint16_t port, const std::string& id) const {
    MqttSettings made;
    made.url = {MqttTransport::plain, {"127.0.0.1", port}, "t/0123456789abcdef"};
    made.client_id = id;
    made.retry_delay_min = milliseconds(20);
    made.retry_delay_max = milliseconds(100);
    return made;
  }
  void open(Participant& who, MqttSettings with) {
    auto opened = Mqtt::open(loop, random, std::move(with), who);
    REQUIRE(opened);
    who.mqtt = *std::move(opened);
  }
  void join(Participant& who, MqttSettings with) {
    const std::size_t before = who.ups.size();
    open(who, std::move(with));
    REQUIRE(until([&] { return who.ups.size() > before; }));
  }

  Loop loop;
  test::SeededRandom random{7};
};

inline Bytes numbered(std::size_t number, std::size_t size = 100) {
  Bytes bytes(size, static_cast<Byte>(number));
  for (std::size_t i = 0; i < 8 && i < size; ++i) bytes[i] = static_cast<Byte>(number >> 8 * i);
  return bytes;
}

inline std::vector<Bytes> numbered_up_to(std::size_t count) {
  std::vector<Bytes> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(numbered(i));
  return all;
}

}  // namespace taut::carrier
