#pragma once
// The two ends of pipes, terminals and files, for a loop. Each has a thread of its own: waiting for them on
// the loop would make them non-blocking, also for who shares them, and files cannot be waited for at all.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <semaphore>
#include <thread>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "carrier/loop.hpp"

namespace taut::carrier {

class PipeReader {
 public:
  /// Some bytes; none: the end.
  /// @errors unavailable (unreadable)
  using Take = std::function<void(Result<Bytes>)>;

  /// @param descriptor  stays the caller's, and open
  PipeReader(Loop& loop, int descriptor, Take take);
  PipeReader(const PipeReader&) = delete;
  PipeReader& operator=(const PipeReader&) = delete;
  ~PipeReader();

  /// Asks for one piece, on which `take` is called once, on the loop's thread.
  void read();

 private:
  void serve();

  int descriptor_;
  Take take_;
  Posts posts_;
  int stop_;  ///< an eventfd that ends a wait for input
  std::counting_semaphore<> wanted_{0};
  std::thread thread_;
};

class PipeWriter {
 public:
  /// The system took some; or it never will again.
  /// @errors unavailable: reset (nobody reads any more, or the disk is full)
  using Wrote = std::function<void(Result<std::size_t>)>;

  /// @param descriptor  stays the caller's, and open
  PipeWriter(Loop& loop, int descriptor, Wrote wrote);
  PipeWriter(const PipeWriter&) = delete;
  PipeWriter& operator=(const PipeWriter&) = delete;
  /// What waits is lost.
  ~PipeWriter();

  /// Queues, in order; the caller bounds what waits. On each piece `wrote` is called once, on the loop's
  /// thread.
  void write(Bytes bytes);

 private:
  void serve();
  bool write_all(ByteView bytes);

  int descriptor_;
  Wrote wrote_;
  Posts posts_;
  int stop_;  ///< an eventfd that ends a wait for room
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Bytes> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace taut::carrier
