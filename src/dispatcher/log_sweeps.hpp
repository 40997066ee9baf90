#pragma once
// What is over in logs: entries by age, introductions, keys, logs that nobody uses.

#include "dispatcher/log_readings.hpp"

namespace taut::dispatcher {

class LogSweeps {
 public:
  LogSweeps(Common& common, LogReadings& readings) : common_(common), readings_(readings) {}

  /// Unless one is under way.
  void sweep(const Moment& at);
  void on_result(SweepLogsPending& pending, Result<LogsSwept> result, const Moment& at);

 private:
  void ask(const Moment& at);
  void freed(const LogFreed& what, const Moment& at);

  Common& common_;
  LogReadings& readings_;
  enum class Sweeping : std::uint8_t { no, yes } sweeping_ = Sweeping::no;
};

}  // namespace taut::dispatcher
