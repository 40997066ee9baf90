#include "carrier/pipe_ends.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "carrier/reasons.hpp"

namespace taut::carrier {
namespace {

constexpr Reason kUnreadable{"unreadable"};
constexpr std::size_t kReadBytes = 64 * 1024;

/// False: asked to stop.
bool wait_for(int descriptor, short event, int stop) {
  std::array<pollfd, 2> waiting{pollfd{descriptor, event, 0}, pollfd{stop, POLLIN, 0}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0)
    if (errno != EINTR) return true;  // the call that follows will say what is wrong
  return waiting[1].revents == 0;
}

Result<Bytes> read_piece(int descriptor) {
  Bytes bytes(kReadBytes);
  ssize_t size = -1;
  do {
    size = ::read(descriptor, bytes.data(), bytes.size());
  } while (size < 0 && errno == EINTR);
  if (size < 0) return fail(Errc::unavailable, kUnreadable);
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

/// On this thread a pipe that nobody reads is an error, not the process's end.
void ignore_broken_pipes() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
}

}  // namespace

PipeReader::PipeReader(Loop& loop, int descriptor, Take take)
    : descriptor_(descriptor),
      take_(std::move(take)),
      posts_(loop),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

PipeReader::~PipeReader() {
  ::eventfd_write(stop_, 1);
  wanted_.release();
  thread_.join();
  ::close(stop_);
}

void PipeReader::read() { wanted_.release(); }

void PipeReader::serve() {
  for (wanted_.acquire(); wait_for(descriptor_, POLLIN, stop_); wanted_.acquire())
    posts_.post([this, piece = read_piece(descriptor_)]() mutable { take_(std::move(piece)); });
}

PipeWriter::PipeWriter(Loop& loop, int descriptor, Wrote wrote)
    : descriptor_(descriptor),
      wrote_(std::move(wrote)),
      posts_(loop),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

PipeWriter::~PipeWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_one();
  ::eventfd_write(stop_, 1);
  thread_.join();
  ::close(stop_);
}

void PipeWriter::write(Bytes bytes) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(bytes));
  }
  changed_.notify_one();
}

void PipeWriter::serve() {
  ignore_broken_pipes();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
    const Bytes next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Result<std::size_t> outcome = next.size();
    if (!write_all(next)) outcome = fail(Errc::unavailable, reasons::kReset);
    posts_.post([this, outcome] { wrote_(outcome); });
    lock.lock();
  }
}

bool PipeWriter::write_all(ByteView bytes) {
  while (!bytes.empty()) {
    if (!wait_for(descriptor_, POLLOUT, stop_)) return false;
    // A pipe that has room has it for so much: the write does not block (pipe(7)).
    const ssize_t size = ::write(descriptor_, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
    if (size < 0 && errno != EINTR && errno != EAGAIN) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  }
  return true;
}

}  // namespace taut::carrier
