#include "dispatcher/outcomes.hpp"

namespace taut::dispatcher {

using frame::OutcomeState;

void settle(Common& common, const Ticket& ticket, OutcomeState state, std::uint32_t retry_after_s) {
  if (state == OutcomeState::full) ++common.counters.messages_full;
  if (state == OutcomeState::declined) ++common.counters.messages_declined;
  common.links.refund(ticket);
  Connection* connection = common.links.find(ticket.connection);
  if (connection == nullptr) return;
  frame::Outcome outcome{ticket.request, ticket.submission, state, retry_after_s, {}};
  if (ticket.share == Share::stranger) {
    outcome.state = OutcomeState::taken;
    outcome.retry_after_s = 0;
  }
  common.links.send(*connection, outcome);
}

void settle_failed(Common& common, const Ticket& ticket, const Error& error) {
  settle(common, ticket, OutcomeState::full, error.code == Errc::exhausted ? kRetryQuotaS : kRetryStoreS);
}

}  // namespace taut::dispatcher
