#pragma once
// A link on a connection: frames out of bytes, bytes out of frames, and the timers between them.

#include "carrier/connection.hpp"
#include "carrier/loop.hpp"
#include "link/stream_link.hpp"
#include "run/link.hpp"

namespace taut::run {

class LinkedConnection final : public Link, carrier::Connection::Handler {
 public:
  LinkedConnection(carrier::Loop& loop, std::shared_ptr<carrier::Connection> connection,
                   link::StreamLink stream_link, Owner& owner);
  LinkedConnection(const LinkedConnection&) = delete;
  LinkedConnection& operator=(const LinkedConnection&) = delete;
  ~LinkedConnection() override;

  Status send(ByteView frame) override;
  void close() override;
  void pause_reading() override { connection_->pause_reading(); }
  void resume_reading() override { connection_->resume_reading(); }
  void rest() override;
  identity::Carrier carrier() const override { return identity::Carrier::tcp; }
  carrier::Address remote_address() const override { return connection_->remote_address(); }

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
