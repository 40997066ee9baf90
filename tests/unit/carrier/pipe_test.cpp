#include "carrier/pipe.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <functional>

#include "carrier/frame_codec.hpp"
#include "support/seeded_random.hpp"

namespace taut::carrier {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The two descriptors of a pipe.
struct SystemPipe {
  SystemPipe() {
    std::array<int, 2> both{};
    REQUIRE(::pipe2(both.data(), O_CLOEXEC) == 0);
    read_end = both[0];
    write_end = both[1];
  }
  SystemPipe(const SystemPipe&) = delete;
  SystemPipe& operator=(const SystemPipe&) = delete;
  ~SystemPipe() {
    close_end(read_end);
    close_end(write_end);
  }
  static void close_end(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
  }
  int read_end = -1;
  int write_end = -1;
};

struct PipeUser final : Pipe::Handler {
  void on_message(ByteView frame) override {
    received.push_back(to_bytes(frame));
    if (then) then();
  }
  void on_written() override { ++written; }
  void on_input_end(Status why) override { input_end = why; }
  void on_output_end(Error why) override { output_end = why; }

  std::vector<Bytes> received;
  int written = 0;
  std::optional<Status> input_end;
  std::optional<Error> output_end;
  std::function<void()> then;
  std::unique_ptr<Pipe> pipe;
};

/// Ann and Bob, with a pipe each way.
struct TwoPipes {
  explicit TwoPipes(PipeForm form, std::size_t waiting_bytes_max = 8UL * 1024 * 1024) {
    open(ann, {.form = form,
               .input = to_ann.read_end,
               .output = to_bob.write_end,
               .waiting_bytes_max = waiting_bytes_max});
    open(bob, {.form = form, .input = to_bob.read_end, .output = to_ann.write_end});
  }
  void open(PipeUser& who, PipeSettings settings) {
    auto opened = Pipe::open(loop, random, settings, who);
    REQUIRE(opened);
    who.pipe = *std::move(opened);
  }
  bool until(const std::function<bool()>& holds) {
    for (int i = 0; i < 6000 && !holds(); ++i) turn(milliseconds(5));
    return holds();
  }
  void turn(Duration time) {
    Timer limit(loop, [this] { loop.stop(); });
    limit.arm(Loop::now() + time);
    loop.run();
  }
  Loop loop;
  test::SeededRandom random{3};
  SystemPipe to_ann, to_bob;
  PipeUser ann, bob;
};

TEST_CASE("frames go both ways, as lines and with sizes") {
  for (const PipeForm form : {PipeForm::lines, PipeForm::frames}) {
    TwoPipes pipes(form);
    std::vector<Bytes> sent;
    for (std::size_t i = 1; i < 100; ++i) sent.push_back(Bytes(i * 100, static_cast<Byte>(i)));
    for (const Bytes& frame : sent) {
      REQUIRE(pipes.ann.pipe->publish(frame));
      REQUIRE(pipes.bob.pipe->publish(frame));
    }
    REQUIRE(pipes.until([&] { return pipes.ann.received.size() == 99 && pipes.bob.received.size() == 99; }));
    CHECK(pipes.ann.received == sent);
    CHECK(pipes.bob.received == sent);
    REQUIRE(pipes.until([&] { return pipes.ann.pipe->waiting_bytes() == 0; }));
    CHECK(pipes.ann.written > 0);
    CHECK(pipes.ann.pipe->counters().frames == 99);
  }
}

TEST_CASE("other people's lines pass by") {
  TwoPipes pipes(PipeForm::lines);
  const std::string chat = "<eve> good morning\r\n<eve> taut~ is a nice name\r\n";
  REQUIRE(::write(pipes.to_bob.write_end, chat.data(), chat.size()) > 0);
  REQUIRE(pipes.ann.pipe->publish(as_bytes("hello")));
  REQUIRE(pipes.until([&] { return !pipes.bob.received.empty(); }));
  CHECK(pipes.bob.received == std::vector<Bytes>{to_bytes(as_bytes("hello"))});
  CHECK(pipes.bob.pipe->counters().foreign_lines == 2);
}

TEST_CASE("what nobody reads fills the queue up to its limit, and goes out when somebody does") {
  TwoPipes pipes(PipeForm::frames, 500'000);
  pipes.bob.pipe->pause_reading();
  std::size_t count = 0;
  while (pipes.ann.pipe->publish(Bytes(1000, static_cast<Byte>(count)))) ++count;
  CHECK(count >= 498);
  CHECK(pipes.ann.pipe->publish(Bytes(1000)).error() == Error{Errc::exhausted, reasons::kQuota});
  CHECK(pipes.ann.pipe->publish(Bytes(kFrameBytesMax + 1)).error() ==
        Error{Errc::exhausted, reasons::kTooLarge});
  CHECK(pipes.ann.pipe->publish({}).error() == Error{Errc::misuse, reasons::kMisuse});
  pipes.turn(milliseconds(50));
  CHECK(pipes.bob.received.size() < 100);  // one read at most
  CHECK(pipes.ann.pipe->waiting_bytes() > 100'000);
  pipes.bob.pipe->resume_reading();
  REQUIRE(pipes.until([&] { return pipes.bob.received.size() == count; }));
  CHECK(pipes.until([&] { return pipes.ann.pipe->waiting_bytes() == 0; }));
}

TEST_CASE("the end of the input is told: where it should be, or in the middle of a frame") {
  SUBCASE("between frames") {
    TwoPipes pipes(PipeForm::frames);
    SystemPipe::close_end(pipes.to_bob.write_end);
    REQUIRE(pipes.until([&] { return pipes.bob.input_end.has_value(); }));
    CHECK(pipes.bob.input_end->has_value());
    REQUIRE(pipes.bob.pipe->publish(as_bytes("still here")));
    CHECK(pipes.until([&] { return pipes.ann.received.size() == 1; }));
  }
  SUBCASE("within one") {
    TwoPipes pipes(PipeForm::frames);
    REQUIRE(::write(pipes.to_bob.write_end, "\0\0\0\5ab", 6) == 6);
    SystemPipe::close_end(pipes.to_bob.write_end);
    REQUIRE(pipes.until([&] { return pipes.bob.input_end.has_value(); }));
    CHECK(pipes.bob.input_end->error() == Error{Errc::malformed, reasons::kBadFrame});
  }
  SUBCASE("a size that cannot be") {
    TwoPipes pipes(PipeForm::frames);
    Bytes bytes = *sized_frame(Bytes(3));
    append(bytes, Bytes{0xff, 0xff, 0xff, 0xff});
    REQUIRE(::write(pipes.to_bob.write_end, bytes.data(), bytes.size()) > 0);
    REQUIRE(pipes.until([&] { return pipes.bob.input_end.has_value(); }));
    CHECK(pipes.bob.input_end->error() == Error{Errc::exhausted, reasons::kTooLarge});
    CHECK(pipes.bob.received.size() == 1);
  }
}

TEST_CASE("a reader who went away is an error, not the end of the process") {
  TwoPipes pipes(PipeForm::lines);
  pipes.bob.pipe.reset();
  SystemPipe::close_end(pipes.to_bob.read_end);
  REQUIRE(pipes.ann.pipe->publish(as_bytes("to nobody")));
  REQUIRE(pipes.until([&] { return pipes.ann.output_end.has_value(); }));
  CHECK(*pipes.ann.output_end == Error{Errc::unavailable, reasons::kReset});
  CHECK(pipes.ann.pipe->publish(as_bytes("again")).error() == Error{Errc::unavailable, reasons::kReset});
  CHECK(pipes.ann.pipe->waiting_bytes() == 0);
}

TEST_CASE("a pipe goes away at once, whatever waits") {
  TwoPipes pipes(PipeForm::frames);
  pipes.bob.pipe->pause_reading();
  for (int i = 0; i < 1000; ++i) REQUIRE(pipes.ann.pipe->publish(Bytes(1000)));
  pipes.ann.pipe.reset();
  pipes.bob.pipe.reset();
  PipeUser none;
  CHECK_FALSE(Pipe::open(pipes.loop, pipes.random, {.line_bytes_max = 79}, none));
}

}  // namespace
}  // namespace taut::carrier
