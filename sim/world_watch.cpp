// What must hold at a dispatcher's disk.

#include "sim/world.hpp"

namespace taut::sim {

using namespace dispatcher;

void World::watch_dispatcher(DispatcherMachine& machine) {
  machine.disk().carried_out = [this, &machine](const Operation& operation) {
    on_carried_out(machine, operation);
  };
  machine.crashed = [this, &machine] { check_after_crash(machine); };
}

void World::on_carried_out(DispatcherMachine& machine, const Operation& operation) {
  if (const auto* put = std::get_if<PutMessage>(&operation)) on_put(machine, *put);
  if (const auto* release = std::get_if<ReleaseMessages>(&operation)) on_release(machine, *release);
}

void World::on_put(DispatcherMachine& machine, const PutMessage& put) {
  if (const std::string* found = network_.secrets().find_in(put.body))
    chronicle_.violate("nothing_in_clear", *found + " is on the disk of a dispatcher");
  // format, suite, key hint, then the encapsulated key: one for each envelope.
  constexpr std::size_t kBefore = 1 + 2 + 8 + 1;
  constexpr std::size_t kEnc = 32;
  if (put.body.size() > kBefore + kEnc)
    chronicle_.require(
        envelopes_.is_new_or_same(fingerprint(ByteView(put.body).subspan(kBefore, kEnc)), put.body),
        "no_number_twice", "two envelopes have the same encapsulated key");
  const auto& rows = machine.disk().store().nodes;
  const auto found = rows.find(put.inbox);
  if (found == rows.end()) return;
  chronicle_.require(found->second.messages.size() <= plan_.inbox_messages_max, "limits_hold",
                     "an inbox is over its limit");
}

/// A release says that the recipient has it.
void World::on_release(DispatcherMachine& machine, const ReleaseMessages& release) {
  const auto& rows = machine.disk().store().nodes;
  const auto found = rows.find(release.inbox);
  if (found == rows.end()) return;
  for (const QueueRange& range : release.ranges) {
    auto one = found->second.messages.lower_bound(range.first);
    for (; one != found->second.messages.end() && one->first <= range.last; ++one) {
      const Ledger::Written* written = ledger_.of_submission(one->second.submission);
      if (written == nullptr) continue;
      const auto& seen = node(written->to).disk().state().seen;
      const bool has_it = seen.contains({node(written->from).id(), *written->id});
      const bool is_bent = options_.bug == PlantedBug::forget_to_dedupe;
      chronicle_.require(has_it || is_bent, "released_is_received",
                         "a message was released that its recipient does not have");
    }
  }
}

void World::check_after_crash(DispatcherMachine& machine) {
  const auto& nodes = machine.disk().store().nodes;
  ledger_.check_acknowledged(machine.id(), [&](const Ledger::Written& written, const SubmissionId& id) {
    const auto rows = nodes.find(node(written.to).id());
    return rows != nodes.end() && rows->second.submissions.contains(id);
  });
}

}  // namespace taut::sim
