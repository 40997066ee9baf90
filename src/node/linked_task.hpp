#pragma once
// What tasks have in common: connections, effects that gather during a call, and an end.

#include "node/connections.hpp"
#include "node/store.hpp"

namespace taut::node {

/// @tparam Interface  Task, or what a task offers beyond it
template <class Interface>
class LinkedTask : public Interface {
 public:
  Effects start(const Moment& at) final {
    return step(at, [&] { begin(at); });
  }
  Effects on_connected(const NodeId& dispatcher, const SessionId& session, const Moment& at) final {
    return step(at, [&] { connections_.on_connected(dispatcher, session, at); });
  }
  Effects on_frame(const NodeId& dispatcher, ByteView frame, const Moment& at) final {
    return step(at, [&] {
      const bool was_known = connections_.is_known(dispatcher);
      std::optional<SessionEvent> event = connections_.on_frame(dispatcher, frame, at, effects_);
      if (event) {
        std::visit([&](auto& one) { hear(dispatcher, one, at); }, *event);
      } else if (was_known && *connections_.state_of(dispatcher) == Connections::State::failed) {
        on_lost(dispatcher, at);
      }
    });
  }
  Effects on_disconnected(const NodeId& dispatcher, const Error& why, const Moment& at) final {
    return step(at, [&] {
      if (!connections_.is_known(dispatcher)) return;
      connections_.on_disconnected(dispatcher, why, at);
      on_lost(dispatcher, at);
    });
  }
  Effects settle(const Moment& at) final {
    return step(at, [&] { gather(at); });
  }
  Effects tick(const Moment& at) final {
    return step(at, [&] {
      while (const std::optional<NodeId> failed = connections_.tick(at, effects_)) on_lost(*failed, at);
      if (!is_over_) on_tick(at);
    });
  }
  std::optional<Instant> next_deadline() const final {
    if (is_over_) return std::nullopt;
    return earliest(connections_.session_deadline(), own_deadline());
  }
  Effects stop(const Moment& at) final {
    return step(at, [&] { end_early(at); });
  }

 protected:
  virtual void begin(const Moment& at) = 0;
  /// The link is lost, or could not be made; connections_ says why.
  virtual void on_lost(const NodeId& dispatcher, const Moment& at) = 0;
  virtual void gather(const Moment& at) = 0;
  virtual void on_tick(const Moment& at) = 0;
  virtual std::optional<Instant> own_deadline() const = 0;
  virtual void end_early(const Moment& at) = 0;

  virtual void hear(const NodeId& dispatcher, SessionReady& event, const Moment& at) = 0;
  virtual void hear(const NodeId& dispatcher, CardFound& event, const Moment& at) = 0;
  virtual void hear(const NodeId&, PutAnswered&, const Moment&) {}
  virtual void hear(const NodeId&, Answered&, const Moment&) {}
  virtual void hear(const NodeId&, StateFound&, const Moment&) {}
  virtual void hear(const NodeId&, Delivered&, const Moment&) {}
  virtual void hear(const NodeId&, AllDelivered&, const Moment&) {}
  virtual void hear(const NodeId&, DevicesFound&, const Moment&) {}
  virtual void hear(const NodeId&, EntryAppended&, const Moment&) {}
  virtual void hear(const NodeId&, EntriesRead&, const Moment&) {}
  virtual void hear(const NodeId&, ReadingDrained&, const Moment&) {}
  virtual void hear(const NodeId&, ReadingOver&, const Moment&) {}
  virtual void hear(const NodeId&, IntroductionTaken&, const Moment&) {}
  virtual void hear(const NodeId&, KeyPackageClaimed&, const Moment&) {}
  virtual void hear(const NodeId&, KeyPackagesCounted&, const Moment&) {}
  virtual void hear(const NodeId&, KeyPackagesLow&, const Moment&) {}

  void emit(Effect effect) { effects_.push_back(std::move(effect)); }
  void finish(const Status& status, const Moment& at) {
    if (is_over_) return;
    connections_.flush(at, effects_);
    connections_.drop_all(effects_);
    emit(Finished{status});
    is_over_ = true;
  }
  /// The store does not work: nothing can go on.
  bool succeeded(const Status& status, const Moment& at) {
    if (!status) finish(status, at);
    return status.has_value();
  }
  bool is_over() const { return is_over_; }

  /// What a call from outside does, and the effects of it.
  template <class Body>
  Effects step(const Moment& at, Body body) {
    if (is_over_) return {};
    body();
    if (!is_over_) connections_.flush(at, effects_);
    return std::exchange(effects_, {});
  }

  Connections connections_;
  Effects effects_;

 private:
  bool is_over_ = false;
};

}  // namespace taut::node
