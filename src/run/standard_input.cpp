#include "run/standard_input.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace taut::run {
namespace {

constexpr Reason kUnreadable{"unreadable"};
constexpr std::size_t kReadBytes = 64 * 1024;

/// False: asked to stop.
bool wait_for_input(int stop) {
  std::array<pollfd, 2> waiting{pollfd{STDIN_FILENO, POLLIN, 0}, pollfd{stop, POLLIN, 0}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0)
    if (errno != EINTR) return true;  // read(2) will say what is wrong
  return waiting[1].revents == 0;
}

Result<Bytes> read_piece() {
  Bytes bytes(kReadBytes);
  ssize_t size = -1;
  do {
    size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return fail(Errc::unavailable, kUnreadable);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace

StandardInput::StandardInput(carrier::Loop& loop, Take take)
    : take_(std::move(take)), posts_(loop), stop_(::eventfd(0, EFD_CLOEXEC)), thread_([this] { serve(); }) {}

StandardInput::~StandardInput() {
  ::eventfd_write(stop_, 1);
  wanted_.release();
  thread_.join();
  ::close(stop_);
}

void StandardInput::read() { wanted_.release(); }

void StandardInput::serve() {
  for (wanted_.acquire(); wait_for_input(stop_); wanted_.acquire())
    posts_.post([this, piece = read_piece()]() mutable { take_(std::move(piece)); });
}

}  // namespace taut::run
