#pragma once
// A topic over two pipes: frames out, frames in, as lines of text or with their sizes. What the other side
// does with them is its business: IRC, a serial line, e-mail (docs/carriers.md).

#include <memory>

#include "base/random.hpp"
#include "carrier/line_codec.hpp"
#include "carrier/loop.hpp"
#include "carrier/reasons.hpp"

namespace taut::carrier {

enum class PipeForm {
  lines,   ///< carrier/line_codec.hpp
  frames,  ///< carrier/frame_codec.hpp
};

struct PipeSettings {
  PipeForm form = PipeForm::lines;
  int input = 0;  ///< descriptors: the caller's, open as long as the pipe is
  int output = 1;
  std::size_t line_bytes_max = kLineBytesDefault;
  std::size_t frame_bytes_max = kFrameBytesMax;
  std::size_t waiting_bytes_max = kWaitingBytesMax;  ///< published and not yet taken by the system
};

/// All calls from and to the loop's thread. A handler may publish and pause; it may not destroy the pipe.
class Pipe {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_message(ByteView frame) = 0;
    /// The system took all that was published: the time for more.
    virtual void on_written() = 0;
    /// The input ended (a value), or it is of no use: malformed, exhausted (frames only: the stream is out of
    /// step), unavailable: unreadable. Nothing more comes; what is published still goes out.
    virtual void on_input_end(Status why) = 0;
    /// Nobody reads the output any more: reset. What waited is lost.
    virtual void on_output_end(Error why) = 0;
  };

  /// @errors misuse: a line length out of range
  static Result<std::unique_ptr<Pipe>> open(Loop& loop, Random& random, PipeSettings settings,
                                            Handler& handler);
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe();

  /// @errors exhausted: too_large, quota (on_written makes room); misuse: an empty frame; unavailable: reset
  Status publish(ByteView frame);
  std::size_t waiting_bytes() const;

  /// Back-pressure: at most what one read gave comes between the two.
  void pause_reading();
  void resume_reading();

  /// Of lines; with frames all but `frames` stay zero.
  const LineDecoder::Counters& counters() const;

 private:
  class State;
  explicit Pipe(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace taut::carrier
