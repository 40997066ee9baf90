#pragma once
// Cards: a node's own are published, anybody's are looked up.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"
#include "identity/card.hpp"

namespace taut::dispatcher {

class Cards {
 public:
  explicit Cards(Common& common) : common_(common) {}

  void on_publish(Connection& from, const frame::PublishCard& publish, const Moment& at);
  void on_register(Connection& from, const frame::Register& asked, const Moment& at);
  void on_look_up(Connection& from, const frame::LookUpCard& look_up);

  void on_result(AddPending& pending, Result<Admission> result);
  void on_result(CardPending& pending, Result<Done> result);
  void on_result(ComparePending& pending, Result<std::optional<Bytes>> result);
  void on_result(LookUpPending& pending, Result<std::optional<Bytes>> result);

  /// The node's record has come, or could not be read.
  void resume(Resident& node);

 private:
  void hand_in(const identity::SignedCard& card, HandedCard handed);
  void place(Resident& node, HandedCard handed);
  void save(Resident& node, HandedCard handed);
  void answer(ConnectionId connection, frame::RequestId request, frame::AnswerStatus status);

  Common& common_;
};

}  // namespace taut::dispatcher
