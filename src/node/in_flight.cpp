#include "node/in_flight.hpp"

namespace taut::node {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::stored:
      return "stored";
    case Outcome::full:
      return "full";
    case Outcome::declined:
      return "declined";
    case Outcome::expired:
      return "expired";
    case Outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

bool InFlight::OutMessage::any(State state) const {
  return std::ranges::find(copies, state, &Copy::state) != copies.end();
}

/// One stored copy is enough; a lost link is waited for only as long as there is none.
bool InFlight::OutMessage::is_complete() const {
  if (any(State::waiting) || any(State::asked)) return false;
  return any(State::stored) || !any(State::lost);
}

/// The best that a copy came to.
Outcome InFlight::OutMessage::outcome() const {
  if (any(State::stored)) return Outcome::stored;
  if (!is_complete()) return Outcome::unknown;
  if (any(State::full)) return Outcome::full;
  return any(State::expired) ? Outcome::expired : Outcome::declined;
}

Receipt InFlight::OutMessage::receipt() const {
  Receipt receipt{row.message_id, row.recipient, row.created, outcome(), origin, offer, {}, {}};
  for (const Copy& copy : copies)
    if (copy.state == State::stored) receipt.stored_at.push_back(copy.submission.dispatcher);
  if (receipt.outcome == Outcome::full) receipt.retry_after = retry_after;
  return receipt;
}

void InFlight::add(OutgoingRow row, Origin origin, std::uint64_t offer) {
  OutMessage message{std::move(row), origin, offer, {}, {}};
  for (const Submission& one : message.row.submissions) message.copies.push_back({one, State::waiting});
  size_bytes_ += message.row.envelope.size();
  const RowNumber number = message.row.number;
  messages_.emplace(number, std::move(message));
}

InFlight::Copy* InFlight::copy_at(RowNumber number, const NodeId& dispatcher) {
  const auto message = messages_.find(number);
  if (message == messages_.end()) return nullptr;
  const auto is_there = [&](const Copy& one) { return one.submission.dispatcher == dispatcher; };
  const auto copy = std::ranges::find_if(message->second.copies, is_there);
  return copy == message->second.copies.end() ? nullptr : &*copy;
}

void InFlight::note_completed(RowNumber number) {
  if (messages_.at(number).is_complete()) completed_.insert(number);
}

void InFlight::put_waiting(const NodeId& dispatcher, Session& session, std::chrono::seconds ttl) {
  for (auto& [number, message] : messages_) {
    Copy* copy = copy_at(number, dispatcher);
    if (copy == nullptr || (copy->state != State::waiting && copy->state != State::lost)) continue;
    const ByteView envelope = message.row.envelope;
    if (!session.fits(envelope.size())) {
      copy->state = State::declined;
      note_completed(number);
      continue;
    }
    if (!session.has_room_for(envelope.size())) return;
    copy->state = State::asked;
    const frame::RequestId request = session.put(message.row.recipient, copy->submission.id, ttl, envelope);
    requests_.emplace(Request{dispatcher, request}, number);
  }
}

void InFlight::on_answer(const NodeId& dispatcher, const PutAnswered& answer) {
  const auto request = requests_.find({dispatcher, answer.request});
  if (request == requests_.end()) return;
  const RowNumber number = request->second;
  requests_.erase(request);
  Copy* copy = copy_at(number, dispatcher);
  if (copy == nullptr) return;
  switch (answer.state) {
    case frame::OutcomeState::stored:
    case frame::OutcomeState::released:
    case frame::OutcomeState::taken:
      copy->state = State::stored;
      break;
    case frame::OutcomeState::full:
      copy->state = State::full;
      messages_.at(number).retry_after = answer.retry_after;
      break;
    case frame::OutcomeState::expired:
      copy->state = State::expired;
      break;
    case frame::OutcomeState::declined:
    case frame::OutcomeState::unknown:
      copy->state = State::declined;
      break;
  }
  note_completed(number);
}

void InFlight::on_lost(const NodeId& dispatcher) {
  std::erase_if(requests_, [&](const auto& request) { return request.first.dispatcher == dispatcher; });
  for (auto& [number, message] : messages_) {
    Copy* copy = copy_at(number, dispatcher);
    if (copy == nullptr || (copy->state != State::asked && copy->state != State::waiting)) continue;
    copy->state = State::lost;
    note_completed(number);
  }
}

std::vector<Completed> InFlight::take_completed() {
  std::vector<Completed> taken;
  for (const RowNumber number : std::exchange(completed_, {})) {
    const auto message = messages_.find(number);
    taken.push_back({number, message->second.receipt()});
    size_bytes_ -= message->second.row.envelope.size();
    messages_.erase(message);
  }
  return taken;
}

std::vector<Completed> InFlight::take_all() {
  std::vector<Completed> taken;
  for (const auto& [number, message] : messages_) taken.push_back({number, message.receipt()});
  messages_.clear();
  requests_.clear();
  completed_.clear();
  size_bytes_ = 0;
  return taken;
}

}  // namespace taut::node
