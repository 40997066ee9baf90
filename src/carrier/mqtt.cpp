#include "carrier/mqtt.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "carrier/mqtt_client.hpp"
#include "carrier/tcp.hpp"

namespace taut::carrier {
namespace {

/// From the dial to the answer to our subscription.
constexpr std::chrono::seconds kConnectMax{20};
/// What may wait in the connection: what is not there yet can still be taken back.
constexpr std::size_t kSendAheadBytes = 256 * 1024;
/// A connection that lasted this long was a good one. Two processes with one client ID drive each other out
/// as fast as they connect, and not every broker tells them why.
constexpr std::chrono::seconds kSteady{30};
constexpr std::size_t kClientIdBytesMax = 64;
constexpr std::chrono::seconds kKeepAliveMin{5};
constexpr std::chrono::seconds kKeepAliveMax{3600};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Status check(const MqttSettings& settings) {
  const bool is_sound = !settings.client_id.empty() && settings.client_id.size() <= kClientIdBytesMax &&
                        std::ranges::all_of(settings.client_id, is_letter_or_digit) &&
                        settings.keep_alive >= kKeepAliveMin && settings.keep_alive <= kKeepAliveMax &&
                        settings.receive_maximum > 0;
  if (!is_sound) return fail(Errc::misuse, reasons::kMisuse);
  return {};
}

}  // namespace

class Mqtt::State final : public std::enable_shared_from_this<State>,
                          public Connection::Handler,
                          public MqttClient::Events {
 public:
  State(Loop& loop, Random& random, MqttSettings settings, Mqtt::Handler& handler);

  Status open();
  void drop();
  bool is_leaving() const { return phase_ == Phase::leaving; }
  Loop& loop() { return loop_; }
  Result<MqttTicket> publish(Bytes payload);
  void pause();
  void resume();
  void close(Session session);
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  const MqttCounters& counters() const { return counters_; }

  void on_bytes(ByteView bytes) override;
  void on_written() override { pump(); }
  void on_closed() override { went_down(Error{Errc::unavailable, reasons::kReset}); }

  void on_subscribed(MqttSession session) override;
  void on_message(std::string_view topic, ByteView payload) override;
  void on_retained() override { ++counters_.retained; }
  void on_answered(int packet_id, Status outcome) override;

 private:
  enum class Phase { waiting, dialling, joining, up, leaving, closed };
  struct Unsent {
    MqttTicket ticket;
    Bytes payload;
  };

  void dial();
  void dialled(Result<std::shared_ptr<Connection>> outcome);
  Status begin();
  Status renew_client();
  void went_down(Error why);
  void retry_later();
  Duration retry_delay();
  void tick();
  void pump();
  void pump_soon();
  void hand_over();
  void finished(MqttTicket ticket, std::size_t size_bytes, Status outcome);
  bool is_over() const { return phase_ == Phase::leaving || phase_ == Phase::closed; }
  void leave(Session session);

  Loop& loop_;
  Random& random_;
  MqttSettings settings_;
  Mqtt::Handler* handler_;
  std::unique_ptr<MqttClient> client_;
  std::shared_ptr<Connection> connection_;
  Phase phase_ = Phase::waiting;
  bool is_paused_ = false;
  bool is_pump_posted_ = false;
  bool is_client_spoilt_ = false;  ///< by what a broker left in it: the next connection takes a new one
  bool has_missed_ = false;        ///< messages came that nobody was there for any more
  unsigned failures_ = 0;          ///< since it was up for a while
  Instant up_since_;

  std::deque<Unsent> unsent_;
  std::map<int, Unsent> unanswered_;  ///< by packet ID: the library has them too
  std::size_t waiting_bytes_ = 0;     ///< of both
  MqttTicket last_ticket_ = 0;

  Timer deadline_;
  Timer retry_;
  Timer tick_;
  MqttCounters counters_;
};

Mqtt::State::State(Loop& loop, Random& random, MqttSettings settings, Mqtt::Handler& handler)
    : loop_(loop),
      random_(random),
      settings_(std::move(settings)),
      handler_(&handler),
      deadline_(loop, [this] { went_down(Error{Errc::unavailable, reasons::kDeadline}); }),
      retry_(loop, [this] { dial(); }),
      tick_(loop, [this] { tick(); }) {}

Status Mqtt::State::open() {
  TAUT_CHECK(check(settings_));
  TAUT_TRY(client_, MqttClient::make(settings_, *this));
  dial();
  return {};
}

void Mqtt::State::drop() {
  phase_ = Phase::closed;
  handler_ = nullptr;
  for (Timer* const timer : {&deadline_, &retry_, &tick_}) timer->arm(std::nullopt);
  if (connection_) std::exchange(connection_, nullptr)->abort();
}

// Connecting.

void Mqtt::State::dial() {
  phase_ = Phase::dialling;
  const Instant limit = Loop::now() + kConnectMax;
  deadline_.arm(limit + kLinger);
  dial_tcp(loop_, settings_.url.broker, limit, [self = shared_from_this()](auto outcome) {
    if (self->phase_ == Phase::dialling) self->dialled(std::move(outcome));
  });
}

void Mqtt::State::dialled(Result<std::shared_ptr<Connection>> outcome) {
  if (!outcome) return went_down(outcome.error());
  connection_ = *std::move(outcome);
  if (const Status begun = begin(); !begun) return went_down(begun.error());
  phase_ = Phase::joining;
  deadline_.arm(Loop::now() + kConnectMax);
  tick_.arm(Loop::now() + std::chrono::seconds(1));
  connection_->start(*this);
  if (is_paused_) connection_->pause_reading();
  pump();
}

Status Mqtt::State::begin() {
  if (is_client_spoilt_) TAUT_CHECK(renew_client());
  return client_->begin();
}

/// The library keeps what a broker has begun with QoS 2 across connections, and counts it against what may
/// come, until nothing may. What was not answered goes again, in order, before the rest.
Status Mqtt::State::renew_client() {
  TAUT_TRY(client_, MqttClient::make(settings_, *this));
  is_client_spoilt_ = false;
  for (auto& [packet_id, one] : std::exchange(unanswered_, {})) unsent_.push_back(std::move(one));
  std::ranges::sort(unsent_, {}, &Unsent::ticket);
  return {};
}

void Mqtt::State::went_down(Error why) {
  if (phase_ == Phase::leaving) return drop();
  if (phase_ == Phase::closed) return;
  is_client_spoilt_ |= why.code == Errc::violation;
  if (std::exchange(phase_, Phase::waiting) == Phase::up && Loop::now() - up_since_ > kSteady) failures_ = 0;
  deadline_.arm(std::nullopt);
  tick_.arm(std::nullopt);
  if (connection_) std::exchange(connection_, nullptr)->abort();
  retry_later();
  ++failures_;
  if (handler_ != nullptr) handler_->on_down(why);
}

void Mqtt::State::retry_later() {
  if (!is_paused_) retry_.arm(Loop::now() + retry_delay());
}

/// Between a half and the whole, so that those who lost one broker do not come back as one.
Duration Mqtt::State::retry_delay() {
  Duration delay = settings_.retry_delay_min;
  for (unsigned i = 0; i < failures_ && delay < settings_.retry_delay_max; ++i) delay *= 2;
  delay = std::min<Duration>(delay, settings_.retry_delay_max);
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  return Duration(static_cast<Duration::rep>(half + random_.u64() % (half + 1)));
}

void Mqtt::State::on_subscribed(MqttSession session) {
  if (phase_ != Phase::joining) return;
  phase_ = Phase::up;
  up_since_ = Loop::now();
  deadline_.arm(std::nullopt);
  ++counters_.connections;
  if (handler_ != nullptr) handler_->on_up(session);
}

void Mqtt::State::tick() {
  tick_.arm(Loop::now() + std::chrono::seconds(1));
  if (is_paused_) return;  // its own answers to our pings lie unread
  if (const Status alive = client_->tick(); !alive) return went_down(alive.error());
  pump();
}

// In.

void Mqtt::State::on_bytes(ByteView bytes) {
  if (is_over()) return;
  const Status taken = client_->receive(bytes);
  if (handler_ != nullptr) handler_->on_read();
  if (is_over()) return;
  if (!taken) return went_down(taken.error());
  pump();
}

void Mqtt::State::on_message(std::string_view topic, ByteView payload) {
  if (handler_ == nullptr) {
    has_missed_ = true;
  } else if (topic != settings_.url.topic) {
    ++counters_.elsewhere;
  } else if (payload.empty()) {
    ++counters_.empty;
  } else if (payload.size() > settings_.payload_bytes_max) {
    ++counters_.oversized;
  } else {
    ++counters_.received;
    handler_->on_message(payload);
  }
}

void Mqtt::State::pause() {
  is_paused_ = true;
  retry_.arm(std::nullopt);
  if (connection_) connection_->pause_reading();
}

void Mqtt::State::resume() {
  if (!std::exchange(is_paused_, false)) return;
  if (connection_) connection_->resume_reading();
  if (phase_ == Phase::waiting) retry_later();
}

// Out.

Result<MqttTicket> Mqtt::State::publish(Bytes payload) {
  if (payload.empty() || is_over()) return fail(Errc::misuse, reasons::kMisuse);
  if (payload.size() > settings_.payload_bytes_max) return fail(Errc::exhausted, reasons::kTooLarge);
  if (unsent_.size() + unanswered_.size() >= settings_.waiting_count_max ||
      waiting_bytes_ + payload.size() > settings_.waiting_bytes_max)
    return fail(Errc::exhausted, reasons::kQuota);
  waiting_bytes_ += payload.size();
  unsent_.push_back({++last_ticket_, std::move(payload)});
  pump_soon();
  return last_ticket_;
}

/// Not now: the call may come out of a handler, and what one turn publishes goes out together.
void Mqtt::State::pump_soon() {
  if (std::exchange(is_pump_posted_, true)) return;
  loop_.post([self = shared_from_this()] {
    self->is_pump_posted_ = false;
    self->pump();
  });
}

void Mqtt::State::pump() {
  if (phase_ == Phase::up) hand_over();
  while (connection_ && connection_->waiting_bytes() < kSendAheadBytes) {
    Result<Bytes> out = client_->output(kSendAheadBytes);
    if (!out) return went_down(out.error());
    if (out->empty()) return;
    connection_->send(*std::move(out));
  }
}

void Mqtt::State::hand_over() {
  while (!unsent_.empty() && unanswered_.size() < settings_.receive_maximum) {
    Unsent next = std::move(unsent_.front());
    unsent_.pop_front();
    const Result<int> packet_id = client_->publish(next.payload);
    if (packet_id) {
      unanswered_.insert_or_assign(*packet_id, std::move(next));
    } else {
      finished(next.ticket, next.payload.size(), std::unexpected(packet_id.error()));
    }
  }
}

void Mqtt::State::on_answered(int packet_id, Status outcome) {
  const auto found = unanswered_.find(packet_id);
  if (found == unanswered_.end()) return;
  const Unsent answered = std::move(found->second);
  unanswered_.erase(found);
  finished(answered.ticket, answered.payload.size(), outcome);
}

void Mqtt::State::finished(MqttTicket ticket, std::size_t size_bytes, Status outcome) {
  waiting_bytes_ -= size_bytes;
  ++(outcome ? counters_.published : counters_.refused);
  if (handler_ != nullptr) handler_->on_published(ticket, outcome);
}

/// Not now: the library calls handlers under a lock that its goodbye takes.
void Mqtt::State::close(Session session) {
  if (is_over()) return;
  handler_ = nullptr;
  if (phase_ != Phase::up) return drop();
  phase_ = Phase::leaving;
  loop_.post([self = shared_from_this(), session] { self->leave(session); });
}

/// What the library still has stands before its goodbye, and no more than that goes out now, whatever waits:
/// a broker that does not hear it keeps the session.
void Mqtt::State::leave(Session session) {
  if (phase_ != Phase::leaving) return;
  // To say goodbye is to acknowledge; what nobody has seen is to come again.
  if (has_missed_ && session == Session::keep) return drop();
  client_->disconnect(session);
  const std::size_t most = settings_.waiting_bytes_max + kSendAheadBytes;
  for (std::size_t sent = 0; sent < most;) {
    Result<Bytes> out = client_->output(kSendAheadBytes);
    if (!out || out->empty()) break;
    sent += out->size();
    connection_->send(*std::move(out));
  }
  const auto connection = std::exchange(connection_, nullptr);
  drop();
  connection->close();
}

// The handle.

Mqtt::Mqtt(std::shared_ptr<State> state) : state_(std::move(state)) {}

// A handler that destroys us was called by the state: it goes with the loop's next turn.
Mqtt::~Mqtt() {
  if (!state_->is_leaving()) state_->drop();
  Loop& loop = state_->loop();
  loop.post([state = std::move(state_)] {});
}

Result<std::unique_ptr<Mqtt>> Mqtt::open(Loop& loop, Random& random, MqttSettings settings,
                                         Handler& handler) {
  auto state = std::make_shared<State>(loop, random, std::move(settings), handler);
  TAUT_CHECK(state->open());
  return std::unique_ptr<Mqtt>(new Mqtt(std::move(state)));
}

Result<MqttTicket> Mqtt::publish(Bytes payload) { return state_->publish(std::move(payload)); }
std::size_t Mqtt::waiting_bytes() const { return state_->waiting_bytes(); }
void Mqtt::pause_reading() { state_->pause(); }
void Mqtt::resume_reading() { state_->resume(); }
void Mqtt::close(Session session) { state_->close(session); }
const MqttCounters& Mqtt::counters() const { return state_->counters(); }

}  // namespace taut::carrier
