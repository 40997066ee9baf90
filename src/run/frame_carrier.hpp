#pragma once
// What carries a topic's frames, and keeps them in no order: a broker, a pipe. One way to speak of both.

#include <memory>

#include "carrier/mqtt.hpp"
#include "carrier/pipe.hpp"

namespace taut::run {

/// All calls from and to the loop's thread.
class FrameCarrier {
 public:
  /// Names one frame until its outcome; counts up from 1.
  using Ticket = std::uint64_t;
  class Owner {
   public:
    virtual ~Owner() = default;
    /// It takes frames; not before, and not after on_down.
    virtual void on_up() = 0;
    virtual void on_down(const Error& why) = 0;
    virtual void on_frame(ByteView frame) = 0;
    /// Those that are at hand were handed over: whoever sent them is told so after this returns.
    virtual void on_frames_end() = 0;
    /// Once for every ticket: whoever is next on the way has it, or never will.
    virtual void on_taken(Ticket ticket, const Status& outcome) = 0;
    /// Nothing more comes; or why it is of no use.
    virtual void on_end(const Status& why) = 0;
  };

  virtual ~FrameCarrier() = default;
  /// @errors exhausted (quota): on_taken makes room; others: this frame never goes
  virtual Result<Ticket> publish(ByteView frame) = 0;
  /// Says goodbye; nothing is called any more.
  virtual void close() = 0;
};

/// @errors those of carrier::Mqtt::open
Result<std::unique_ptr<FrameCarrier>> open_broker(carrier::Loop& loop, Random& random,
                                                  carrier::MqttSettings settings, FrameCarrier::Owner& owner);
/// @errors those of carrier::Pipe::open
Result<std::unique_ptr<FrameCarrier>> open_pipe(carrier::Loop& loop, Random& random,
                                                const carrier::PipeSettings& settings,
                                                FrameCarrier::Owner& owner);

}  // namespace taut::run
