#pragma once
// A process's UDP socket: its endpoint, and a hop for each link.

#include "datagram/endpoint.hpp"
#include "sim/hop.hpp"

namespace taut::sim {

class Socket;

class DatagramHop final : public Hop {
 public:
  DatagramHop(Socket& socket, datagram::LinkId link, Owner& owner)
      : Hop(owner), socket_(&socket), link_(link) {}
  ~DatagramHop() override;

  Status send(ByteView frame) override;
  void close() override;

 private:
  friend class Socket;
  void hand_over();

  Socket* socket_;  ///< nullptr: the link is over
  datagram::LinkId link_;
  std::deque<Bytes> queue_;  ///< frames that the endpoint has no room for yet
  bool is_closing_ = false;
};

class Socket final : DatagramSink {
 public:
  /// Makes the hop of a link that somebody else began.
  using Accept = std::function<std::shared_ptr<DatagramHop>(datagram::LinkId)>;

  Socket(Process& process, const link::Local& local, link::Purposes served, unsigned move, Accept accept);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() override;

  /// nullptr: the endpoint begins no link.
  std::shared_ptr<DatagramHop> dial(Hop::Owner& owner, const link::Remote& remote, MachineId to);
  void roam(unsigned move);

  const datagram::Endpoint& endpoint() const { return endpoint_; }
  const PeerAddress& address() const { return address_; }
  /// For planted bugs: sees every datagram, after it was taken in.
  std::function<void(const PeerAddress& from, ByteView bytes)> received;
  void close(datagram::LinkId link);

 private:
  friend class DatagramHop;
  void on_datagram(const PeerAddress& from, ByteView bytes) override;
  void on_due();
  void act(datagram::LinkEvents events);
  void act(datagram::LinkId link, const link::Event& event);
  void pump_later();
  void pump();
  void forget(datagram::LinkId link) { hops_.erase(link); }

  Process& process_;
  PeerAddress address_;
  datagram::Endpoint endpoint_;
  Accept accept_;
  std::map<datagram::LinkId, DatagramHop*> hops_;
  Alarm alarm_;
  bool will_pump_ = false;
};

}  // namespace taut::sim
