#include "run/frame_carrier.hpp"

#include <deque>

namespace taut::run {

using carrier::Loop;

namespace {

class BrokerCarrier final : public FrameCarrier, carrier::Mqtt::Handler {
 public:
  explicit BrokerCarrier(Owner& owner) : owner_(owner) {}

  Status open(Loop& loop, Random& random, carrier::MqttSettings settings) {
    TAUT_TRY(mqtt_, carrier::Mqtt::open(loop, random, std::move(settings), *this));
    return {};
  }
  Result<Ticket> publish(ByteView frame) override { return mqtt_->publish(to_bytes(frame)); }
  void close() override { mqtt_->close(carrier::Mqtt::Session::keep); }

 private:
  void on_up(carrier::MqttSession) override { owner_.on_up(); }
  void on_down(Error why) override { owner_.on_down(why); }
  void on_message(ByteView payload) override { owner_.on_frame(payload); }
  void on_read() override { owner_.on_frames_end(); }
  void on_published(carrier::MqttTicket ticket, Status outcome) override { owner_.on_taken(ticket, outcome); }

  Owner& owner_;
  std::unique_ptr<carrier::Mqtt> mqtt_;
};

class PipeCarrier final : public FrameCarrier, carrier::Pipe::Handler {
 public:
  PipeCarrier(Loop& loop, Owner& owner) : owner_(owner), posts_(loop) {}

  Status open(Loop& loop, Random& random, const carrier::PipeSettings& settings) {
    TAUT_TRY(pipe_, carrier::Pipe::open(loop, random, settings, *this));
    posts_.post([this] {
      if (!is_closed_) owner_.on_up();
    });
    return {};
  }
  Result<Ticket> publish(ByteView frame) override {
    TAUT_CHECK(pipe_->publish(frame));
    under_way_.push_back(++last_ticket_);
    return last_ticket_;
  }
  void close() override { is_closed_ = true; }

 private:
  void on_message(ByteView frame) override {
    if (is_closed_) return;
    owner_.on_frame(frame);
    if (std::exchange(will_end_, true)) return;
    posts_.post([this] {
      will_end_ = false;
      if (!is_closed_) owner_.on_frames_end();
    });
  }
  void on_written() override { taken({}); }
  void on_input_end(Status why) override {
    if (!is_closed_) owner_.on_end(why);
  }
  void on_output_end(Error why) override {
    taken(std::unexpected(why));
    if (is_closed_) return;
    owner_.on_down(why);
    owner_.on_end(std::unexpected(why));
  }
  void taken(const Status& outcome) {
    for (const Ticket ticket : std::exchange(under_way_, {}))
      if (!is_closed_) owner_.on_taken(ticket, outcome);
  }

  Owner& owner_;
  carrier::Posts posts_;
  std::deque<Ticket> under_way_;
  Ticket last_ticket_ = 0;
  bool is_closed_ = false;
  bool will_end_ = false;
  std::unique_ptr<carrier::Pipe> pipe_;  ///< last: its threads end before the rest goes
};

}  // namespace

Result<std::unique_ptr<FrameCarrier>> open_broker(Loop& loop, Random& random, carrier::MqttSettings settings,
                                                  FrameCarrier::Owner& owner) {
  auto broker = std::make_unique<BrokerCarrier>(owner);
  TAUT_CHECK(broker->open(loop, random, std::move(settings)));
  return broker;
}

Result<std::unique_ptr<FrameCarrier>> open_pipe(Loop& loop, Random& random,
                                                const carrier::PipeSettings& settings,
                                                FrameCarrier::Owner& owner) {
  auto pipe = std::make_unique<PipeCarrier>(loop, owner);
  TAUT_CHECK(pipe->open(loop, random, settings));
  return pipe;
}

}  // namespace taut::run
