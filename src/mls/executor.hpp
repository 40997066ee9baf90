#pragma once

#include <cstddef>
#include <functional>

namespace taut::mls {

/// Where work that splits may run. The engine has no threads of its own; an application that wants many
/// leaf signatures checked at once passes one of these.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs task(0) … task(count - 1), each once, in any order and on any thread; returns when all are done.
  virtual void run(std::size_t count, const std::function<void(std::size_t)>& task) = 0;
};

/// One after the other, on the caller's thread.
class InlineExecutor final : public Executor {
 public:
  void run(std::size_t count, const std::function<void(std::size_t)>& task) override {
    for (std::size_t i = 0; i < count; ++i) task(i);
  }
};

}  // namespace taut::mls
