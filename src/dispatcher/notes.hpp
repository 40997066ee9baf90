#pragma once
// What a node deposits about itself: who may put, how far its state has got, what its device is like.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

class Notes {
 public:
  explicit Notes(Common& common) : common_(common) {}

  void on_set_access(Connection& from, frame::SetAccess& set);
  void on_publish_state(Connection& from, const frame::PublishState& publish);
  void on_look_up_state(Connection& from, const frame::LookUpState& look_up);
  void on_report(Connection& from, const frame::Report& report, const Moment& at);
  void on_list_devices(Connection& from, frame::ListDevices& list);

  void on_result(NotePending& pending, Result<Done> result);
  void on_result(DevicesPending& pending, Result<Listed> result, const Moment& at);

  /// A link has ended: its node was seen just now.
  void on_gone(const Connection& connection, const Moment& at);

 private:
  void save(Connection& from, frame::RequestId request, NoteKind kind, Bytes note);
  void answer(std::optional<ConnectionId> connection, frame::RequestId request, frame::AnswerStatus status);

  Common& common_;
};

}  // namespace taut::dispatcher
