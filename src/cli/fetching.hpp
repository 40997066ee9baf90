#pragma once
// Empties the own inbox while a command waits for what comes there; where a `taut up` of this folder does
// that already, it is left to it.

#include "cli/outbox_keeper.hpp"
#include "node/receiving.hpp"
#include "run/local_socket.hpp"

namespace taut::cli {

class Fetching final : public run::TaskRunner::Owner, public run::LocalClient::Owner {
 public:
  /// @param on_failed  nothing will come any more, because of this; not after stop()
  Fetching(carrier::Loop& loop, const OpenNode& node, Context& context,
           std::function<void(const Error&)> on_failed);

  void start();
  /// @param on_end  what came is committed, and the links have ended
  void stop(carrier::Loop::Task on_end);

 private:
  void receive();
  void on_items_ready() override { releases_.put_releases(); }
  void on_finished(const Status& status) override;
  void on_line(std::string_view) override {}
  void on_closed() override;

  carrier::Loop& loop_;
  Context& context_;
  std::unique_ptr<node::Receiving> receiving_;
  run::TaskRunner runner_;
  OutboxKeeper releases_;
  std::unique_ptr<run::LocalClient> up_;
  enum class Phase { idle, receiving, over } phase_ = Phase::idle;
  std::function<void(const Error&)> on_failed_;
  carrier::Loop::Task on_end_;
  carrier::Posts posts_;
};

/// Takes in what waits at the dispatchers now. What goes wrong is for who asks next to say.
/// @errors interrupted
Done fetch_once(const OpenNode& node, Context& context);

}  // namespace taut::cli
