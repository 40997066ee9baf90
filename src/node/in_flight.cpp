#include "node/in_flight.hpp"

#include "node/lifetimes.hpp"

namespace taut::node {

namespace {

/// How long a dispatcher is to keep a message from now on; nothing: its time is over.
std::optional<std::chrono::seconds> time_left(const OutgoingRow& row, std::optional<WallTime> wall) {
  if (!wall || row.expires.unix_ms == 0) return kEnvelopeLife;
  if (*wall >= row.expires) return std::nullopt;
  const std::chrono::milliseconds left(row.expires.unix_ms - wall->unix_ms);
  return std::chrono::ceil<std::chrono::seconds>(left);
}

/// What a row has come to once its message is at that outcome.
Stage stage_at(Outcome outcome) {
  if (outcome == Outcome::stored) return Stage::stored;
  if (outcome == Outcome::fetched) return Stage::fetched;
  return outcome == Outcome::released ? Stage::released : Stage::sealed;
}

/// What its sender waits for.
Stage goal_of(Until until) {
  if (until == Until::released) return Stage::released;
  return until == Until::fetched ? Stage::fetched : Stage::stored;
}

}  // namespace

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
    case Outcome::released:
      return "released";
    case Outcome::taken:
      return "taken";
    case Outcome::fetched:
      return "fetched";
  }
  return "unknown";
}

bool InFlight::OutMessage::any(State state) const {
  return std::ranges::find(copies, state, &Copy::state) != copies.end();
}

/// One copy that was taken in is enough; a lost link is waited for only as long as there is none.
bool InFlight::OutMessage::is_settled() const {
  if (any(State::waiting) || any(State::asked)) return false;
  return stage() != Stage::sealed || any(State::taken) || !any(State::lost);
}

/// What is known of it, by the word of dispatchers or by the recipient's.
Stage InFlight::OutMessage::stage() const {
  if (is_released()) return Stage::released;
  if (any(State::fetched)) return Stage::fetched;
  return any(State::stored) ? Stage::stored : Stage::sealed;
}

/// Only the task that a message belongs to waits for more than the storing.
bool InFlight::OutMessage::waits_on() const {
  if (origin != Origin::this_task || !is_settled() || stage() == Stage::sealed) return false;
  return stage() < goal_of(row.until);
}

/// The best that a copy came to. Who did not ask for more hears that it was stored, as ever.
Outcome InFlight::OutMessage::outcome() const {
  if (is_released()) return Outcome::released;
  const bool is_told = goal_of(row.until) > Stage::stored || row.keep == Keep::online_only;
  if (any(State::fetched)) return is_told ? Outcome::fetched : Outcome::stored;
  if (any(State::stored)) return Outcome::stored;
  if (any(State::taken)) return Outcome::taken;
  if (!is_settled()) return Outcome::unknown;
  if (any(State::full)) return Outcome::full;
  return any(State::expired) ? Outcome::expired : Outcome::declined;
}

Completed InFlight::OutMessage::completed() const {
  Receipt receipt{row.message_id, row.recipient, row.created, outcome(), origin, offer, {}, {}};
  for (const Copy& copy : copies)
    if (copy.state == State::stored || copy.state == State::fetched)
      receipt.stored_at.push_back(copy.submission.dispatcher);
  if (receipt.outcome == Outcome::full) receipt.retry_after = retry_after;
  const Stage reached = stage_at(receipt.outcome);
  const bool is_short = reached != Stage::sealed && reached < goal_of(row.until);
  const bool is_kept = receipt.outcome == Outcome::unknown || is_short;
  const bool is_news = !is_short || row.stage < reached;
  const auto fate = is_kept ? Completed::Row::kept : Completed::Row::done;
  return {row.number, std::move(receipt), is_news ? fate : Completed::Row::unchanged, row.until};
}

void InFlight::add(OutgoingRow row, Origin origin, std::uint64_t offer) {
  OutMessage message{std::move(row), origin, offer, {}, {}, kQueryFirst, {}};
  for (const Submission& one : message.row.submissions) message.copies.push_back({one, State::waiting});
  size_bytes_ += message.row.envelope.size();
  const RowNumber number = message.row.number;
  if (message.is_released()) completed_.insert(number);
  messages_.emplace(number, std::move(message));
}

bool InFlight::awaits_answers() const {
  return std::ranges::any_of(messages_, [](const auto& one) { return !one.second.waits_on(); });
}

bool InFlight::awaits_signatures() const {
  const auto is_fetched = [](const auto& one) {
    return one.second.waits_on() && one.second.any(State::fetched);
  };
  return !messages_.empty() && std::ranges::all_of(messages_, is_fetched);
}

bool InFlight::note_released(std::span<const Transaction::Unreleased> rows) {
  for (const Transaction::Unreleased& row : rows) {
    const auto message = messages_.find(row.number);
    if (row.stage != Stage::released || message == messages_.end()) continue;
    message->second.row.stage = Stage::released;
    completed_.insert(row.number);
  }
  return !completed_.empty();
}

InFlight::Copy* InFlight::copy_at(RowNumber number, const NodeId& dispatcher) {
  const auto message = messages_.find(number);
  if (message == messages_.end()) return nullptr;
  const auto is_there = [&](const Copy& one) { return one.submission.dispatcher == dispatcher; };
  const auto copy = std::ranges::find_if(message->second.copies, is_there);
  return copy == message->second.copies.end() ? nullptr : &*copy;
}

void InFlight::note_completed(RowNumber number) {
  const OutMessage& message = messages_.at(number);
  if (message.is_complete()) completed_.insert(number);
  if (message.waits_on() && message.told < message.stage()) advanced_.insert(number);
}

void InFlight::query(const NodeId& dispatcher, Session& session, RowNumber number, Copy& copy) {
  const frame::RequestId request = session.query(messages_.at(number).row.recipient, copy.submission.id);
  requests_.emplace(Request{dispatcher, request}, number);
  copy.query = request;
}

void InFlight::put_waiting(const NodeId& dispatcher, Session& session, const Moment& at) {
  for (auto& [number, message] : messages_) {
    Copy* copy = copy_at(number, dispatcher);
    if (copy == nullptr || message.is_released()) continue;
    const bool is_asked_for = message.waits_on() && message.stage() == Stage::stored;
    if (is_asked_for && copy->state == State::stored && !copy->query && at.now >= message.query_at)
      query(dispatcher, session, number, *copy);
    if (copy->state != State::waiting && copy->state != State::lost) continue;
    if (message.row.stage == Stage::stored) {
      query(dispatcher, session, number, *copy);
      copy->state = State::asked;
      continue;
    }
    const ByteView envelope = message.row.envelope;
    const std::optional<std::chrono::seconds> ttl = time_left(message.row, at.wall);
    if (!ttl || !session.fits(envelope.size())) {
      copy->state = ttl ? State::declined : State::expired;
      note_completed(number);
      continue;
    }
    if (!session.has_room_for(envelope.size())) return;
    copy->state = State::asked;
    const auto keep = message.row.keep == Keep::online_only ? frame::Keep::online_only : frame::Keep::stored;
    const frame::RequestId request =
        session.put(message.row.recipient, copy->submission.id, *ttl, envelope, keep, token_);
    requests_.emplace(Request{dispatcher, request}, number);
  }
}

InFlight::State InFlight::state_after(frame::OutcomeState answer) {
  switch (answer) {
    case frame::OutcomeState::stored:
      return State::stored;
    case frame::OutcomeState::released:
      return State::fetched;
    case frame::OutcomeState::taken:
      return State::taken;
    case frame::OutcomeState::full:
      return State::full;
    case frame::OutcomeState::expired:
      return State::expired;
    case frame::OutcomeState::declined:
    case frame::OutcomeState::unknown:
      return State::declined;
  }
  return State::declined;
}

void InFlight::on_answer(const NodeId& dispatcher, const PutAnswered& answer, Instant now) {
  const auto request = requests_.find({dispatcher, answer.request});
  if (request == requests_.end()) return;
  const RowNumber number = request->second;
  requests_.erase(request);
  Copy* copy = copy_at(number, dispatcher);
  if (copy == nullptr) return;
  OutMessage& message = messages_.at(number);
  const bool was_query = copy->query == answer.request;
  if (was_query) {
    copy->query.reset();
    message.query_delay = std::min(message.query_delay * 2, kQueryLast);
  }
  copy->state = state_after(answer.state);
  // A dispatcher that has stored it once, and knows it no more, has outlived it.
  if (was_query && answer.state == frame::OutcomeState::unknown) copy->state = State::expired;
  if (answer.state == frame::OutcomeState::full) message.retry_after = answer.retry_after;
  message.query_at = now + message.query_delay;
  note_completed(number);
}

void InFlight::on_lost(const NodeId& dispatcher) {
  std::erase_if(requests_, [&](const auto& request) { return request.first.dispatcher == dispatcher; });
  for (auto& [number, message] : messages_) {
    Copy* copy = copy_at(number, dispatcher);
    if (copy == nullptr) continue;
    copy->query.reset();
    if (copy->state != State::asked && copy->state != State::waiting) continue;
    // Nobody keeps what is for now alone: to put it again later would be another message.
    const bool is_gone = message.row.keep == Keep::online_only && copy->state == State::asked;
    copy->state = is_gone ? State::declined : State::lost;
    note_completed(number);
  }
}

std::optional<Instant> InFlight::next_query() const {
  std::optional<Instant> next;
  for (const auto& [number, message] : messages_)
    if (message.waits_on() && message.stage() == Stage::stored) next = earliest(next, message.query_at);
  return next;
}

std::vector<Completed> InFlight::take_progress() {
  std::vector<Completed> taken;
  for (const RowNumber number : std::exchange(advanced_, {})) {
    const auto message = messages_.find(number);
    if (message == messages_.end() || !message->second.waits_on()) continue;
    message->second.told = message->second.stage();
    taken.push_back(message->second.completed());
  }
  return taken;
}

std::vector<Completed> InFlight::take_completed() {
  std::vector<Completed> taken;
  for (const RowNumber number : std::exchange(completed_, {})) {
    const auto message = messages_.find(number);
    taken.push_back(message->second.completed());
    size_bytes_ -= message->second.row.envelope.size();
    messages_.erase(message);
  }
  return taken;
}

std::vector<Completed> InFlight::take_all() {
  std::vector<Completed> taken;
  for (const auto& [number, message] : messages_)
    if (message.told == Stage::sealed || message.told < message.stage()) taken.push_back(message.completed());
  messages_.clear();
  requests_.clear();
  completed_.clear();
  advanced_.clear();
  size_bytes_ = 0;
  return taken;
}

}  // namespace taut::node
