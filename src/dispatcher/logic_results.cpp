// Which part waits for which result of the store.

#include "base/overloaded.hpp"
#include "dispatcher/logic.hpp"

namespace taut::dispatcher {

void Logic::handle(Pending& pending, StoreResult&& result) {
  using Submitted = std::optional<SubmissionRecord>;
  using Record = std::optional<NodeRecord>;
  using Card = std::optional<Bytes>;
  std::visit(
      Overloaded{
          [&](TotalsPending&) { on_totals(value_of<Totals>(std::move(result))); },
          [&](NodePending& one) { on_record(one, value_of<Record>(std::move(result))); },
          [&](PutPending& one) { submissions_.on_result(one, value_of<Placed>(std::move(result)), at_); },
          [&](RepeatPending& one) {
            submissions_.on_result(one, value_of<Submitted>(std::move(result)), at_);
          },
          [&](QueryPending& one) {
            submissions_.on_result(one, value_of<Submitted>(std::move(result)), at_);
          },
          [&](FetchPending& one) { deliveries_.on_result(one, value_of<Fetched>(std::move(result)), at_); },
          [&](ReleasePending& one) { deliveries_.on_result(one, value_of<Freed>(std::move(result)), at_); },
          [&](AddPending& one) { cards_.on_result(one, value_of<Admission>(std::move(result))); },
          [&](CardPending& one) { cards_.on_result(one, value_of<Done>(std::move(result))); },
          [&](ComparePending& one) { cards_.on_result(one, value_of<Card>(std::move(result))); },
          [&](LookUpPending& one) { cards_.on_result(one, value_of<Card>(std::move(result))); },
          [&](NotePending& one) { notes_.on_result(one, value_of<Done>(std::move(result))); },
          [&](DevicesPending& one) { notes_.on_result(one, value_of<Listed>(std::move(result)), at_); },
          [&](EnrolPending& one) { operators_.on_result(one, value_of<Done>(std::move(result))); },
          [&](RemovePending& one) { operators_.on_result(one, value_of<Freed>(std::move(result)), at_); },
          [&](ListPending& one) { operators_.on_result(one, value_of<Listed>(std::move(result)), at_); },
          [&](SweepPending& one) { housekeeping_.on_result(one, value_of<Swept>(std::move(result)), at_); },
          [&](ErasePending& one) { housekeeping_.on_result(one, value_of<Done>(std::move(result)), at_); },
      },
      pending);
}

void Logic::on_totals(const Result<Totals>& totals) {
  if (!totals) return;
  common_.stored += totals->messages;
  common_.nodes += totals->nodes;
}

void Logic::on_record(NodePending& pending, Result<std::optional<NodeRecord>> result) {
  Resident& node = *pending.node;
  node.phase = result ? Resident::Phase::loaded : Resident::Phase::unknown;
  if (result) node.set_record(*std::move(result));
  for (Connection* connection : node.connections) {
    if (node.phase == Resident::Phase::loaded) {
      greet(*connection);
    } else {
      common_.links.doom(*connection, frame::GoodbyeReason::unavailable);
    }
  }
  submissions_.resume(node, at_);
  cards_.resume(node);
}

}  // namespace taut::dispatcher
