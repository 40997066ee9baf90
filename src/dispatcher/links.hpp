#pragma once
// The links that are up: who may have one, what goes out on it, how it ends.

#include <unordered_map>

#include "dispatcher/connection.hpp"
#include "dispatcher/counters.hpp"
#include "dispatcher/limits.hpp"
#include "frame/frame.hpp"

namespace taut::dispatcher {

class Links {
 public:
  Links(const Settings& settings, Counters& counters, Effects& effects)
      : settings_(settings), counters_(counters), effects_(effects) {}

  /// nullptr: refused, a limit is reached.
  Connection* add(ConnectionId id, const Peer& peer, Residents& residents, Instant now);
  /// nullptr: gone.
  Connection* find(ConnectionId id);

  template <class Body>
  void send(Connection& connection, const Body& body) {
    Bytes bytes;
    bytes.reserve(frame_bytes(body));
    frame::write(bytes, body);
    send_bytes(connection, std::move(bytes));
  }
  /// A frame that is written already: one for many readers.
  void send_bytes(Connection& connection, Bytes bytes);
  /// Answers an open question, if who asked is still there.
  template <class Body>
  void answer(ConnectionId id, const Body& body) {
    Connection* connection = find(id);
    if (connection == nullptr) return;
    --connection->open_questions;
    send(*connection, body);
  }
  void on_sent(Connection& connection, std::size_t bytes);

  /// Ends a link when the event is over; until then nothing more is sent on it.
  void doom(Connection& connection, frame::GoodbyeReason reason);
  /// The peer ended it: no goodbye.
  void forget(Connection& connection);
  /// Links that were doomed during this event.
  std::vector<Connection*> doomed();
  /// Ends them.
  void bury();

  void charge(Connection& connection, const Ticket& ticket);
  /// The ticket's put has its outcome, or never will.
  void refund(const Ticket& ticket);

  bool is_room_for_puts(const Connection& connection, std::size_t charge) const;
  bool is_room_for_deliveries() const { return unsent_bytes_ < settings_.limits.unsent_bytes_total_max; }
  std::size_t put_bytes() const { return put_bytes_; }
  std::size_t unsent_bytes() const { return unsent_bytes_; }

  template <class Visit>
  void for_each(Visit visit) {
    for (auto& [id, connection] : connections_) visit(connection);
  }
  std::size_t size() const { return connections_.size(); }

 private:
  bool is_room_for(const Peer& peer, Residents& residents) const;
  struct Doomed {
    ConnectionId id;
    frame::GoodbyeReason reason;
  };

  // Enough for the fields of any frame without lists; lists and extensions grow the buffer.
  static constexpr std::size_t kFieldBytes = 64;
  template <class Body>
  static std::size_t frame_bytes(const Body& body) {
    if constexpr (requires { body.chunk; }) {
      return body.chunk.size() + kFieldBytes;
    } else {
      return kFieldBytes;
    }
  }

  const Settings& settings_;
  Counters& counters_;
  Effects& effects_;
  std::unordered_map<ConnectionId, Connection> connections_;
  std::vector<Doomed> doomed_;
  std::size_t anonymous_count_ = 0;
  std::size_t put_bytes_ = 0;     ///< of all connections, and of tickets whose connection is gone
  std::size_t unsent_bytes_ = 0;  ///< of all connections
};

}  // namespace taut::dispatcher
