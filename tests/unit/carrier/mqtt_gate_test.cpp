#include "carrier/mqtt_gate.hpp"

#include <doctest/doctest.h>

namespace taut::carrier {
namespace {

Status through(const Bytes& bytes, std::vector<Bytes>& packets) {
  return MqttGate(1000).take(bytes, packets);
}

TEST_CASE("packets that a broker may send pass as they came, however they are cut") {
  const std::vector<Bytes> packets{
      {0x20, 3, 0, 0, 0},                            // CONNACK
      {0x20, 9, 1, 0, 6, 0x21, 0, 10, 0x13, 0, 30},  // with Receive Maximum, Server Keep Alive
      {0x20, 2, 0, 5},                               // a refusal of before MQTT 5
      {0x30, 4, 0, 1, 't', 0},                       // PUBLISH, empty
      {0x3b, 8, 0, 1, 't', 0, 7, 0, 'h', 'i'},       // QoS 1, DUP, RETAIN
      {0x30, 13, 0, 1, 't', 7, 0x26, 0, 1, 'k', 0, 1, 'v', 'h', 'i'},  // a user property
      {0x40, 2, 0, 1},
      {0x40, 3, 0, 1, 0x87},
      {0x40, 4, 0, 1, 0x97, 0},
      {0x90, 4, 0, 1, 0, 1},
      {0xb0, 4, 0, 1, 0, 0},
      {0xd0, 0},
      {0xe0, 0},
      {0xe0, 1, 0x8e},
      {0xe0, 2, 0x8b, 0}};
  Bytes all;
  for (const Bytes& packet : packets) append(all, packet);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{3}, all.size()}) {
    CAPTURE(cut);
    MqttGate gate(1000);
    std::vector<Bytes> came;
    for (std::size_t at = 0; at < all.size(); at += cut)
      REQUIRE(gate.take(ByteView(all).subspan(at, std::min(cut, all.size() - at)), came));
    CHECK(came == packets);
  }
}

TEST_CASE("what was not asked for does not pass, and what came before it does") {
  const auto refused = [](const Bytes& bytes) {
    Bytes all{0xd0, 0};
    append(all, bytes);
    std::vector<Bytes> came;
    const Status passed = through(all, came);
    REQUIRE_FALSE(passed);
    CHECK(came == std::vector<Bytes>{{0xd0, 0}});
    return passed.error();
  };
  const Error bad{Errc::malformed, reasons::kBadFrame};
  const Error not_now{Errc::violation, reasons::kNotNow};
  for (const Bytes& bytes : std::vector<Bytes>{{0x00, 0},
                                               {0x10, 0},
                                               {0x80, 0},
                                               {0xc0, 0},  // nothing that a server sends
                                               {0x21, 3, 0, 0, 0},
                                               {0xd1, 0},
                                               {0x41, 2, 0, 1},                 // reserved flags
                                               {0x36, 6, 0, 1, 't', 0, 1, 0},   // QoS 3
                                               {0x30, 0xff, 0xff, 0xff, 0xff},  // no length
                                               {0xd0, 1, 0},
                                               {0x40, 1, 0},
                                               {0x20, 2, 0, 0},              // too long, too short
                                               {0x20, 5, 0, 0, 2, 0x7e, 0},  // a property that nobody knows
                                               {0x20, 4, 0, 0, 1, 0x21},
                                               {0x20, 4, 0, 0, 9, 0},  // cut
                                               {0x30, 4, 0, 9, 't', 0},
                                               {0x20, 4, 0, 0, 0, 0}})
    CHECK(refused(bytes) == bad);
  CHECK(refused({0x34, 6, 0, 1, 't', 0, 1, 0}) == not_now);  // QoS 2
  CHECK(refused({0x50, 2, 0, 1}) == not_now);
  CHECK(refused({0x62, 2, 0, 1}) == not_now);
  CHECK(refused({0x70, 2, 0, 1}) == not_now);
  CHECK(refused({0xf0, 2, 0x18, 0}) == not_now);
  CHECK(refused({0x30, 0xe9, 7}) ==
        Error{Errc::exhausted, reasons::kTooLarge});  // 1,001, of which nothing came
}

}  // namespace
}  // namespace taut::carrier
