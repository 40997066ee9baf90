#pragma once
// All links of one UDP socket: what comes is handed to the endpoint, what it says to the link it is about,
// and what is due goes out, once a turn of the loop.

#include <unordered_map>
#include <unordered_set>

#include "carrier/udp.hpp"
#include "datagram/endpoint.hpp"
#include "run/link.hpp"

namespace taut::run {

class DatagramConnection;

/// All calls from and to the loop's thread. Outlives its connections.
class DatagramSocket {
 public:
  /// A peer has begun a link and proven itself: make a DatagramConnection of it at once, or it ends.
  using Accept = std::function<void(datagram::LinkId link, const link::Peer& peer)>;

  /// @param local   what it refers to outlives this
  /// @param served  purposes of links that others begin; empty: none are
  /// @errors as carrier::UdpSocket::bind
  static Result<std::unique_ptr<DatagramSocket>> bind(carrier::Loop& loop, const carrier::Address& at,
                                                      const link::Local& local, link::Purposes served,
                                                      Accept accept);
  /// The same on a copy of a socket that somebody has bound for us.
  /// @errors as carrier::UdpSocket::adopt
  static Result<std::unique_ptr<DatagramSocket>> adopt(carrier::Loop& loop, int socket,
                                                       const link::Local& local, link::Purposes served,
                                                       Accept accept);
  DatagramSocket(const DatagramSocket&) = delete;
  DatagramSocket& operator=(const DatagramSocket&) = delete;
  /// Sends what is due.
  ~DatagramSocket();

  /// Begins a link.
  /// @errors as datagram::Endpoint::dial
  Result<datagram::LinkId> dial(const link::Remote& remote, link::Purpose purpose,
                                const datagram::PeerAddress& to);
  /// Ends links that wait for an answer when a machine says that nobody listens there.
  void believe_refusals();
  /// From now on nobody begins a link here.
  void stop_accepting() { accept_ = nullptr; }

  /// Where it is bound, with the port that the system chose.
  const carrier::Address& address() const { return socket_->address(); }
  const datagram::Counters& counters() const { return endpoint_.counters(); }
  /// Gives up memory that idle links do without.
  void rest() { endpoint_.rest(carrier::Loop::now()); }

 private:
  friend class DatagramConnection;

  DatagramSocket(carrier::Loop& loop, const link::Local& local, link::Purposes served, Accept accept);

  carrier::UdpSocket::Receive receiver();
  void receive(const datagram::PeerAddress& from, ByteView bytes);
  void act_on(const datagram::LinkEvents& events);
  void on_due();
  void cut_off_stalled(Instant now);
  void note_busy(datagram::LinkId link);
  void flush_later();
  void flush();
  void send_due();
  void end_unanswered();
  DatagramConnection* find(datagram::LinkId link);

  datagram::Endpoint endpoint_;
  std::size_t queue_bytes_max_;
  Accept accept_;
  std::unique_ptr<carrier::UdpSocket> socket_;
  std::unordered_map<datagram::LinkId, DatagramConnection*> connections_;
  std::unordered_set<datagram::LinkId> busy_;     ///< with bytes that are not out of our hands
  std::unordered_set<datagram::LinkId> touched_;  ///< whose bytes may have gone since the last flush
  Instant stall_check_at_{};
  datagram::LinkEvents events_;
  Bytes out_;
  bool will_flush_ = false;
  carrier::Timer timer_;
  carrier::Posts posts_;
};

}  // namespace taut::run
