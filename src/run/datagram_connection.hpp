#pragma once
// One link of a UDP socket.

#include <list>

#include "run/datagram_socket.hpp"

namespace taut::run {

class DatagramConnection final : public Link {
 public:
  /// Of a link that was dialled or has been accepted just now.
  DatagramConnection(DatagramSocket& socket, datagram::LinkId link, Owner& owner);
  DatagramConnection(const DatagramConnection&) = delete;
  DatagramConnection& operator=(const DatagramConnection&) = delete;
  ~DatagramConnection() override;

  Status send(ByteView frame) override;
  void close() override;
  void pause_reading() override;
  void resume_reading() override;
  void rest() override {}  // the socket does it for all of its links
  identity::Carrier carrier() const override { return identity::Carrier::udp; }
  carrier::Address remote_address() const override;

 private:
  friend class DatagramSocket;

  void on_event(const link::Event& event);
  /// Acknowledgements may have come: there may be room for what waits.
  void go_on();
  void end(const link::Closed& closed);
  bool is_stalled(Instant now) const { return stalled_since_ && now >= *stalled_since_ + kStalledMax; }
  std::size_t waiting_bytes() const { return queued_bytes_ + socket_.endpoint_.waiting_bytes(link_); }
  void push_queued();
  void report_sent();

  enum class Phase : std::uint8_t { handshaking, open, closing, ended };

  DatagramSocket& socket_;
  datagram::LinkId link_;
  Owner& owner_;
  Phase phase_ = Phase::handshaking;
  std::list<Bytes> queue_;        ///< frames beyond what the endpoint takes
  std::size_t queued_bytes_ = 0;  ///< ... and their sizes
  std::size_t unsent_bytes_ = 0;  ///< of frames that on_sent has not told of
  std::optional<Instant> stalled_since_;
};

}  // namespace taut::run
