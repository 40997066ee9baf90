#pragma once
// A node's link to one dispatcher: dialled at each of its addresses in turn, authenticated, ended.

#include "identity/card.hpp"
#include "run/linked_connection.hpp"

namespace taut::run {

/// To reach one address, and from there to a link.
inline constexpr std::chrono::seconds kDialDeadline{5};
inline constexpr std::chrono::seconds kHandshakeDeadline{5};

/// All calls from and to the loop's thread.
class DispatcherLink final : public LinkedConnection::Owner {
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
  DispatcherLink(carrier::Loop& loop, const link::Local& local, identity::Dispatcher dispatcher,
                 Owner& owner);

  const NodeId& node_id() const { return dispatcher_.node_id; }

  /// @errors unavailable (ended): there is no link; others as link::StreamLink::send
  Status send(ByteView frame);
  /// Sends what was given before, then ends the link properly.
  void hang_up();

 private:
  void dial_next();
  void on_dialled(Result<std::shared_ptr<carrier::Connection>> dialled);
  void end(const Error& why);

  void on_claimed(const NodeId&) override {}
  void on_authenticated(const link::Peer& peer) override;
  void on_frame(ByteView frame) override;
  void on_sent(std::size_t) override {}
  void on_ended(const link::Closed& closed) override;

  carrier::Loop& loop_;
  const link::Local& local_;
  identity::Dispatcher dispatcher_;
  Owner& owner_;
  std::size_t next_address_ = 0;
  Error last_error_;
  std::unique_ptr<LinkedConnection> linked_;
  bool has_hung_up_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< a dial may outlive this
  carrier::Posts posts_;

 public:
  ~DispatcherLink() override { *alive_ = false; }
};

}  // namespace taut::run
