// Against a real mosquitto.

#include <set>

#include "unit/carrier/mqtt/participant.hpp"

namespace taut::carrier {
namespace {

using test::Broker;

TEST_CASE("frames of any size come whole, in order, to all others and not to oneself") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob, cat;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  place.join(cat, place.settings(broker.port(), "cat"));
  CHECK(ann.ups.front() == MqttSession::fresh);

  std::vector<Bytes> sent;
  for (const std::size_t size : {1UL, 2UL, 127UL, 128UL, 16'383UL, 65'536UL, 1024UL * 1024})
    sent.push_back(numbered(size, size));
  for (const Bytes& frame : sent) REQUIRE(ann.mqtt->publish(frame));
  CHECK(ann.mqtt->waiting_bytes() > 1024UL * 1024);
  REQUIRE(
      place.until([&] { return bob.received.size() >= sent.size() && cat.received.size() >= sent.size(); }));
  CHECK(bob.received == sent);
  CHECK(cat.received == sent);
  REQUIRE(place.until([&] { return ann.published.size() == sent.size(); }));
  CHECK(ann.published == std::vector<MqttTicket>{1, 2, 3, 4, 5, 6, 7});
  CHECK(ann.refusals.empty());
  CHECK(ann.mqtt->waiting_bytes() == 0);
  CHECK(ann.received.empty());
  CHECK(bob.mqtt->counters().received == sent.size());
}

TEST_CASE("what is published before the broker is there waits for it") {
  Broker broker;
  Place place;
  Participant ann, bob;
  place.open(ann, place.settings(broker.port(), "ann"));
  for (std::size_t i = 0; i < 100; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  REQUIRE(place.until([&] { return ann.downs.size() >= 2; }));
  CHECK(ann.downs.front() == Error{Errc::unavailable, reasons::kNobodyListens});
  // Bob's session has to be there first, so ann is held back until it is.
  ann.mqtt->pause_reading();
  broker.start();
  place.join(bob, place.settings(broker.port(), "bob"));
  ann.mqtt->resume_reading();
  REQUIRE(place.until([&] { return bob.received.size() >= 100; }));
  CHECK(bob.received == numbered_up_to(100));
}

TEST_CASE("nothing acknowledged or waiting is lost when the broker dies") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  for (std::size_t i = 0; i < 50; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  REQUIRE(place.until([&] { return bob.received.size() >= 50; }));
  broker.freeze();
  for (std::size_t i = 50; i < 300; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  place.turn(milliseconds(100));  // some are in the broker's socket, unread
  broker.kill();
  REQUIRE(place.until([&] { return !ann.downs.empty() && !bob.downs.empty(); }));
  CHECK(ann.downs.front().reason == reasons::kReset);
  ann.mqtt->pause_reading();  // until bob is back: this broker's memory died with it
  broker.start();
  REQUIRE(place.until([&] { return bob.ups.size() == 2; }));
  CHECK(bob.ups.back() == MqttSession::fresh);
  ann.mqtt->resume_reading();
  REQUIRE(place.until([&] { return ann.published.size() == 300; }));
  REQUIRE(place.until([&] { return bob.received.size() >= 300; }));
  const std::set<Bytes> came(bob.received.begin(), bob.received.end());
  const std::vector<Bytes> sent = numbered_up_to(300);
  CHECK(came == std::set<Bytes>(sent.begin(), sent.end()));
  CHECK(ann.refusals.empty());
}

TEST_CASE("the broker keeps what an absent participant missed, until that asks to be forgotten") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  bob.mqtt.reset();
  for (std::size_t i = 0; i < 50; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  REQUIRE(place.until([&] { return ann.published.size() == 50; }));
  place.join(bob, place.settings(broker.port(), "bob"));
  CHECK(bob.ups.back() == MqttSession::resumed);
  REQUIRE(place.until([&] { return bob.received.size() >= 50; }));
  CHECK(bob.received == numbered_up_to(50));

  SUBCASE("kept") {
    bob.mqtt->close(Mqtt::Session::keep);
    place.turn(milliseconds(50));
    place.join(bob, place.settings(broker.port(), "bob"));
    CHECK(bob.ups.back() == MqttSession::resumed);
  }
  SUBCASE("forgotten") {
    bob.mqtt->close(Mqtt::Session::forget);
    place.turn(milliseconds(50));
    place.join(bob, place.settings(broker.port(), "bob"));
    CHECK(bob.ups.back() == MqttSession::fresh);
  }
  CHECK(bob.downs.empty());
}

TEST_CASE("a handler may say goodbye, and the broker hears it") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  SUBCASE("and stays") {
    bob.then = [&] { bob.mqtt->close(Mqtt::Session::forget); };
  }
  SUBCASE("and goes") {
    bob.then = [&] {
      bob.mqtt->close(Mqtt::Session::forget);
      bob.mqtt.reset();
    };
  }
  REQUIRE(ann.mqtt->publish(numbered(1)));
  REQUIRE(place.until([&] { return !bob.received.empty(); }));
  place.turn(milliseconds(200));
  place.join(bob, place.settings(broker.port(), "bob"));
  CHECK(bob.ups.back() == MqttSession::fresh);
  CHECK(bob.downs.empty());
}

TEST_CASE("what comes after a goodbye that keeps the session comes again") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  bob.mqtt->pause_reading();
  for (std::size_t i = 0; i < 20; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  REQUIRE(place.until([&] { return ann.published.size() == 20; }));
  place.turn(milliseconds(100));  // all of them lie in one read
  bob.then = [&] { bob.mqtt->close(Mqtt::Session::keep); };
  bob.mqtt->resume_reading();
  REQUIRE(place.until([&] { return !bob.received.empty(); }));
  place.turn(milliseconds(200));
  bob.then = nullptr;
  place.join(bob, place.settings(broker.port(), "bob"));
  CHECK(bob.ups.back() == MqttSession::resumed);
  REQUIRE(place.until([&] { return bob.received.size() >= 20; }));
  const std::set<Bytes> came(bob.received.begin(), bob.received.end());
  CHECK(came.size() == 20);
}

TEST_CASE("what was not stored is not acknowledged: who dies before it is gets it again") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  bob.then_read = [&] {
    if (!bob.received.empty()) bob.mqtt.reset();
  };
  for (const Bytes& frame : numbered_up_to(5)) REQUIRE(ann.mqtt->publish(frame));
  REQUIRE(place.until([&] { return bob.mqtt == nullptr; }));
  const std::size_t seen = bob.received.size();
  bob.then_read = {};
  place.join(bob, place.settings(broker.port(), "bob"));
  CHECK(bob.ups.back() == MqttSession::resumed);
  REQUIRE(place.until([&] { return bob.received.size() >= seen + 5; }));
  CHECK(std::vector<Bytes>(bob.received.end() - 5, bob.received.end()) == numbered_up_to(5));
}

TEST_CASE("who leaves while more waits than goes out at once is forgotten all the same") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann;
  place.join(ann, place.settings(broker.port(), "ann"));
  broker.freeze();
  for (std::size_t i = 0; i < 15; ++i) REQUIRE(ann.mqtt->publish(numbered(i, 1'000'000)));
  place.turn(milliseconds(300));
  ann.mqtt->close(Mqtt::Session::forget);
  place.turn(milliseconds(50));
  broker.thaw();
  place.turn(seconds(2));
  place.join(ann, place.settings(broker.port(), "ann"));
  CHECK(ann.ups.back() == MqttSession::fresh);
}

TEST_CASE("a paused participant gets nothing, and everything when it goes on") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  bob.then = [&] { bob.mqtt->pause_reading(); };
  constexpr std::size_t kCount = 40;
  for (std::size_t i = 0; i < kCount; ++i) REQUIRE(ann.mqtt->publish(numbered(i, 60'000)));
  REQUIRE(place.until([&] { return !bob.received.empty(); }));
  place.turn(milliseconds(300));
  CHECK(bob.received.size() < 5);
  for (int i = 0; i < 1000 && bob.received.size() < kCount; ++i) {
    bob.mqtt->resume_reading();
    place.turn(milliseconds(5));
  }
  REQUIRE(bob.received.size() == kCount);
  for (std::size_t i = 0; i < kCount; ++i) CHECK(bob.received[i] == numbered(i, 60'000));
}

TEST_CASE("the queue is bounded, and says so") {
  Place place;
  Participant ann;
  const auto small = [&](const std::string& id) {
    MqttSettings settings = place.settings(test::free_port(), id);
    settings.payload_bytes_max = 1000;
    settings.waiting_bytes_max = 5000;
    settings.waiting_count_max = 20;
    return settings;
  };
  place.open(ann, small("ann"));
  CHECK(ann.mqtt->publish({}).error() == Error{Errc::misuse, reasons::kMisuse});
  CHECK(ann.mqtt->publish(Bytes(1001)).error() == Error{Errc::exhausted, reasons::kTooLarge});
  for (int i = 0; i < 5; ++i) CHECK(ann.mqtt->publish(Bytes(1000)));
  CHECK(ann.mqtt->publish(Bytes(1)).error() == Error{Errc::exhausted, reasons::kQuota});
  CHECK(ann.mqtt->waiting_bytes() == 5000);

  Participant bob;
  place.open(bob, small("bob"));
  for (int i = 0; i < 20; ++i) CHECK(bob.mqtt->publish(Bytes(1)));
  CHECK(bob.mqtt->publish(Bytes(1)).error() == Error{Errc::exhausted, reasons::kQuota});
}

TEST_CASE("a broker's own limit on packets is told for the frame that is over it, and for no other") {
  Broker broker("allow_anonymous true\nmax_packet_size 20000\n");
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  REQUIRE(ann.mqtt->publish(numbered(0)));
  REQUIRE(ann.mqtt->publish(Bytes(20'000, 1)));
  REQUIRE(ann.mqtt->publish(numbered(1)));
  REQUIRE(place.until([&] { return ann.published.size() == 3 && bob.received.size() == 2; }));
  CHECK(ann.refusals == std::vector<Error>{{Errc::exhausted, reasons::kTooLarge}});
  CHECK(bob.received == numbered_up_to(2));
  CHECK(ann.downs.empty());
}

TEST_CASE("two processes with one client ID fight ever more slowly") {
  Broker broker;
  broker.start();
  Place place;
  Participant one, two;
  const auto patient = [&] {
    MqttSettings settings = place.settings(broker.port(), "same");
    settings.retry_delay_max = seconds(600);
    return settings;
  };
  place.join(one, patient());
  place.join(two, patient());
  REQUIRE(place.until([&] { return !one.downs.empty(); }));
  place.turn(seconds(1));
  CHECK(one.ups.size() + two.ups.size() <
        18);  // each waits twice as long as the last time: 20 ms, 40 ms, 80 ms …
}

TEST_CASE("a broker that is frozen is found out by keep-alive") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann;
  MqttSettings settings = place.settings(broker.port(), "ann");
  settings.keep_alive = seconds(5);
  place.join(ann, std::move(settings));
  place.turn(seconds(8));  // answered pings
  CHECK(ann.downs.empty());
  broker.freeze();
  REQUIRE(place.until([&] { return !ann.downs.empty(); }));
  CHECK(ann.downs.front() == Error{Errc::unavailable, reasons::kDeadline});
  broker.thaw();
}

TEST_CASE("a handler may end its own connection") {
  Broker broker;
  broker.start();
  Place place;
  Participant ann, bob;
  place.join(ann, place.settings(broker.port(), "ann"));
  place.join(bob, place.settings(broker.port(), "bob"));
  bob.then = [&] { bob.mqtt.reset(); };
  for (std::size_t i = 0; i < 20; ++i) REQUIRE(ann.mqtt->publish(numbered(i)));
  REQUIRE(place.until([&] { return ann.published.size() == 20; }));
  CHECK(bob.received.size() == 1);
}

}  // namespace
}  // namespace taut::carrier
