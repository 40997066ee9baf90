#pragma once
// The dispatchers that a task talks to: dialling, sessions, failures, and when to try again.

#include "node/session.hpp"

namespace taut::node {

/// Between attempts: doubles from the first to the last.
inline constexpr Duration kRedialFirst = std::chrono::milliseconds(500);
inline constexpr Duration kRedialLast = std::chrono::seconds(60);

class Connections {
 public:
  enum class State : std::uint8_t {
    dialling,
    greeting,  ///< the link is up, the dispatcher's hello is not there yet
    ready,
    failed,
  };

  /// Whether it is known with this key and these addresses.
  bool leads_to(const identity::Dispatcher& dispatcher) const;
  /// Dials, now and whenever it is dialled again; nothing happens when it is known already.
  void dial(const identity::Dispatcher& dispatcher, Effects& effects, Caller caller = Caller::identified);
  /// Dials now, once in this way. @pre it failed
  void dial_once(const NodeId& node, Caller caller, Effects& effects);
  /// Ends the link, if there is one, and forgets the dispatcher.
  void drop(const NodeId& node, Effects& effects);
  void drop_all(Effects& effects);

  void on_connected(const NodeId& node, const SessionId& session, const Moment& at);
  /// @return  nothing: no event, or the session failed, which state_of then says
  std::optional<SessionEvent> on_frame(const NodeId& node, ByteView frame, const Moment& at,
                                       Effects& effects);
  void on_disconnected(const NodeId& node, const Error& why, const Moment& at);
  /// The session is of no use any more.
  void give_up(const NodeId& node, const Error& why, const Moment& at, Effects& effects);

  /// Dials again what failed and is due.
  void redial(const Moment& at, Effects& effects);
  /// @return  a session that failed by this tick; call again until there is none
  std::optional<NodeId> tick(const Moment& at, Effects& effects);
  std::optional<Instant> session_deadline() const;
  std::optional<Instant> redial_deadline() const;

  /// nullptr: not known.
  const State* state_of(const NodeId& node) const;
  bool is_known(const NodeId& node) const { return state_of(node) != nullptr; }
  /// How its link was dialled last. @pre it is known
  Caller caller_of(const NodeId& node) const { return entries_.at(node).caller; }
  /// Why it failed. @pre it is known, and failed
  const Error& failure_of(const NodeId& node) const { return entries_.at(node).failure; }
  /// nullptr: not ready.
  Session* ready(const NodeId& node);
  std::vector<NodeId> in_state(State state) const;
  std::vector<NodeId> known() const;

  /// What sessions have to say goes into `effects`.
  void flush(const Moment& at, Effects& effects);

  /// Why nothing could be reached: an identity that does not hold tells more than a closed port.
  Error failure() const;

 private:
  struct Entry {
    identity::Dispatcher dispatcher;
    Caller usual_caller = Caller::identified;
    Caller caller = Caller::identified;
    State state = State::dialling;
    std::optional<Session> session;
    Error failure{Errc::unavailable, reasons::kUnreachable};
    Duration redial_delay{0};
    Instant redial_at;
  };
  void fail_entry(Entry& entry, const Error& why, const Moment& at);

  std::map<NodeId, Entry> entries_;
};

}  // namespace taut::node
