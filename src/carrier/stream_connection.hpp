#pragma once
// The connection behind carrier/connection.hpp, over any socket that carries a stream; for listeners and
// diallers only.

#include <boost/asio/generic/stream_protocol.hpp>
#include <list>

#include "carrier/asio.hpp"
#include "carrier/connection.hpp"

namespace taut::carrier {

class StreamConnection final : public Connection, public std::enable_shared_from_this<StreamConnection> {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  /// @param socket  connected
  StreamConnection(Loop& loop, Socket socket, Address remote);

  void start(Handler& handler) override;
  void send(Bytes bytes) override;
  std::size_t waiting_bytes() const override { return waiting_bytes_; }
  std::optional<Instant> stalled_since() const override;
  void pause_reading() override { is_paused_ = true; }
  void resume_reading() override;
  void close() override;
  void abort() override;
  const Address& remote_address() const override { return remote_; }

 private:
  enum class Phase { open, finishing, closed };

  static asio::awaitable<void> write_what_waits(std::shared_ptr<StreamConnection> self);
  void read_on();
  void on_readable(const boost::system::error_code& error);
  void read_once();
  void took(std::size_t written);
  void finish_if_written();
  void broke();

  Loop& loop_;
  Socket socket_;
  Address remote_;
  Handler* handler_ = nullptr;
  Phase phase_ = Phase::open;

  std::list<Bytes> waiting_;       // an empty list holds no memory
  std::size_t first_written_ = 0;  ///< how much of the first of them is out
  std::size_t waiting_bytes_ = 0;
  Instant last_taken_;
  bool is_writing_ = false;
  bool is_reading_ = false;
  bool is_paused_ = false;
  std::unique_ptr<Timer> linger_;  ///< once it closes: an idle connection does without
};

}  // namespace taut::carrier
