#pragma once
// libmosquitto without its sockets, threads and TLS: bytes of the broker in, bytes for the broker out,
// callbacks as events. For mqtt.cpp only. Not Asio's business; it never waits.
//
// The library insists on a socket of its own, which it reads until nothing is left: a broker that sends fast
// enough would keep it there. So its socket is one end of a pair, of which we hold the other, and what we
// give it there are whole packets that have passed a gate.

#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "carrier/mqtt.hpp"
#include "carrier/mqtt_gate.hpp"
#include "carrier/socket_pair.hpp"
#include "carrier/tls_client.hpp"

struct mosquitto;

namespace taut::carrier {

class MqttClient {
 public:
  /// What a call of receive() found. A handler may publish(), and nothing else: the library
  /// holds a lock meanwhile.
  class Events {
   public:
    virtual ~Events() = default;
    virtual void on_subscribed(MqttSession session) = 0;
    virtual void on_message(std::string_view topic, ByteView payload) = 0;
    virtual void on_retained() = 0;
    virtual void on_answered(int packet_id, Status outcome) = 0;
  };

  /// @errors as Mqtt::open
  static Result<std::unique_ptr<MqttClient>> make(const MqttSettings& settings, Events& events);
  MqttClient(const MqttClient&) = delete;
  MqttClient& operator=(const MqttClient&) = delete;
  ~MqttClient();

  /// Begins a new connection: the bytes of the old one are gone, what was published and not answered goes
  /// again.
  Status begin();
  Status receive(ByteView bytes);
  /// @return  what is to be sent now, about bytes_max at most; empty: nothing
  Result<Bytes> output(std::size_t bytes_max);
  /// Keep-alive; once a second or so.
  Status tick();

  /// @return  the packet ID that on_answered() will name
  Result<int> publish(ByteView payload);
  void disconnect(Mqtt::Session session);

 private:
  struct Callbacks;

  MqttClient(const MqttSettings& settings, Events& events);
  Status set_up(const MqttSettings& settings);
  Status log_in_as(const MqttLogin& login);
  Status keep_connect_properties();
  Status hand_in(ByteView packet);
  Status read_what_was_given();
  std::size_t unread_bytes() const;

  Events& events_;
  std::string topic_;
  std::uint32_t packet_bytes_max_;
  std::uint32_t session_expiry_s_;
  int keep_alive_s_;
  std::unique_ptr<TlsClient> tls_;  ///< none: plain
  MqttGate gate_;
  mosquitto* handle_ = nullptr;
  SocketEnd ours_;  ///< the other end is the library's
  MqttSession session_ = MqttSession::fresh;
  std::optional<Error> failure_;  ///< what a callback found; the call that led to it returns it
};

}  // namespace taut::carrier
