#include "dispatcher/links.hpp"

namespace taut::dispatcher {

bool Links::is_room_for(const Peer& peer, Residents& residents) const {
  const Limits& limits = settings_.limits;
  if (connections_.size() >= limits.connections_max) return false;
  if (!peer.node) return anonymous_count_ < limits.connections_anonymous_max;
  const Resident* node = residents.find(*peer.node);
  return node == nullptr || node->connections.size() < limits.connections_per_node_max;
}

Connection* Links::add(ConnectionId id, const Peer& peer, Residents& residents, Instant now) {
  if (!is_room_for(peer, residents)) return nullptr;
  const auto [entry, is_new] = connections_.try_emplace(id);
  if (!is_new) return nullptr;
  Connection& connection = entry->second;
  connection.id = id;
  connection.session = peer.session;
  connection.carrier = peer.carrier;
  connection.source = peer.source;
  connection.last_heard = now;
  if (peer.node) {
    connection.resident = residents.at(*peer.node);
    connection.resident->connections.push_back(&connection);
  } else {
    ++anonymous_count_;
  }
  return &connection;
}

Connection* Links::find(ConnectionId id) {
  const auto entry = connections_.find(id);
  return entry == connections_.end() ? nullptr : &entry->second;
}

void Links::send_bytes(Connection& connection, Bytes bytes) {
  if (connection.phase == Connection::Phase::doomed) return;
  if (connection.unsent_bytes + bytes.size() > settings_.limits.unsent_bytes_max) {
    ++counters_.connections_slow;
    return doom(connection, frame::GoodbyeReason::slow);
  }
  connection.unsent_bytes += bytes.size();
  unsent_bytes_ += bytes.size();
  ++counters_.frames_out;
  effects_.push_back(SendFrame{connection.id, std::move(bytes)});
}

void Links::on_sent(Connection& connection, std::size_t bytes) {
  const std::size_t sent = std::min(bytes, connection.unsent_bytes);
  connection.unsent_bytes -= sent;
  unsent_bytes_ -= sent;
}

void Links::doom(Connection& connection, frame::GoodbyeReason reason) {
  if (connection.phase == Connection::Phase::doomed) return;
  connection.phase = Connection::Phase::doomed;
  doomed_.push_back({connection.id, reason});
}

void Links::forget(Connection& connection) {
  put_bytes_ -= connection.uploads.charge() + connection.log_uploads.charge();
  unsent_bytes_ -= connection.unsent_bytes;
  if (connection.is_anonymous()) {
    --anonymous_count_;
  } else {
    std::erase(connection.resident->connections, &connection);
  }
  connections_.erase(ConnectionId(connection.id));
}

std::vector<Connection*> Links::doomed() {
  std::vector<Connection*> connections;
  for (const Doomed& one : doomed_) {
    if (Connection* connection = find(one.id)) connections.push_back(connection);
  }
  return connections;
}

void Links::bury() {
  for (const auto& [id, reason] : std::exchange(doomed_, {})) {
    Connection* connection = find(id);
    if (connection == nullptr) continue;
    forget(*connection);
    effects_.push_back(SendFrame{id, frame::written(frame::Goodbye{reason, {}})});
    effects_.push_back(Close{id, reason});
  }
}

void Links::charge(Connection& connection, const Ticket& ticket) {
  connection.put_bytes += ticket.charge();
  put_bytes_ += ticket.charge();
}

void Links::refund(const Ticket& ticket) {
  put_bytes_ -= ticket.charge();
  if (Connection* connection = find(ticket.connection)) connection->put_bytes -= ticket.charge();
}

bool Links::is_room_for_puts(const Connection& connection, std::size_t charge) const {
  const Limits& limits = settings_.limits;
  return connection.put_bytes + charge <= limits.put_bytes_max &&
         put_bytes_ + charge <= limits.put_bytes_total_max;
}

}  // namespace taut::dispatcher
