#include "node/session.hpp"

namespace taut::node {

namespace {

std::uint32_t delivery_cost(std::size_t envelope_size) {
  return static_cast<std::uint32_t>(envelope_size) + frame::kDeliveryCost;
}

}  // namespace

Session::Session(Instant now, const SessionId& link) : link_(link), last_received_(now), last_sent_(now) {}

Result<std::optional<SessionEvent>> Session::receive(ByteView bytes, Instant now) {
  TAUT_TRY(const frame::Frame frame, frame::parse(bytes));
  const bool says_hello = std::holds_alternative<frame::Hello>(frame);
  if (says_hello == hello_.has_value() && !std::holds_alternative<frame::Goodbye>(frame)) return violation();
  TAUT_TRY(std::optional<SessionEvent> event, std::visit([&](const auto& body) { return on(body); }, frame));
  last_received_ = now;
  return event;
}

bool Session::fits(std::size_t envelope_size) const {
  return envelope_size <= hello_->message_bytes_max && put_cost(envelope_size) <= hello_->put_bytes_max;
}

bool Session::has_room_for(std::size_t envelope_size) const {
  return put_bytes_ + put_cost(envelope_size) <= hello_->put_bytes_max;
}

// Asking.

frame::RequestId Session::ask(Kind kind, std::size_t window_bytes) {
  const frame::RequestId request = next_request_++;
  questions_.emplace(request, Question{kind, window_bytes});
  put_bytes_ += window_bytes;
  return request;
}

frame::RequestId Session::put(const NodeId& inbox, const SubmissionId& submission, std::chrono::seconds ttl,
                              ByteView envelope, frame::Keep keep, ByteView token) {
  frame::Put put;
  put.request = ask(Kind::put, put_cost(envelope.size()));
  put.inbox = inbox;
  put.submission = submission;
  put.ttl_s = static_cast<std::uint32_t>(ttl.count());
  if (hello_->ttl_s_max != 0) put.ttl_s = std::min(put.ttl_s, hello_->ttl_s_max);
  put.keep = keep;
  put.token = token;
  put.size = static_cast<std::uint32_t>(envelope.size());
  put.chunk = first_chunk(envelope);
  write(put);
  write_rest<frame::PutChunk>(put.request, envelope);
  return put.request;
}

frame::RequestId Session::query(const NodeId& inbox, const SubmissionId& submission) {
  const frame::RequestId request = ask(Kind::query);
  write(frame::OutcomeQuery{request, inbox, submission, {}});
  return request;
}

frame::RequestId Session::publish(ByteView card) {
  const frame::RequestId request = ask(Kind::publish);
  write(frame::PublishCard{request, card, {}});
  return request;
}

frame::RequestId Session::register_node(ByteView token, ByteView card, ByteView proof) {
  const frame::RequestId request = ask(Kind::publish);
  write(frame::Register{request, token, card, proof, {}});
  return request;
}

frame::RequestId Session::look_up(const NodeId& node) {
  const frame::RequestId request = ask(Kind::look_up);
  write(frame::LookUpCard{request, node, {}});
  return request;
}

frame::RequestId Session::set_access(ByteView key, std::vector<frame::DeliveryTokenId> called_off) {
  const frame::RequestId request = ask(Kind::set_access);
  write(frame::SetAccess{request, key, std::move(called_off), {}});
  return request;
}

frame::RequestId Session::publish_state(std::uint64_t sequence, ByteView record) {
  const frame::RequestId request = ask(Kind::publish_state);
  write(frame::PublishState{request, sequence, record, {}});
  return request;
}

frame::RequestId Session::look_up_state() {
  const frame::RequestId request = ask(Kind::look_up_state);
  write(frame::LookUpState{request, {}});
  return request;
}

// Credit is granted once, and then returned as it is used.
std::uint32_t Session::first_credit() {
  const std::uint32_t credit = has_granted_ ? 0 : std::min(kCreditBytes, hello_->credit_bytes_max);
  has_granted_ = true;
  credit_ += credit;
  return credit;
}

frame::RequestId Session::subscribe(frame::Until until) {
  const frame::RequestId request = ask(Kind::subscribe);
  write(frame::Subscribe{request, until, first_credit(), {}});
  return request;
}

frame::RequestId Session::release(std::vector<frame::QueueRange> ranges) {
  const frame::RequestId request = ask(Kind::release);
  write(frame::Release{request, std::move(ranges), {}});
  return request;
}

void Session::report(std::chrono::seconds uptime, std::string_view name, std::vector<NodeId> viewers) {
  const frame::RequestId request = ask(Kind::report);
  const auto uptime_s = static_cast<std::uint32_t>(uptime.count());
  write(frame::Report{request,
                      uptime_s,
                      as_bytes(name).first(std::min(name.size(), frame::kDeviceNameBytesMax)),
                      std::move(viewers),
                      {}});
}

frame::RequestId Session::list_devices(std::vector<NodeId> nodes) {
  const frame::RequestId request = ask(Kind::list_devices);
  write(frame::ListDevices{request, std::move(nodes), {}});
  return request;
}

void Session::return_credit(std::size_t envelope_size) {
  const std::uint32_t cost = delivery_cost(envelope_size);
  credit_ += cost;
  write(frame::Credit{cost});
}

std::vector<Bytes> Session::take_frames(Instant now) {
  if (!frames_.empty()) last_sent_ = now;
  return std::exchange(frames_, {});
}

// Hearing.

/// Takes the question off the list.
Status Session::answered(frame::RequestId request, std::initializer_list<Kind> kinds) {
  const auto question = questions_.find(request);
  if (question == questions_.end()) return violation();
  if (std::ranges::find(kinds, question->second.kind) == kinds.end()) return violation();
  put_bytes_ -= question->second.window_bytes;
  questions_.erase(question);
  return {};
}

Session::Event Session::on(const frame::Hello& hello) {
  if (hello.version != frame::Hello::kVersion) return fail(Errc::incompatible, reasons::kSuiteRefused);
  hello_ = hello;
  return SessionReady{};
}

Session::Event Session::on(const frame::Answer& answer) {
  const auto question = questions_.find(answer.request);
  const bool is_report = question != questions_.end() && question->second.kind == Kind::report;
  // What an answer to a question about a reading says of it.
  if (question != questions_.end()) {
    const Question& asked = question->second;
    if (asked.kind == Kind::read_log) readings_.erase(answer.request);
    if (asked.kind == Kind::end_reading) {
      readings_.erase(asked.reading);
      questions_.erase(asked.reading);  // if it was not drained yet
    }
  }
  TAUT_CHECK(answered(answer.request,
                      {Kind::publish, Kind::set_access, Kind::publish_state, Kind::look_up_state,
                       Kind::release, Kind::subscribe, Kind::report, Kind::list_devices, Kind::open_log,
                       Kind::prove_access, Kind::name_successor, Kind::set_retention, Kind::read_log,
                       Kind::end_reading, Kind::release_introductions, Kind::publish_key_packages,
                       Kind::claim_key_package, Kind::count_key_packages}));
  if (is_report) return std::nullopt;
  return Answered{answer.request, answer.status};
}

Session::Event Session::on(const frame::Outcome& outcome) {
  TAUT_CHECK(answered(outcome.request, {Kind::put, Kind::query}));
  return PutAnswered{outcome.request, outcome.state, std::chrono::seconds(outcome.retry_after_s)};
}

Session::Event Session::on(const frame::CardAnswer& answer) {
  TAUT_CHECK(answered(answer.request, {Kind::look_up}));
  CardFound found{answer.request, std::nullopt};
  if (answer.card) found.card = to_bytes(*answer.card);
  return found;
}

Session::Event Session::on(const frame::Devices& devices) {
  TAUT_CHECK(answered(devices.request, {Kind::list_devices}));
  return DevicesFound{devices.request, devices.devices};
}

Session::Event Session::on(const frame::StateAnswer& answer) {
  TAUT_CHECK(answered(answer.request, {Kind::look_up_state}));
  StateFound found{answer.request, std::nullopt};
  if (answer.record) found.record = to_bytes(*answer.record);
  return found;
}

Session::Event Session::on(const frame::Delivery& delivery) {
  if (is_in_pieces() || credit_ <= 0) return violation();
  credit_ -= delivery_cost(delivery.size);
  partial_ = Partial{{delivery.number, delivery.received, to_bytes(delivery.chunk)}, delivery.size};
  return whole_delivery();
}

Session::Event Session::on(const frame::DeliveryChunk& chunk) {
  if (!partial_ || chunk.number != partial_->delivered.number) return violation();
  Bytes& envelope = partial_->delivered.envelope;
  if (chunk.offset != envelope.size() || chunk.chunk.size() > partial_->size - envelope.size())
    return violation();
  append(envelope, chunk.chunk);
  return whole_delivery();
}

Session::Event Session::whole_delivery() {
  if (partial_->delivered.envelope.size() < partial_->size) return std::nullopt;
  Delivered whole = std::move(partial_->delivered);
  partial_.reset();
  return whole;
}

Session::Event Session::on(const frame::Drained& drained) {
  if (is_in_pieces()) return violation();
  TAUT_CHECK(answered(drained.request, {Kind::subscribe}));
  return AllDelivered{drained.request};
}

Session::Event Session::on(const frame::Ping& ping) {
  write(frame::Pong{ping.token});
  return std::nullopt;
}

Session::Event Session::on(const frame::Pong&) {
  awaits_pong_ = false;  // one that nobody asked for is ignored
  return std::nullopt;
}

Session::Event Session::on(const frame::Goodbye& goodbye) {
  if (goodbye.reason == frame::GoodbyeReason::revoked) return fail(Errc::violation, reasons::kRefused);
  return fail(Errc::unavailable, reasons::kDispatcherGone);
}

// Waiting.

std::optional<Instant> Session::answer_due() const {
  const bool owes_answer = !hello_ || awaits_pong_ || !questions_.empty();
  if (!owes_answer) return std::nullopt;
  return std::max(last_received_, last_sent_) + kAnswerDeadline;
}

std::optional<Instant> Session::ping_due() const {
  if (!hello_ || hello_->idle_s == 0 || awaits_pong_) return std::nullopt;
  // Twice more before the dispatcher would give up.
  return last_sent_ + std::chrono::seconds(std::max(hello_->idle_s / 3, 1U));
}

Status Session::tick(Instant now) {
  if (const auto due = answer_due(); due && now >= *due) return fail(Errc::unavailable, reasons::kSilent);
  if (const auto due = ping_due(); due && now >= *due) {
    awaits_pong_ = true;
    write(frame::Ping{});
  }
  return {};
}

std::optional<Instant> Session::next_deadline() const { return earliest(answer_due(), ping_due()); }

}  // namespace taut::node
