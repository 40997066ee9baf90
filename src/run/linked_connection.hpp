#pragma once
// A link on a connection: frames out of bytes, bytes out of frames, and the timers between them.

#include "carrier/connection.hpp"
#include "carrier/loop.hpp"
#include "link/stream_link.hpp"

namespace taut::run {

/// A peer that takes nothing for so long is cut off.
inline constexpr std::chrono::seconds kStalledMax{30};

/// All calls from and to the loop's thread.
class LinkedConnection final : carrier::Connection::Handler {
 public:
  /// None of these may destroy the connection; post() that.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// A handshake names this peer; nothing is proven yet.
    virtual void on_claimed(const NodeId& claimed) = 0;
    virtual void on_authenticated(const link::Peer& peer) = 0;
    virtual void on_frame(ByteView frame) = 0;
    /// The system has taken so many bytes of frames.
    virtual void on_sent(std::size_t frame_bytes) = 0;
    /// The last call.
    virtual void on_ended(const link::Closed& closed) = 0;
  };

  LinkedConnection(carrier::Loop& loop, std::shared_ptr<carrier::Connection> connection,
                   link::StreamLink stream_link, Owner& owner);
  LinkedConnection(const LinkedConnection&) = delete;
  LinkedConnection& operator=(const LinkedConnection&) = delete;
  ~LinkedConnection() override;

  /// Queues; what one turn of the loop queues goes out together.
  /// @errors as link::StreamLink::send
  Status send(ByteView frame);
  /// Sends what waits, says the end, waits for the peer's, then on_ended.
  void close();

  /// Back-pressure, as carrier::Connection.
  void pause_reading() { connection_->pause_reading(); }
  void resume_reading() { connection_->resume_reading(); }

  const carrier::Address& remote_address() const { return connection_->remote_address(); }

 private:
  void on_bytes(ByteView bytes) override;
  void on_written() override;
  void on_closed() override;
  void on_due();

  void act_on_events();
  void flush_later();
  void flush();
  Status seal_waiting();
  void end(const link::Closed& closed);
  void arm();

  std::shared_ptr<carrier::Connection> connection_;
  link::StreamLink link_;
  Owner& owner_;
  link::Events events_;
  carrier::Timer timer_;
  std::size_t queued_bytes_ = 0;   ///< of frames, not yet sealed
  std::size_t written_bytes_ = 0;  ///< of frames, sealed and with the carrier
  bool will_flush_ = false;
  bool has_ended_ = false;
  carrier::Posts posts_;
};

}  // namespace taut::run
