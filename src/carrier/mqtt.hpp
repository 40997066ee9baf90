#pragma once
// One topic of one MQTT 5 broker: frames of bytes out, frames of bytes in. The broker is trusted with
// nothing: it may lose, repeat, delay and forge; what is inside the frames has to see to that
// (docs/carriers.md).

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "carrier/limits.hpp"
#include "carrier/loop.hpp"
#include "carrier/mqtt_url.hpp"
#include "carrier/reasons.hpp"

namespace taut::carrier {

struct MqttLogin {
  std::string user;
  SecretBytes password;  ///< libmosquitto keeps a copy that it does not wipe
};

struct MqttSettings {
  MqttUrl url;
  /// Names the session at the broker: random, chosen once for this topic on this node, kept by the
  /// caller. 1..64 letters and digits.
  std::string client_id;
  std::optional<MqttLogin> login;
  std::filesystem::path ca_file;  ///< PEM; empty: the system's certificates

  std::size_t payload_bytes_max = kFrameBytesMax;    ///< both ways
  std::size_t waiting_bytes_max = kWaitingBytesMax;  ///< published and not yet acknowledged
  std::size_t waiting_count_max = 1024;              ///< the same
  std::uint16_t receive_maximum = 32;   ///< unacknowledged messages, each way (MQTT 5 §3.1.2.11.3)
  std::chrono::seconds keep_alive{30};  ///< 5 s or more
  std::chrono::seconds session_expiry{7 * 24 * 3600};  ///< how long the broker keeps what we missed
  std::chrono::milliseconds retry_delay_min{1'000};    ///< doubles up to the next, less a random part
  std::chrono::milliseconds retry_delay_max{60'000};
};

enum class MqttSession {
  resumed,  ///< the broker kept what came meanwhile
  fresh,    ///< it knows nothing of us: frames may have been missed
};

struct MqttCounters {
  std::uint64_t connections = 0;  ///< that came up
  std::uint64_t received = 0;     ///< handed to the caller
  std::uint64_t published = 0;    ///< acknowledged by the broker
  std::uint64_t refused = 0;      ///< publishes that the broker answered with an error
  // Dropped unseen:
  std::uint64_t retained = 0;   ///< old messages that a broker keeps: nothing of ours is ever retained
  std::uint64_t oversized = 0;  ///< over payload_bytes_max
  std::uint64_t elsewhere = 0;  ///< on a topic that we never asked for
  std::uint64_t empty = 0;
};

/// Names one publish until its outcome; counts up from 1.
using MqttTicket = std::uint64_t;

/// Connects, and connects again, until it is destroyed or closed. All calls from and to the loop's thread.
class Mqtt {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Connected and subscribed.
    virtual void on_up(MqttSession session) = 0;
    /// Not any more, or not this time; it tries again by itself. unauthentic: tls_refused; incompatible:
    /// no_mqtt5; violation, malformed: a broker that breaks the protocol; exhausted: too_large (a frame that
    /// it should not have sent); unavailable: login_refused, not_authorised, taken_over, bad_ca: for a person
    /// to mend; broker_busy, broker_refuses, nobody_listens, no_route, name_not_found, deadline, reset: time
    /// may.
    virtual void on_down(Error why) = 0;
    /// One frame, perhaps again (QoS 1).
    virtual void on_message(ByteView payload) = 0;
    /// What one read has brought was handed over: the broker is told that it came only after this returns.
    virtual void on_read() {}
    /// Once for every ticket: the broker has it; or it never will, because of
    /// @errors unavailable: not_authorised, broker_busy, broker_refuses; exhausted: too_large, quota
    virtual void on_published(MqttTicket ticket, Status outcome) = 0;
  };

  /// @errors misuse: client_id or keep_alive out of range; unavailable: bad_ca
  static Result<std::unique_ptr<Mqtt>> open(Loop& loop, Random& random, MqttSettings settings,
                                            Handler& handler);
  Mqtt(const Mqtt&) = delete;
  Mqtt& operator=(const Mqtt&) = delete;
  /// Drops the connection without a word; the broker keeps the session. May be called from a handler.
  ~Mqtt();

  /// Queues, connected or not; goes out in order, and again after a reconnection that came before the answer.
  /// @errors exhausted: too_large (payload_bytes_max), quota (the queue is full: on_published makes room);
  ///         misuse: an empty payload; closed
  Result<MqttTicket> publish(Bytes payload);
  std::size_t waiting_bytes() const;  ///< published and not yet acknowledged

  /// Back-pressure: nothing is read between the two. At most another 16 KiB of frames come from what was
  /// already read. A long pause costs the connection (keep-alive), not the session.
  void pause_reading();
  void resume_reading();

  enum class Session { keep, forget };
  /// Says goodbye with the loop's next turn, also where the handle is gone by then; what waits may be lost to
  /// the broker, and no handler is called any more. May be called from a handler.
  void close(Session session);

  const MqttCounters& counters() const;

 private:
  class State;
  explicit Mqtt(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace taut::carrier
