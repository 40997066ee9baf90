#include "carrier/pipe.hpp"

#include "carrier/frame_codec.hpp"
#include "carrier/pipe_ends.hpp"

namespace taut::carrier {

class Pipe::State {
 public:
  State(Loop& loop, Random& random, PipeSettings settings, Handler& handler)
      : random_(random),
        settings_(settings),
        handler_(handler),
        lines_(LineDecoder::Limits{.frame_bytes_max = settings.frame_bytes_max}),
        frames_(settings.frame_bytes_max),
        tidy_up_(loop, [this] { tidy_up(); }),
        reader_(loop, settings.input, [this](Result<Bytes> piece) { took(std::move(piece)); }),
        writer_(loop, settings.output, [this](Result<std::size_t> outcome) { wrote(outcome); }) {
    reader_.read();
  }

  Status publish(ByteView frame);
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  void pause() { is_paused_ = true; }
  void resume();
  const LineDecoder::Counters& counters() const {
    return settings_.form == PipeForm::lines ? lines_.counters() : count_;
  }

 private:
  Result<Bytes> written_form(ByteView frame);
  void took(Result<Bytes> piece);
  Status decode(ByteView bytes, std::vector<Bytes>& finished);
  void end_input(Status why);
  void wrote(Result<std::size_t> outcome);
  void tidy_up();

  Random& random_;
  PipeSettings settings_;
  Handler& handler_;
  LineDecoder lines_;
  FrameDecoder frames_;
  LineDecoder::Counters count_;
  Timer tidy_up_;
  std::size_t waiting_bytes_ = 0;
  bool is_paused_ = false;
  bool is_read_asked_for_ = true;
  bool has_input_ended_ = false;
  bool has_output_ended_ = false;
  PipeReader reader_;
  PipeWriter writer_;
};

Result<Bytes> Pipe::State::written_form(ByteView frame) {
  if (settings_.form == PipeForm::frames) return sized_frame(frame);
  return lines_of(frame, random_.make<LineFrameId>(), settings_.line_bytes_max);
}

Status Pipe::State::publish(ByteView frame) {
  if (has_output_ended_) return fail(Errc::unavailable, reasons::kReset);
  if (frame.size() > settings_.frame_bytes_max) return fail(Errc::exhausted, reasons::kTooLarge);
  TAUT_TRY(Bytes written, written_form(frame));
  if (waiting_bytes_ + written.size() > settings_.waiting_bytes_max)
    return fail(Errc::exhausted, reasons::kQuota);
  waiting_bytes_ += written.size();
  writer_.write(std::move(written));
  return {};
}

void Pipe::State::wrote(Result<std::size_t> outcome) {
  if (has_output_ended_) return;
  if (!outcome) {
    has_output_ended_ = true;
    waiting_bytes_ = 0;
    return handler_.on_output_end(outcome.error());
  }
  waiting_bytes_ -= *outcome;
  if (waiting_bytes_ == 0) handler_.on_written();
}

void Pipe::State::took(Result<Bytes> piece) {
  is_read_asked_for_ = false;
  if (!piece) return end_input(std::unexpected(piece.error()));
  if (piece->empty()) return end_input(frames_.is_between_frames() ? Status{} : malformed());
  std::vector<Bytes> finished;
  const Status sound = decode(*piece, finished);
  tidy_up_.arm(lines_.next_deadline());
  for (const Bytes& frame : finished) handler_.on_message(frame);
  if (!sound) return end_input(sound);
  if (!is_paused_) resume();
}

Status Pipe::State::decode(ByteView bytes, std::vector<Bytes>& finished) {
  if (settings_.form == PipeForm::lines) {
    finished = lines_.take(bytes, Loop::now());
    return {};
  }
  const Status sound = frames_.take(bytes, finished);
  count_.frames += finished.size();
  return sound;
}

void Pipe::State::end_input(Status why) {
  has_input_ended_ = true;
  handler_.on_input_end(why);
}

void Pipe::State::resume() {
  is_paused_ = false;
  if (!has_input_ended_ && !std::exchange(is_read_asked_for_, true)) reader_.read();
}

void Pipe::State::tidy_up() {
  lines_.tick(Loop::now());
  tidy_up_.arm(lines_.next_deadline());
}

Pipe::Pipe(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pipe::~Pipe() = default;

Result<std::unique_ptr<Pipe>> Pipe::open(Loop& loop, Random& random, PipeSettings settings,
                                         Handler& handler) {
  if (settings.line_bytes_max < kLineBytesMin || settings.line_bytes_max > kLineBytesMax)
    return fail(Errc::misuse, reasons::kMisuse);
  return std::unique_ptr<Pipe>(new Pipe(std::make_unique<State>(loop, random, settings, handler)));
}

Status Pipe::publish(ByteView frame) { return state_->publish(frame); }
std::size_t Pipe::waiting_bytes() const { return state_->waiting_bytes(); }
void Pipe::pause_reading() { state_->pause(); }
void Pipe::resume_reading() { state_->resume(); }
const LineDecoder::Counters& Pipe::counters() const { return state_->counters(); }

}  // namespace taut::carrier
