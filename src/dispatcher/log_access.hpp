#pragma once
// Making a log, proving that one may use it, naming who comes next, and how long its entries stay.

#include "dispatcher/log_readings.hpp"

namespace taut::dispatcher {

class LogAccess {
 public:
  LogAccess(Common& common, LogReadings& readings) : common_(common), readings_(readings) {}

  void on_open(Connection& from, const frame::OpenLog& open, const Moment& at);
  void on_prove(Connection& from, const frame::ProveAccess& prove, const Moment& at);
  void on_name_successor(Connection& from, const frame::NameSuccessor& name, const Moment& at);
  void on_set_retention(Connection& from, const frame::SetRetention& set, const Moment& at);

  void on_result(AddLogPending& pending, Result<Done> result);
  void on_result(AccessPending& pending, Result<Done> result);
  void on_result(LogChangePending& pending, Result<Done> result);

  /// The log's record is in memory; or it could not be read.
  void handle(LogResident& log, const AccessCall& call, const Moment& at);

 private:
  void call(const LogId& id, const AccessCall& call, const Moment& at);
  void add(LogResident& log, const AccessCall& call, const Moment& at);
  bool may_open(const AccessCall& call, const Moment& at);
  void grant(const AccessCall& call, LogResident& log, KeyNumber key);
  void answer(const AccessCall& call, frame::AnswerStatus status);
  void answer(ConnectionId connection, frame::RequestId request, frame::AnswerStatus status);

  Common& common_;
  LogReadings& readings_;
};

}  // namespace taut::dispatcher
