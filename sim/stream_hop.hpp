#pragma once
// A link over a stream, driven as the daemon drives one (run/linked_connection.hpp).

#include "link/stream_link.hpp"
#include "sim/hop.hpp"

namespace taut::sim {

class StreamHop final : public Hop, public std::enable_shared_from_this<StreamHop>, StreamHandler {
 public:
  /// Answers who dialled.
  static std::shared_ptr<StreamHop> accept(Process& process, Owner& owner, link::StreamLink stream_link,
                                           StreamEnd end);
  using MakeLink = std::function<Result<link::StreamLink>()>;
  /// Connects, then dials.
  static std::shared_ptr<StreamHop> dial(Process& process, Owner& owner, MachineId to, MakeLink make_link);

  StreamHop(Process& process, Owner& owner);
  Status send(ByteView frame) override;
  void close() override;

 private:
  void on_bytes(ByteView bytes) override;
  void on_written() override;
  void on_closed() override;
  void on_due();

  void start(link::StreamLink stream_link, StreamEnd end);
  void act();
  void flush_later();
  void flush();
  bool seal_waiting();
  void end(const Error& why, std::string_view how);
  void arm();

  Process& process_;
  std::optional<link::StreamLink> link_;
  StreamEnd end_;
  Alarm alarm_;
  link::Events events_;
  std::size_t queued_bytes_ = 0;   ///< of frames, not yet sealed
  std::size_t written_bytes_ = 0;  ///< of frames, sealed and with the carrier
  bool will_flush_ = false;
  bool is_over_ = false;
  bool is_closing_ = false;
};

}  // namespace taut::sim
