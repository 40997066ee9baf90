#include "sim/ledger.hpp"

namespace taut::sim {

using node::Item;
using node::Order;

Ledger::Number Ledger::write(const PlannedMessage& plan) {
  Written one;
  one.from = plan.from;
  one.to = plan.to;
  one.ttl = plan.ttl;
  one.body = canary_;
  const Number number = written_.size();
  for (unsigned shift = 0; shift < 32; shift += 8) one.body.push_back(static_cast<Byte>(number >> shift));
  one.body.resize(std::max(plan.size_bytes, one.body.size()), static_cast<Byte>(number * 7));
  written_.push_back(std::move(one));
  return number;
}

Ledger::Number Ledger::write_again(Number number) {
  const Written& old = written_[number];
  return write({{}, old.from, old.to, old.body.size(), old.ttl});
}

std::optional<Ledger::Number> Ledger::find(ByteView body) const {
  if (body.size() < kCanaryBytes + 4 || !equal(body.first(kCanaryBytes), canary_)) return std::nullopt;
  Number number = 0;
  for (unsigned i = 0; i < 4; ++i) number |= Number{body[kCanaryBytes + i]} << 8 * i;
  if (number >= written_.size()) return std::nullopt;
  return number;
}

// ---------------------------------------------------------------------- the sender

void Ledger::on_sealed(Number number, const node::OutgoingRow& row) {
  Written& one = written_[number];
  one.id = row.message_id;
  one.counter = sealed_[{one.from, one.to}]++;
  by_id_[row.message_id] = number;
  on_readdressed(row);
}

void Ledger::on_readdressed(const node::OutgoingRow& row) {
  const Number number = by_id_.at(row.message_id);
  for (const node::Submission& one : row.submissions) {
    written_[number].submissions.push_back(one);
    by_submission_[one.id] = number;
  }
}

std::optional<Ledger::Number> Ledger::on_receipt(const node::Receipt& receipt) {
  const auto found = by_id_.find(receipt.message_id);
  if (found == by_id_.end()) {
    chronicle_.violate("outcome_is_true", "a receipt for a message that nobody sealed");
    return std::nullopt;
  }
  Written& one = written_[found->second];
  // An acknowledgement is not taken back; another command may know less.
  const bool is_final = one.outcome && *one.outcome != node::Outcome::unknown;
  if (is_final && receipt.outcome != *one.outcome) chronicle_.hit("receipt", "another than before");
  if (one.outcome == node::Outcome::stored) return std::nullopt;
  const bool is_new = one.outcome != receipt.outcome;
  one.outcome = receipt.outcome;
  one.stored_at = receipt.stored_at;
  chronicle_.require(receipt.outcome != node::Outcome::declined, "nothing_is_declined",
                     "a message was given up that nobody may decline");
  const bool is_to_write_again = is_new && receipt.outcome == node::Outcome::full;
  return is_to_write_again ? std::optional(found->second) : std::nullopt;
}

// ---------------------------------------------------------------------- the recipient

void Ledger::on_shown(MachineId by, const Item& item) {
  if (const auto* gap = std::get_if<node::Gap>(&item.what)) return on_gap(by, item, *gap);
  on_message(by, item, std::get<node::Message>(item.what));
}

void Ledger::on_message(MachineId by, const Item& item, const node::Message& message) {
  const auto number = find(message.content.body);
  if (!number) return chronicle_.violate("what_was_said", "something was shown that nobody wrote");
  Written& one = written_[*number];
  const bool is_it = one.to == by && one.id == message.id && equal(one.body, message.content.body);
  chronicle_.require(is_it, "what_was_said", "a message was shown to another, or altered");
  const bool is_again = item.delivery == node::Delivery::redelivered;
  chronicle_.hit("shown", is_again ? "redelivered" : "first");
  if (is_again && one.shown + one.shown_again > 0) {
    ++one.shown_again;
    return;
  }
  chronicle_.require(one.shown == 0 && one.shown_again == 0, "shown_once",
                     "message " + std::to_string(*number) + " was shown twice");
  ++(is_again ? one.shown_again : one.shown);
  chronicle_.require(message.counter == one.counter || message.order == Order::reused, "order_holds",
                     "a counter is not the one that its place gives");
  check_order(streams_[{by, message.sender, message.stream}], message);
}

void Ledger::check_order(Stream& stream, const node::Message& message) {
  switch (message.order) {
    case Order::in_order:
      chronicle_.hit("shown", "in order");
      chronicle_.require(message.counter == stream.next, "order_holds",
                         "counter " + std::to_string(message.counter) + " was shown where " +
                             std::to_string(stream.next) + " belongs");
      stream.next = message.counter + 1;
      return;
    case Order::late:
      chronicle_.hit("shown", "late");
      chronicle_.require(stream.missing.erase(message.counter) == 1, "order_holds",
                         "a message came late that was not missing");
      return;
    case Order::reused:
      return chronicle_.violate("no_number_twice", "a counter was used for two messages");
  }
}

void Ledger::on_gap(MachineId by, const Item& item, const node::Gap& gap) {
  Stream& stream = streams_[{by, gap.sender, gap.stream}];
  const bool is_again = item.delivery == node::Delivery::redelivered;
  if (is_again && gap.last < stream.next) return;
  chronicle_.hit("shown", "a gap");
  chronicle_.require(gap.first == stream.next && gap.first <= gap.last, "order_holds",
                     "a gap does not begin where it should");
  for (node::Counter counter = gap.first; counter <= gap.last; ++counter) stream.missing.insert(counter);
  stream.next = gap.last + 1;
}

// ---------------------------------------------------------------------- dispatchers

const Ledger::Written* Ledger::of_submission(const SubmissionId& id) const {
  const auto found = by_submission_.find(id);
  return found == by_submission_.end() ? nullptr : &written_[found->second];
}

void Ledger::check_acknowledged(const NodeId& dispatcher, const IsKept& is_kept) {
  for (Number number = 0; number < written_.size(); ++number) {
    const Written& one = written_[number];
    if (std::ranges::find(one.stored_at, dispatcher) == one.stored_at.end()) continue;
    const bool is_there = std::ranges::any_of(one.submissions, [&](const node::Submission& submission) {
      return submission.dispatcher == dispatcher && is_kept(one, submission.id);
    });
    chronicle_.require(is_there, "acknowledged_is_kept",
                       "message " + std::to_string(number) + " was acknowledged and is lost");
  }
}

void Ledger::check_all_arrived() {
  for (Number number = 0; number < written_.size(); ++number) {
    const Written& one = written_[number];
    const bool was_shown = one.shown + one.shown_again > 0;
    const bool may_be_missing =
        one.ttl.count() > 0 || one.outcome == node::Outcome::full || one.outcome == node::Outcome::expired;
    if (was_shown || may_be_missing) continue;
    const std::string what = "message " + std::to_string(number) + " from " + std::to_string(one.from) +
                             " to " + std::to_string(one.to);
    if (one.outcome == node::Outcome::stored)
      chronicle_.violate("acknowledged_is_kept", what + " was acknowledged and never shown");
    else
      chronicle_.violate("all_arrives",
                         what + (one.id ? " was sealed and never arrived" : " was never sent"));
  }
}

std::size_t Ledger::acknowledged_count() const {
  return static_cast<std::size_t>(
      std::ranges::count(written_, std::optional(node::Outcome::stored), &Written::outcome));
}

}  // namespace taut::sim
