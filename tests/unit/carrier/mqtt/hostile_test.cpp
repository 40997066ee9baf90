// Brokers and publishers that mean harm. The broker here is a few bytes of a script.

#include "carrier/tcp.hpp"
#include "unit/carrier/mqtt/participant.hpp"

namespace taut::carrier {
namespace {

using test::Broker;

/// MQTT's variable byte integer (MQTT 5 §1.5.5).
Bytes varint(std::size_t value) {
  Bytes out;
  do {
    out.push_back(static_cast<Byte>((value & 0x7f) | (value > 0x7f ? 0x80 : 0)));
    value >>= 7;
  } while (value > 0);
  return out;
}

Bytes packet(Byte header, const Bytes& body) {
  Bytes out{header};
  append(out, varint(body.size()));
  append(out, body);
  return out;
}

Bytes text(std::string_view characters) {
  Bytes out{static_cast<Byte>(characters.size() >> 8), static_cast<Byte>(characters.size())};
  append(out, as_bytes(characters));
  return out;
}

/// @param header  type, DUP, QoS and RETAIN (MQTT 5 §3.3.1)
Bytes publish(Byte header, std::string_view topic, Byte packet_id, ByteView payload) {
  Bytes body = text(topic);
  if ((header & 0x06) != 0) append(body, Bytes{0, packet_id});
  body.push_back(0);  // no properties
  append(body, payload);
  return packet(header, body);
}

const Bytes kConnectAccepted{0x20, 3, 0, 0, 0};
const Bytes kSubscribeAccepted{0x90, 4, 0, 1, 0, 1};
constexpr std::string_view kTopic = "t/0123456789abcdef";

Bytes accepted() {
  Bytes out = kConnectAccepted;
  append(out, kSubscribeAccepted);
  return out;
}

/// Says the same to everyone as soon as they say something.
struct ScriptedBroker : Connection::Handler {
  ScriptedBroker(Loop& loop, Bytes its_script) : script(std::move(its_script)) {
    auto listening =
        TcpListener::listen(loop, {"127.0.0.1", 0}, [this](std::shared_ptr<Connection> accepted_one) {
          if (connection) connection->abort();
          connection = std::move(accepted_one);
          has_spoken = false;
          connection->start(*this);
        });
    REQUIRE(listening);
    listener = *std::move(listening);
  }
  ~ScriptedBroker() override {
    if (connection) connection->abort();
  }
  void on_bytes(ByteView bytes) override {
    append(heard, bytes);
    if (!std::exchange(has_spoken, true)) connection->send(script);
  }
  void on_written() override {
    if (goes_on && connection) connection->send(Bytes(1024 * 1024, 'x'));
  }
  void on_closed() override { connection.reset(); }
  std::uint16_t port() const { return listener->address().port; }

  Bytes script;
  bool goes_on = false;  ///< with rubbish, as long as somebody listens
  bool has_spoken = false;
  Bytes heard;
  std::unique_ptr<TcpListener> listener;
  std::shared_ptr<Connection> connection;
};

/// What a participant hears from a broker that says these bytes after it let him in.
struct Scripted {
  explicit Scripted(const Bytes& script) : broker(place.loop, script) {
    place.open(ann, place.settings(broker.port(), "ann"));
  }
  bool went_down(Errc code, Reason reason) {
    return place.until([this] { return !ann.downs.empty(); }) && ann.downs.front() == Error{code, reason};
  }
  Place place;
  ScriptedBroker broker;
  Participant ann;
};

Bytes after_acceptance(const Bytes& more) {
  Bytes out = accepted();
  append(out, more);
  return out;
}

std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  in >> all >> resident;
  return resident * 4096;
}

TEST_CASE("rubbish ends a connection and nothing else") {
  SUBCASE("instead of an answer") {
    CHECK(Scripted(Bytes(1000, 0xff)).went_down(Errc::malformed, reasons::kBadFrame));
  }
  SUBCASE("text") {
    Scripted http(to_bytes(as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n")));
    CHECK(http.went_down(Errc::malformed, reasons::kBadFrame));
    CHECK_FALSE(http.ann.is_up());
  }
  SUBCASE("a property that nobody knows") {
    CHECK(Scripted({0x20, 5, 0, 0, 2, 0x7e, 0}).went_down(Errc::malformed, reasons::kBadFrame));
  }
  SUBCASE("later") {
    Scripted broker(after_acceptance({0x00, 0xff, 0xff, 0xff, 0xff, 0xff}));
    CHECK(broker.went_down(Errc::malformed, reasons::kBadFrame));
    CHECK(broker.ann.is_up());
  }
  SUBCASE("and it comes again") {
    Scripted broker(after_acceptance({0xf0, 0xff, 0xff, 0xff, 0xff, 0xff}));
    CHECK(broker.place.until([&] { return broker.ann.ups.size() >= 3; }));
  }
}

TEST_CASE("refusals of a connection have names") {
  const auto refused = [](Byte code) { return Bytes{0x20, 3, 0, code, 0}; };
  CHECK(Scripted(refused(0x84)).went_down(Errc::incompatible, reasons::kNoMqtt5));
  CHECK(Scripted(refused(0x86)).went_down(Errc::unavailable, reasons::kLoginRefused));
  CHECK(Scripted(refused(0x87)).went_down(Errc::unavailable, reasons::kNotAuthorised));
  CHECK(Scripted(refused(0x89)).went_down(Errc::unavailable, reasons::kBrokerBusy));
  CHECK(Scripted(refused(0x97)).went_down(Errc::exhausted, reasons::kQuota));
  CHECK(Scripted(refused(0x83)).went_down(Errc::unavailable, reasons::kBrokerRefuses));
  CHECK(Scripted({0x20, 2, 0, 1}).went_down(Errc::incompatible, reasons::kNoMqtt5));  // MQTT 3.1.1's
  Bytes subscribe_refused = kConnectAccepted;
  append(subscribe_refused, Bytes{0x90, 4, 0, 1, 0, 0x87});
  CHECK(Scripted(subscribe_refused).went_down(Errc::unavailable, reasons::kNotAuthorised));
  CHECK(Scripted(after_acceptance({0xe0, 1, 0x8e})).went_down(Errc::unavailable, reasons::kTakenOver));
  CHECK(Scripted(after_acceptance({0xe0, 2, 0x8b, 0})).went_down(Errc::unavailable, reasons::kBrokerBusy));
}

TEST_CASE("a packet of 256 MiB costs no more memory than a frame") {
  Bytes huge{0x30, 0xff, 0xff, 0xff, 0x7f};
  append(huge, text(kTopic));
  Scripted flood(after_acceptance(huge));
  flood.broker.goes_on = true;
  const std::size_t before = resident_bytes();
  std::size_t most = before;
  REQUIRE(flood.place.until([&] {
    most = std::max(most, resident_bytes());
    return flood.ann.downs.size() >= 3;
  }));
  CHECK(flood.ann.downs.front() == Error{Errc::exhausted, reasons::kTooLarge});
  CHECK(flood.ann.received.empty());
#if !__has_feature(address_sanitizer)
  CHECK(most - before < 48UL * 1024 * 1024);
#endif
}

TEST_CASE("QoS 2, which nobody asked for, is not collected") {
  Bytes twice;
  for (int i = 0; i < 2; ++i) append(twice, publish(0x34, kTopic, 1, as_bytes("again")));
  Scripted broker(after_acceptance(twice));
  CHECK(broker.went_down(Errc::violation, reasons::kNotNow));
  CHECK(broker.ann.received.empty());
}

TEST_CASE("a broker that goes on with QoS 2 takes nothing from those that come after it") {
  Place place;
  ScriptedBroker broker(place.loop, accepted());
  const auto says = [&](Byte header, std::size_t packet_id, std::string_view words) {
    broker.script = after_acceptance(publish(header, kTopic, static_cast<Byte>(packet_id), as_bytes(words)));
  };
  says(0x34, 1, "two");
  Participant ann;
  MqttSettings settings = place.settings(broker.port(), "ann");
  settings.receive_maximum = 4;
  place.open(ann, std::move(settings));
  REQUIRE(ann.mqtt->publish(to_bytes(as_bytes("not answered"))));
  REQUIRE(place.until([&] {
    says(0x34, 1 + ann.downs.size(), "two");
    return ann.downs.size() >= 8;
  }));
  broker.heard.clear();
  says(0x32, 1, "one");
  REQUIRE(place.until([&] { return !ann.received.empty(); }));
  CHECK(ann.received.front() == to_bytes(as_bytes("one")));
  CHECK(place.until([&] { return as_text(broker.heard).find("not answered") != std::string_view::npos; }));
}

TEST_CASE("what is retained, elsewhere, empty or oversized is counted and dropped; the rest arrives") {
  Place place;
  Bytes script = accepted();
  append(script, publish(0x33, kTopic, 1, as_bytes("old garbage")));
  append(script, publish(0x32, "t/another", 2, as_bytes("stray")));
  append(script, publish(0x32, kTopic, 3, {}));
  append(script, publish(0x32, kTopic, 4, Bytes(1001)));
  append(script, publish(0x3a, kTopic, 5, as_bytes("sent twice")));
  append(script, publish(0x30, kTopic, 0, as_bytes("for once")));
  ScriptedBroker broker(place.loop, script);
  Participant ann;
  MqttSettings settings = place.settings(broker.port(), "ann");
  settings.payload_bytes_max = 1000;
  place.open(ann, std::move(settings));
  REQUIRE(place.until([&] { return ann.received.size() >= 2; }));
  CHECK(ann.received == std::vector<Bytes>{to_bytes(as_bytes("sent twice")), to_bytes(as_bytes("for once"))});
  const MqttCounters& counters = ann.mqtt->counters();
  CHECK(counters.retained == 1);
  CHECK(counters.elsewhere == 1);
  CHECK(counters.empty == 1);
  CHECK(counters.oversized == 1);
  CHECK(counters.received == 2);
  CHECK(ann.downs.empty());
}

TEST_CASE("it asks for what it needs: a session, limits, no echo, nothing retained") {
  Place place;
  ScriptedBroker broker(place.loop, kConnectAccepted);
  Participant ann;
  MqttSettings settings = place.settings(broker.port(), "ann");
  settings.session_expiry = seconds(0x010203);
  settings.payload_bytes_max = 0x040000;
  settings.receive_maximum = 0x21;
  settings.login = MqttLogin{"user", SecretBytes(as_bytes("pass"))};
  place.open(ann, std::move(settings));
  REQUIRE(place.until([&] { return broker.heard.size() > 60; }));
  const std::string heard(as_text(broker.heard));
  const auto said = [&](std::string_view what) { return heard.find(what) != std::string::npos; };
  CHECK(said(std::string_view("\x00\x04MQTT\x05\xc0\x00\x1e", 10)));  // login, no clean start, 30 s
  CHECK(said(std::string_view("\x11\x00\x01\x02\x03", 5)));
  CHECK(said(std::string_view("\x27\x00\x04\x04\x00", 5)));
  CHECK(said(std::string_view("\x21\x00\x21", 3)));
  CHECK(said(std::string_view("\x00\x04user\x00\x04pass", 12)));
  CHECK(
      heard.ends_with(std::string(kTopic) + '\x25'));  // QoS 1, No Local, Retain Handling 2 (MQTT 5 §3.8.3.1)
}

TEST_CASE(
    "a foreign publisher's retained garbage never arrives, his frames do, however large those in between") {
  Broker broker("allow_anonymous true\n");
  broker.start();
  const auto say = [&](const std::vector<Bytes>& packets) {
    const int socket = test::connect_to(broker.port());
    REQUIRE(socket >= 0);
    Bytes all = packet(0x10, [] {
      Bytes body = text("MQTT");
      append(body, Bytes{5, 2, 0, 60, 0});
      append(body, text("foreigner"));
      return body;
    }());
    for (const Bytes& one : packets) append(all, one);
    append(all, Bytes{0xe0, 0});
    for (std::size_t at = 0; at < all.size();) {
      const ssize_t sent = ::send(socket, all.data() + at, all.size() - at, MSG_NOSIGNAL);
      REQUIRE(sent > 0);
      at += static_cast<std::size_t>(sent);
    }
    Bytes rest(1000);
    while (::recv(socket, rest.data(), rest.size(), 0) > 0) {
    }
    ::close(socket);
  };
  say({publish(0x31, kTopic, 0, as_bytes("retained garbage"))});
  Place place;
  Participant ann;
  MqttSettings settings = place.settings(broker.port(), "ann");
  settings.payload_bytes_max = 10'000;
  place.join(ann, std::move(settings));
  say({publish(0x31, kTopic, 0, as_bytes("retained meanwhile")),
       publish(0x30, kTopic, 0, Bytes(5'000'000, 'x')), publish(0x30, kTopic, 0, Bytes(10'000, 'y')),
       publish(0x34, kTopic, 7, as_bytes("QoS 2")), publish(0x3c, kTopic, 7, as_bytes("QoS 2")),
       Bytes{0x62, 2, 0, 7}});
  REQUIRE(place.until([&] { return ann.received.size() >= 3; }));
  CHECK(ann.received[0] == to_bytes(as_bytes("retained meanwhile")));  // to whom is there it is as any other
  CHECK(ann.received[1] == Bytes(10'000, 'y'));
  CHECK(ann.received[2] == to_bytes(as_bytes("QoS 2")));
  place.turn(milliseconds(100));
  CHECK(ann.received.size() == 3);
  CHECK(ann.downs.empty());
}

}  // namespace
}  // namespace taut::carrier
