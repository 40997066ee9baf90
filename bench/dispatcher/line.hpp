#pragma once
// A load generator's link to a dispatcher: a blocking socket around the core's link and session.

#include <functional>
#include <string>

#include "link/stream_link.hpp"
#include "node/session.hpp"

namespace taut::bench {

/// The system's, for keys that protect nothing.
class Lottery final : public Random {
 public:
  void fill(MutableByteView out) override;
};

Instant now();
WallTime wall();

/// Whether a link says who calls.
enum class Named : std::uint8_t { yes, no };

/// Somebody with an identity.
struct Person {
  Person();
  Lottery random;
  identity::Identity identity;
  link::Local local;
};

class Line {
 public:
  using Hear = std::function<void(node::SessionEvent&)>;

  /// Connects, and returns when the dispatcher has said hello.
  /// @param hear  is told everything that follows; what it asks of the session goes out when it returns
  Line(const Person& person, const identity::Card& dispatcher, Hear hear, Named named = Named::yes);
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line();

  node::Session& session() { return session_; }
  int socket() const { return socket_; }
  const SessionId& session_id() const { return session_id_; }
  /// All that has come, as the carrier counts it.
  std::uint64_t received_bytes() const { return received_bytes_; }

  /// Sends what the session has to say.
  void flush();
  /// Takes what is there; waits when nothing is.
  void hear_some();

 private:
  void connect(const identity::Address& address);
  void on_frame(ByteView frame);

  Hear hear_;
  int socket_ = -1;
  link::StreamLink link_;
  node::Session session_;
  link::Events events_;
  SessionId session_id_;
  std::uint64_t received_bytes_ = 0;
  Bytes in_;
  Bytes out_;
};

/// Serves all lines until `is_done`.
void serve(const std::vector<Line*>& lines, const std::function<bool()>& is_done);

}  // namespace taut::bench
