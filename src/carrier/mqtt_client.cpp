#include "carrier/mqtt_client.hpp"

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <sys/ioctl.h>

#include "carrier/mqtt_error.hpp"

namespace taut::carrier {
namespace {

/// What the library gets at once: small enough for a socket's buffer.
constexpr std::size_t kSliceBytes = 16 * 1024;
/// Header, topic and properties of a PUBLISH around its payload.
constexpr std::size_t kPublishOverheadBytes = 1024;
constexpr int kQos = 1;
constexpr int kSubscribeOptions = MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_SEND_RETAIN_NEVER;

class Properties {
 public:
  Properties() = default;
  Properties(const Properties&) = delete;
  Properties& operator=(const Properties&) = delete;
  ~Properties() { mosquitto_property_free_all(&list_); }

  void add_u32(int name, std::uint32_t value) { mosquitto_property_add_int32(&list_, name, value); }
  const mosquitto_property* list() const { return list_; }

 private:
  mosquitto_property* list_ = nullptr;
};

/// The library wants to be told once a process.
void start_library() {
  static const int started = mosquitto_lib_init();
  static_cast<void>(started);
}

}  // namespace

/// What the library calls, with the client as its user data.
struct MqttClient::Callbacks {
  static MqttClient& of(void* client) { return *static_cast<MqttClient*>(client); }

  static void connected(mosquitto* handle, void* user, int code, int flags, const mosquitto_property*) {
    MqttClient& client = of(user);
    if (code != 0) {
      client.failure_ = error_of_mqtt_reason(code);
      return;
    }
    client.session_ = (flags & 1) != 0 ? MqttSession::resumed : MqttSession::fresh;
    const int sent =
        mosquitto_subscribe_v5(handle, nullptr, client.topic_.c_str(), kQos, kSubscribeOptions, nullptr);
    if (sent != MOSQ_ERR_SUCCESS) client.failure_ = error_of_mosquitto(sent);
  }
  static void subscribed(mosquitto*, void* user, int, int count, const int* codes,
                         const mosquitto_property*) {
    MqttClient& client = of(user);
    const int code = count == 1 ? *codes : MQTT_RC_PROTOCOL_ERROR;
    if (code >= MQTT_RC_UNSPECIFIED) {
      client.failure_ = error_of_mqtt_reason(code);
    } else {
      client.events_.on_subscribed(client.session_);
    }
  }
  static void message(mosquitto*, void* user, const mosquitto_message* message, const mosquitto_property*) {
    MqttClient& client = of(user);
    if (message->retain) return client.events_.on_retained();
    const auto size = static_cast<std::size_t>(std::max(message->payloadlen, 0));
    client.events_.on_message(message->topic, ByteView(static_cast<const Byte*>(message->payload), size));
  }
  static void answered(mosquitto*, void* user, int packet_id, int code, const mosquitto_property*) {
    MqttClient& client = of(user);
    Status outcome;
    if (code >= MQTT_RC_UNSPECIFIED) outcome = std::unexpected(error_of_mqtt_reason(code));
    client.events_.on_answered(packet_id, outcome);
  }
  static void disconnected(mosquitto*, void* user, int code, const mosquitto_property*) {
    // A code of the library's own is below; the call that it comes from returns it too.
    if (code >= MQTT_RC_UNSPECIFIED && !of(user).failure_) of(user).failure_ = error_of_mqtt_reason(code);
  }
};

MqttClient::MqttClient(const MqttSettings& settings, Events& events)
    : events_(events),
      topic_(settings.url.topic),
      packet_bytes_max_(static_cast<std::uint32_t>(settings.payload_bytes_max + kPublishOverheadBytes)),
      session_expiry_s_(static_cast<std::uint32_t>(settings.session_expiry.count())),
      keep_alive_s_(static_cast<int>(settings.keep_alive.count())),
      gate_(packet_bytes_max_) {}

MqttClient::~MqttClient() {
  if (handle_ != nullptr) mosquitto_destroy(handle_);
}

Result<std::unique_ptr<MqttClient>> MqttClient::make(const MqttSettings& settings, Events& events) {
  start_library();
  std::unique_ptr<MqttClient> client(new MqttClient(settings, events));
  TAUT_CHECK(client->set_up(settings));
  if (settings.url.transport == MqttTransport::tls) {
    TAUT_TRY(client->tls_, TlsClient::make(settings.url.broker.host, settings.ca_file));
  }
  return client;
}

Status MqttClient::set_up(const MqttSettings& settings) {
  handle_ = mosquitto_new(settings.client_id.c_str(), false, this);
  if (handle_ == nullptr) return fail(Errc::misuse, reasons::kMisuse);
  mosquitto_int_option(handle_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
  mosquitto_int_option(handle_, MOSQ_OPT_RECEIVE_MAXIMUM, settings.receive_maximum);
  mosquitto_int_option(handle_, MOSQ_OPT_SEND_MAXIMUM, settings.receive_maximum);
  // It then writes when output() asks it to, and at no other time.
  mosquitto_threaded_set(handle_, true);
  mosquitto_connect_v5_callback_set(handle_, Callbacks::connected);
  mosquitto_subscribe_v5_callback_set(handle_, Callbacks::subscribed);
  mosquitto_message_v5_callback_set(handle_, Callbacks::message);
  mosquitto_publish_v5_callback_set(handle_, Callbacks::answered);
  mosquitto_disconnect_v5_callback_set(handle_, Callbacks::disconnected);
  if (settings.login) TAUT_CHECK(log_in_as(*settings.login));
  return keep_connect_properties();
}

Status MqttClient::log_in_as(const MqttLogin& login) {
  SecretBytes password(login.password.size() + 1);  // ends in a zero
  std::ranges::copy(login.password.expose(), password.fill().begin());
  const auto* const text = reinterpret_cast<const char*>(password.expose().data());
  if (mosquitto_username_pw_set(handle_, login.user.c_str(), text) != MOSQ_ERR_SUCCESS)
    return fail(Errc::misuse, reasons::kMisuse);
  return {};
}

// Only the connect that blocks takes properties. It keeps them for every later connection before it looks at
// the keep-alive interval, so one that is out of range leaves it at that.
Status MqttClient::keep_connect_properties() {
  constexpr int kOutOfRange = 1;
  Properties properties;
  properties.add_u32(MQTT_PROP_SESSION_EXPIRY_INTERVAL, session_expiry_s_);
  properties.add_u32(MQTT_PROP_MAXIMUM_PACKET_SIZE, packet_bytes_max_);
  const int code =
      mosquitto_connect_bind_v5(handle_, "127.0.0.1", kMqttPort, kOutOfRange, nullptr, properties.list());
  if (code != MOSQ_ERR_INVAL) return fail(Errc::misuse, reasons::kMisuse);
  return {};
}

Status MqttClient::begin() {
  failure_.reset();
  gate_.reset();
  if (tls_) TAUT_CHECK(tls_->begin());
  TAUT_TRY(const DeadEnd nowhere, DeadEnd::open());
  const int code = mosquitto_connect_async(handle_, "127.0.0.1", nowhere.port(), keep_alive_s_);
  if (code != MOSQ_ERR_SUCCESS) return std::unexpected(error_of_mosquitto(code));
  TAUT_TRY(ours_, replace_socket(mosquitto_socket(handle_)));
  return {};
}

Status MqttClient::receive(ByteView bytes) {
  Bytes plain;
  if (tls_) {
    TAUT_TRY(plain, tls_->receive(bytes));
    bytes = plain;
  }
  // What came before something that may not be counts: it may be the broker's reason.
  std::vector<Bytes> packets;
  const Status sound = gate_.take(bytes, packets);
  for (const Bytes& packet : packets) TAUT_CHECK(hand_in(packet));
  return sound;
}

Status MqttClient::hand_in(ByteView packet) {
  while (!packet.empty()) {
    const ByteView slice = packet.first(std::min(kSliceBytes, packet.size()));
    packet = packet.subspan(slice.size());
    if (!ours_.give(slice)) return fail(Errc::unavailable, reasons::kReset);
    TAUT_CHECK(read_what_was_given());
  }
  return {};
}

Status MqttClient::read_what_was_given() {
  for (std::size_t unread = unread_bytes(); unread > 0;) {
    const int code = mosquitto_loop_read(handle_, 1);
    if (failure_) return std::unexpected(*failure_);
    if (code != MOSQ_ERR_SUCCESS) return std::unexpected(error_of_mosquitto(code));
    if (mosquitto_socket(handle_) < 0) return fail(Errc::unavailable, reasons::kReset);
    if (unread_bytes() >= unread) return fail(Errc::unavailable, reasons::kReset);
    unread = unread_bytes();
  }
  return {};
}

Result<Bytes> MqttClient::output(std::size_t bytes_max) {
  Bytes out;
  do {
    if (mosquitto_want_write(handle_)) {
      const int code = mosquitto_loop_write(handle_, 1);
      if (code != MOSQ_ERR_SUCCESS) return std::unexpected(error_of_mosquitto(code));
    }
  } while (ours_.take(out) && out.size() < bytes_max);
  if (!tls_) return out;
  TAUT_CHECK(tls_->send(out));
  return tls_->take_output();
}

Status MqttClient::tick() {
  const int code = mosquitto_loop_misc(handle_);
  if (code != MOSQ_ERR_SUCCESS) return std::unexpected(error_of_mosquitto(code));
  return {};
}

Result<int> MqttClient::publish(ByteView payload) {
  int packet_id = 0;
  const int code = mosquitto_publish_v5(handle_, &packet_id, topic_.c_str(), static_cast<int>(payload.size()),
                                        payload.data(), kQos, false, nullptr);
  if (code != MOSQ_ERR_SUCCESS) return std::unexpected(error_of_mosquitto(code));
  return packet_id;
}

void MqttClient::disconnect(Mqtt::Session session) {
  Properties properties;
  if (session == Mqtt::Session::forget) properties.add_u32(MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0);
  mosquitto_disconnect_v5(handle_, MQTT_RC_NORMAL_DISCONNECTION, properties.list());
}

std::size_t MqttClient::unread_bytes() const {
  int count = 0;
  const int socket = mosquitto_socket(handle_);
  if (socket < 0 || ::ioctl(socket, FIONREAD, &count) != 0) return 0;
  return static_cast<std::size_t>(count);
}

}  // namespace taut::carrier
