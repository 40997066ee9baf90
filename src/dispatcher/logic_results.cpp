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
          [&](LogPending& one) { on_log(*one.log, value_of<std::optional<LogRecord>>(std::move(result))); },
          [&](AddLogPending& one) {
            log_access_.on_result(one, value_of<Done>(std::move(result)));
            resume(*one.log);
          },
          [&](AccessPending& one) { log_access_.on_result(one, value_of<Done>(std::move(result))); },
          [&](LogChangePending& one) { log_access_.on_result(one, value_of<Done>(std::move(result))); },
          [&](AppendPending& one) {
            log_appends_.on_result(one, value_of<EntryPlaced>(std::move(result)), at_);
          },
          [&](LateAppendPending& one) {
            log_appends_.on_result(one, value_of<std::optional<EntryRecord>>(std::move(result)));
          },
          [&](ReadPending& one) { log_readings_.on_result(one, value_of<Fetched>(std::move(result)), at_); },
          [&](IntroductionPending& one) {
            introductions_.on_result(one, value_of<EntryPlaced>(std::move(result)), at_);
          },
          [&](BoxPending& one) { introductions_.on_result(one, value_of<BoxFreed>(std::move(result)), at_); },
          [&](SweepLogsPending& one) {
            log_sweeps_.on_result(one, value_of<LogsSwept>(std::move(result)), at_);
          },
          [&](PackagesPending& one) {
            key_packages_.on_result(one, value_of<Restocked>(std::move(result)), at_);
          },
          [&](ClaimPending& one) { key_packages_.on_result(one, value_of<Claimed>(std::move(result)), at_); },
          [&](SweepPackagesPending& one) {
            key_packages_.on_result(one, value_of<PackagesSwept>(std::move(result)), at_);
          },
          [&](ErasePending& one) { housekeeping_.on_result(one, value_of<Done>(std::move(result)), at_); },
      },
      pending);
}

void Logic::on_totals(const Result<Totals>& totals) {
  if (!totals) return;
  common_.stored += totals->messages;
  common_.nodes += totals->nodes;
  common_.log_count += totals->logs;
  common_.entries += totals->entries;
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
  key_packages_.resume(node, at_);
}

void Logic::on_log(LogResident& log, Result<std::optional<LogRecord>> result) {
  log.phase = result ? LogResident::Phase::loaded : LogResident::Phase::unknown;
  if (result) log.record = *std::move(result);
  resume(log);
}

void Logic::resume(LogResident& log) {
  for (LogCall& call : std::exchange(log.waiting, {})) {
    std::visit(Overloaded{
                   [&](const AccessCall& one) { log_access_.handle(log, one, at_); },
                   [&](Introduction& one) { introductions_.handle(log, std::move(one), at_); },
               },
               call);
  }
}

}  // namespace taut::dispatcher
