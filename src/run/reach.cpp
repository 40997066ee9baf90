#include "run/reach.hpp"

#include "run/dispatcher_link.hpp"

namespace taut::run {
namespace {

struct UntilConnected final : DispatcherLink::Owner {
  explicit UntilConnected(carrier::Loop& its_loop) : loop(its_loop) {}
  void on_connected(DispatcherLink& link) override {
    outcome = {};
    link.hang_up();
  }
  void on_frame(DispatcherLink&, ByteView) override {}
  void on_disconnected(DispatcherLink&, const Error& why) override {
    if (!outcome) outcome = std::unexpected(why);
    loop.stop();
  }

  carrier::Loop& loop;
  Status outcome = fail(Errc::unavailable, reasons::kNoRoute);
};

}  // namespace

Status reach(const identity::Dispatcher& dispatcher, const identity::Identity& identity, Random& random) {
  carrier::Loop loop;
  link::Limits limits;
  limits.handshake_deadline = kHandshakeDeadline;
  const link::Local local{.identity = identity, .random = random, .limits = limits};
  UntilConnected owner(loop);
  const DispatcherLink link(loop, local, dispatcher, owner);
  loop.run();
  return owner.outcome;
}

}  // namespace taut::run
