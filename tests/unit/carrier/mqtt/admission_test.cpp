// Who is let in, and by whom: TLS, passwords, access lists.

#include <sys/stat.h>

#include "carrier/mqtt_login.hpp"
#include "unit/carrier/mqtt/participant.hpp"

namespace taut::carrier {
namespace {

using test::Broker;

void run(const std::string& command) {
  INFO(command);
  REQUIRE(std::system((command + " >/dev/null 2>&1").c_str()) == 0);
}

/// A certificate authority, and a broker's certificate of it.
struct Authority {
  explicit Authority(const std::string& names) {
    const std::string in = "cd '" + folder.path().string() + "' && openssl ";
    const std::string key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    run(in + "req -x509 " + key + "-days 2 -subj /CN=ca -keyout ca.key -out ca.pem");
    run(in + "req " + key + "-subj /CN=broker -keyout broker.key -out broker.csr");
    test::write_file(folder / "names", "subjectAltName=" + names + "\n");
    run(in +
        "x509 -req -in broker.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out "
        "broker.pem");
  }
  std::string broker_settings() const {
    return "allow_anonymous true\ncertfile " + (folder / "broker.pem").string() + "\nkeyfile " +
           (folder / "broker.key").string() + "\n";
  }
  test::Folder folder;
};

MqttSettings over_tls(const Place& place, std::uint16_t port, const std::string& id, const std::string& host,
                      const std::filesystem::path& ca) {
  MqttSettings settings = place.settings(port, id);
  settings.url.transport = MqttTransport::tls;
  settings.url.broker.host = host;
  settings.ca_file = ca;
  return settings;
}

TEST_CASE("TLS to a broker whose certificate is for its name, of an authority that the caller names") {
  const Authority authority("DNS:localhost,IP:127.0.0.1");
  Broker broker(authority.broker_settings());
  broker.start();
  Place place;
  Participant ann, bob;
  const auto ca = authority.folder / "ca.pem";
  place.join(ann, over_tls(place, broker.port(), "ann", "localhost", ca));
  place.join(bob, over_tls(place, broker.port(), "bob", "127.0.0.1", ca));
  std::vector<Bytes> sent;
  for (std::size_t i = 0; i < 200; ++i) sent.push_back(numbered(i, i * 200 + 1));
  for (const Bytes& frame : sent) REQUIRE(ann.mqtt->publish(frame));
  REQUIRE(place.until([&] { return bob.received.size() >= sent.size(); }));
  CHECK(bob.received == sent);
  REQUIRE(place.until([&] { return ann.published.size() == sent.size(); }));
  CHECK(ann.downs.empty());
}

TEST_CASE("a broker that cannot prove its name is told nothing") {
  const Authority right("DNS:other.example,IP:127.0.0.2");
  const Authority wrong("DNS:localhost");
  Broker broker(right.broker_settings());
  Broker plain;
  broker.start();
  plain.start();
  Place place;
  const auto refused = [&](MqttSettings settings) {
    Participant ann;
    place.open(ann, std::move(settings));
    REQUIRE(ann.mqtt->publish(numbered(1)));
    REQUIRE(place.until([&] { return !ann.downs.empty() || ann.is_up(); }));
    REQUIRE_FALSE(ann.is_up());
    CHECK(ann.downs.front() == Error{Errc::unauthentic, reasons::kTlsRefused});
  };
  const auto ca = right.folder / "ca.pem";
  SUBCASE("another name") { refused(over_tls(place, broker.port(), "ann", "localhost", ca)); }
  SUBCASE("another address") { refused(over_tls(place, broker.port(), "ann", "127.0.0.1", ca)); }
  SUBCASE("another authority") {
    refused(over_tls(place, broker.port(), "ann", "localhost", wrong.folder / "ca.pem"));
  }
  SUBCASE("the system's authorities do not know it") {
    refused(over_tls(place, broker.port(), "ann", "localhost", {}));
  }
}

TEST_CASE("a CA file that is none is told before anything is dialled") {
  Place place;
  Participant ann;
  const test::Folder folder;
  const auto absent =
      Mqtt::open(place.loop, place.random,
                 over_tls(place, test::free_port(), "ann", "localhost", folder / "absent.pem"), ann);
  REQUIRE_FALSE(absent);
  CHECK(absent.error() == Error{Errc::unavailable, reasons::kBadCa});
}

/// A broker's list of users and what they may do with topics.
struct Guarded {
  Guarded() {
    // As mosquitto_passwd writes them: $7$ROUNDS$SALT$PBKDF2 with SHA-512; python3 computes the same.
    test::write_file(folder / "make.py",
                     "import base64, hashlib\n"
                     "salt = bytes(range(12))\n"
                     "text = lambda b: base64.b64encode(b).decode()\n"
                     "for user, word in (('ann', b'secret of ann'), ('bob', b'b'), ('eve', b'e')):\n"
                     "    hash = hashlib.pbkdf2_hmac('sha512', word, salt, 101)\n"
                     "    print(f'{user}:$7$101${text(salt)}${text(hash)}')\n");
    run("sh -c \"python3 '" + (folder / "make.py").string() + "' > '" + (folder / "passwords").string() +
        "'\"");
    test::write_file(folder / "rules", "user ann\ntopic readwrite t/#\nuser bob\ntopic read t/#\n");
  }
  std::string broker_settings() const {
    return "allow_anonymous false\npassword_file " + (folder / "passwords").string() + "\nacl_file " +
           (folder / "rules").string() + "\n";
  }
  test::Folder folder;
};

MqttSettings as(MqttSettings settings, const std::string& user, const std::string& password) {
  settings.login = MqttLogin{user, SecretBytes(as_bytes(password))};
  return settings;
}

TEST_CASE("a password opens, another or none does not") {
  const Guarded guarded;
  Broker broker(guarded.broker_settings());
  broker.start();
  Place place;
  Participant ann, liar, nobody;
  place.join(ann, as(place.settings(broker.port(), "ann"), "ann", "secret of ann"));
  place.open(liar, as(place.settings(broker.port(), "liar"), "ann", "secret of Ann"));
  place.open(nobody, place.settings(broker.port(), "nobody"));
  REQUIRE(place.until([&] { return !liar.downs.empty() && !nobody.downs.empty(); }));
  // mosquitto answers both alike.
  CHECK(liar.downs.front() == Error{Errc::unavailable, reasons::kNotAuthorised});
  CHECK(nobody.downs.front() == Error{Errc::unavailable, reasons::kNotAuthorised});
  CHECK_FALSE(liar.is_up());
  CHECK_FALSE(nobody.is_up());
}

TEST_CASE("who may only read is told that his frames were refused; who may not read, that he hears nothing") {
  const Guarded guarded;
  Broker broker(guarded.broker_settings());
  broker.start();
  Place place;
  Participant ann, bob, eve;
  place.join(ann, as(place.settings(broker.port(), "ann"), "ann", "secret of ann"));
  place.join(bob, as(place.settings(broker.port(), "bob"), "bob", "b"));
  REQUIRE(bob.mqtt->publish(numbered(1)));
  REQUIRE(place.until([&] { return !bob.published.empty(); }));
  CHECK(bob.refusals == std::vector<Error>{{Errc::unavailable, reasons::kNotAuthorised}});
  CHECK(bob.mqtt->counters().refused == 1);
  CHECK(bob.mqtt->waiting_bytes() == 0);
  REQUIRE(ann.mqtt->publish(numbered(2)));
  REQUIRE(place.until([&] { return !bob.received.empty(); }));
  CHECK(ann.received.empty());
  // mosquitto lets anybody subscribe, and sends nothing.
  place.join(eve, as(place.settings(broker.port(), "eve"), "eve", "e"));
  REQUIRE(ann.mqtt->publish(numbered(3)));
  REQUIRE(place.until([&] { return bob.received.size() == 2; }));
  place.turn(milliseconds(100));
  CHECK(eve.received.empty());
}

TEST_CASE("a login comes from a file that is its owner's alone") {
  const test::Folder folder;
  const auto file = folder / "login";
  const auto read = [&](const std::string& text, unsigned mode) {
    test::write_file(file, text);
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return mqtt_login_from_file(file);
  };
  for (const auto* text : {"ann\nsecret of ann\n", "ann\nsecret of ann", "ann\r\nsecret of ann\r\n"}) {
    const auto login = read(text, 0600);
    REQUIRE(login);
    CHECK(login->user == "ann");
    CHECK(as_text(login->password.expose()) == "secret of ann");
  }
  for (const unsigned mode : {0640U, 0604U, 0666U}) CHECK_FALSE(read("ann\nsecret\n", mode));
  for (const std::string& text : {std::string(), std::string("\nsecret\n"), std::string("a\nb\nc\n"),
                                  std::string("a\nb\0c\n", 6), "a\n" + std::string(5000, 'x')})
    CHECK(read(text, 0600).error() == Error{Errc::unavailable, reasons::kBadLoginFile});
  CHECK_FALSE(mqtt_login_from_file(folder / "absent"));
  CHECK_FALSE(mqtt_login_from_file(folder.path()));
}

TEST_CASE("a login comes from the environment that the caller names") {
  ::setenv("TAUT_TEST_USER", "ann", 1);
  ::setenv("TAUT_TEST_PASSWORD", "secret", 1);
  const auto login = mqtt_login_from_environment("TAUT_TEST_USER", "TAUT_TEST_PASSWORD");
  REQUIRE(login);
  CHECK(login->user == "ann");
  CHECK(as_text(login->password.expose()) == "secret");
  ::unsetenv("TAUT_TEST_USER");
  CHECK_FALSE(mqtt_login_from_environment("TAUT_TEST_USER", "TAUT_TEST_PASSWORD"));
}

}  // namespace
}  // namespace taut::carrier
