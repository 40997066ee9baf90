#include "node/connections.hpp"

namespace taut::node {

void Connections::dial(const identity::Dispatcher& dispatcher, Effects& effects, Caller caller) {
  if (is_known(dispatcher.node_id)) return;
  Entry& entry = entries_[dispatcher.node_id];
  entry.dispatcher = dispatcher;
  entry.usual_caller = entry.caller = caller;
  effects.push_back(Dial{dispatcher, caller});
}

void Connections::dial_once(const NodeId& node, Caller caller, Effects& effects) {
  Entry& entry = entries_.at(node);
  entry.state = State::dialling;
  entry.caller = caller;
  effects.push_back(Dial{entry.dispatcher, entry.caller});
}

bool Connections::leads_to(const identity::Dispatcher& dispatcher) const {
  const auto found = entries_.find(dispatcher.node_id);
  return found != entries_.end() && found->second.dispatcher == dispatcher;
}

void Connections::drop(const NodeId& node, Effects& effects) {
  const auto found = entries_.find(node);
  if (found == entries_.end()) return;
  if (found->second.state != State::failed) effects.push_back(HangUp{node});
  entries_.erase(found);
}

void Connections::drop_all(Effects& effects) {
  while (!entries_.empty()) drop(entries_.begin()->first, effects);
}

void Connections::on_connected(const NodeId& node, const SessionId& session, const Moment& at) {
  const auto found = entries_.find(node);
  if (found == entries_.end() || found->second.state != State::dialling) return;
  found->second.session.emplace(at.now, session);
  found->second.state = State::greeting;
}

std::optional<SessionEvent> Connections::on_frame(const NodeId& node, ByteView frame, const Moment& at,
                                                  Effects& effects) {
  const auto found = entries_.find(node);
  if (found == entries_.end() || !found->second.session) return std::nullopt;
  Entry& entry = found->second;
  Result<std::optional<SessionEvent>> event = entry.session->receive(frame, at.now);
  if (!event) {
    give_up(node, event.error(), at, effects);
    return std::nullopt;
  }
  if (entry.state == State::greeting && entry.session->is_ready()) {
    entry.state = State::ready;
    entry.redial_delay = Duration{0};
  }
  return *std::move(event);
}

void Connections::on_disconnected(const NodeId& node, const Error& why, const Moment& at) {
  const auto found = entries_.find(node);
  if (found != entries_.end() && found->second.state != State::failed) fail_entry(found->second, why, at);
}

void Connections::give_up(const NodeId& node, const Error& why, const Moment& at, Effects& effects) {
  const auto found = entries_.find(node);
  if (found == entries_.end() || found->second.state == State::failed) return;
  effects.push_back(HangUp{node});
  fail_entry(found->second, why, at);
}

void Connections::fail_entry(Entry& entry, const Error& why, const Moment& at) {
  entry.state = State::failed;
  entry.session.reset();
  entry.failure = why;
  entry.redial_delay = std::clamp(entry.redial_delay * 2, kRedialFirst, kRedialLast);
  entry.redial_at = at.now + entry.redial_delay;
}

void Connections::redial(const Moment& at, Effects& effects) {
  for (auto& [node, entry] : entries_) {
    if (entry.state != State::failed || at.now < entry.redial_at) continue;
    entry.state = State::dialling;
    entry.caller = entry.usual_caller;
    effects.push_back(Dial{entry.dispatcher, entry.caller});
  }
}

std::optional<NodeId> Connections::tick(const Moment& at, Effects& effects) {
  for (auto& [node, entry] : entries_) {
    if (!entry.session) continue;
    const Status status = entry.session->tick(at.now);
    if (status) continue;
    give_up(node, status.error(), at, effects);
    return node;
  }
  return std::nullopt;
}

std::optional<Instant> Connections::session_deadline() const {
  std::optional<Instant> next;
  for (const auto& [node, entry] : entries_)
    if (entry.session) next = earliest(next, entry.session->next_deadline());
  return next;
}

std::optional<Instant> Connections::redial_deadline() const {
  std::optional<Instant> next;
  for (const auto& [node, entry] : entries_)
    if (entry.state == State::failed) next = earliest(next, entry.redial_at);
  return next;
}

const Connections::State* Connections::state_of(const NodeId& node) const {
  const auto found = entries_.find(node);
  return found == entries_.end() ? nullptr : &found->second.state;
}

Session* Connections::ready(const NodeId& node) {
  const auto found = entries_.find(node);
  const bool is_ready = found != entries_.end() && found->second.state == State::ready;
  return is_ready ? &*found->second.session : nullptr;
}

std::vector<NodeId> Connections::in_state(State state) const {
  std::vector<NodeId> nodes;
  for (const auto& [node, entry] : entries_)
    if (entry.state == state) nodes.push_back(node);
  return nodes;
}

std::vector<NodeId> Connections::known() const {
  std::vector<NodeId> nodes;
  for (const auto& [node, entry] : entries_) nodes.push_back(node);
  return nodes;
}

void Connections::flush(const Moment& at, Effects& effects) {
  for (auto& [node, entry] : entries_) {
    if (!entry.session) continue;
    for (Bytes& frame : entry.session->take_frames(at.now))
      effects.push_back(SendFrame{node, std::move(frame)});
  }
}

Error Connections::failure() const {
  Error telling{Errc::unavailable, reasons::kUnreachable};
  for (const auto& [node, entry] : entries_) {
    if (entry.state != State::failed || telling.code == Errc::unauthentic) continue;
    telling = entry.failure;
  }
  return telling;
}

}  // namespace taut::node
