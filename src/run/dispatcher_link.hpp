#pragma once
// A node's link to one dispatcher: dialled at each of its addresses in turn, authenticated, ended.

#include "identity/card.hpp"
#include "link/local.hpp"
#include "node/task.hpp"
#include "run/datagram_socket.hpp"

namespace taut::run {

/// To reach one address, and from there to a link. Datagrams have no first step, and more tries where
/// there is nothing else to try.
inline constexpr std::chrono::seconds kDialDeadline{5};
inline constexpr std::chrono::seconds kHandshakeDeadline{5};

using node::Caller;

/// All calls from and to the loop's thread.
class DispatcherLink final : public Link::Owner {
 public:
  /// None of these may destroy the link; post that.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_connected(DispatcherLink& link) = 0;
    virtual void on_frame(DispatcherLink& link, ByteView frame) = 0;
    /// Could not be dialled, was refused, or ended, also after hang_up(). The last call.
    virtual void on_disconnected(DispatcherLink& link, const Error& why) = 0;
  };

  /// @param local  outlives it
  DispatcherLink(carrier::Loop& loop, const link::Local& local, identity::Dispatcher dispatcher, Owner& owner,
                 Caller caller = Caller::identified);

  const NodeId& node_id() const { return dispatcher_.node_id; }
  /// Once it is connected.
  const SessionId& session() const { return session_; }

  /// @errors unavailable (ended): there is no link; others as link::StreamLink::send
  Status send(ByteView frame);
  /// Sends what was given before, then ends the link properly.
  void hang_up();

 private:
  Result<link::Remote> remote() const;
  void dial_next();
  void dial_stream(const carrier::Address& to);
  void on_dialled(Result<std::shared_ptr<carrier::Connection>> dialled);
  void dial_datagrams(const carrier::Address& to);
  void dial_datagrams(const datagram::PeerAddress& to);
  void on_resolved(Result<std::vector<datagram::PeerAddress>> found);
  void try_next(const Error& why);
  bool is_last() const;
  void end(const Error& why);

  void on_authenticated(const link::Peer& peer) override;
  void on_frame(ByteView frame) override;
  void on_sent(std::size_t) override {}
  void on_ended(const link::Closed& closed) override;

  carrier::Loop& loop_;
  const link::Local& local_;
  identity::Dispatcher dispatcher_;
  Owner& owner_;
  Caller caller_;
  SessionId session_;
  std::size_t next_address_ = 0;
  std::vector<datagram::PeerAddress> resolved_;  ///< of the address in hand, not tried yet, last first
  std::optional<Error> first_error_;             ///< the preferred address's, which tells most
  std::unique_ptr<DatagramSocket> socket_;
  std::unique_ptr<Link> link_;
  carrier::Timer attempt_;  ///< an address that does not answer
  bool is_trying_next_ = false;
  bool is_authenticated_ = false;
  bool has_hung_up_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< a dial may outlive this
  carrier::Posts posts_;

 public:
  ~DispatcherLink() override { *alive_ = false; }
};

}  // namespace taut::run
