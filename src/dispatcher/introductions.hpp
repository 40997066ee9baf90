#pragma once
// The introduction boxes of logs: strangers put, members read (log_readings.hpp) and take out.

#include "dispatcher/log_readings.hpp"

namespace taut::dispatcher {

class Introductions {
 public:
  Introductions(Common& common, LogReadings& readings) : common_(common), readings_(readings) {}

  void on_introduce(Connection& from, const frame::Introduce& introduce, const Moment& at);
  void on_release(Connection& from, frame::ReleaseIntroductions& release, const Moment& at);

  void on_result(IntroductionPending& pending, Result<EntryPlaced> result, const Moment& at);
  void on_result(BoxPending& pending, Result<BoxFreed> result, const Moment& at);

  /// The log's record is in memory; or it could not be read.
  void handle(LogResident& log, Introduction introduction, const Moment& at);

 private:
  Common& common_;
  LogReadings& readings_;
};

}  // namespace taut::dispatcher
