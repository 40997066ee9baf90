#include "node/publishing.hpp"

#include "node/card_publisher.hpp"
#include "node/enrolment.hpp"
#include "node/linked_task.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

class PublishingTask : public LinkedTask<Task> {
 public:
  PublishingTask(Store& store, const identity::Identity& identity)
      : store_(store), identity_(identity), publisher_(store, identity) {}

 protected:
  void begin(const Moment& at) override {
    if (dial_due(at)) finish_if_done(at);
  }
  void on_lost(const NodeId& dispatcher, const Moment& at) override {
    publisher_.on_lost(dispatcher);
    finish_if_done(at);
  }
  void gather(const Moment&) override {}
  void on_tick(const Moment&) override {}
  std::optional<Instant> own_deadline() const override { return std::nullopt; }
  void end_early(const Moment& at) override { finish({}, at); }

  using LinkedTask::hear;
  void hear(const NodeId& dispatcher, SessionReady&, const Moment& at) override {
    act(dispatcher, publisher_.publish(dispatcher, *connections_.ready(dispatcher)), at);
  }
  void hear(const NodeId& dispatcher, Answered& answer, const Moment& at) override {
    act(dispatcher, publisher_.on_answer(dispatcher, answer, *connections_.ready(dispatcher), at), at);
  }
  void hear(const NodeId& dispatcher, CardFound& found, const Moment& at) override {
    act(dispatcher, publisher_.on_card(dispatcher, found, *connections_.ready(dispatcher), at), at);
  }

  virtual void on_published(const NodeId& dispatcher, const Moment& at) {
    emit(Published{dispatcher});
    published_any_ = true;
    // Of a command that ends with this, nobody asks how long it has been up.
    publisher_.report(*connections_.ready(dispatcher), std::chrono::seconds(0));
    connections_.flush(at, effects_);
    connections_.drop(dispatcher, effects_);
    finish_if_done(at);
  }

  /// @return  false: the task is over
  bool dial_due(const Moment& at) {
    if (!succeeded(publisher_.load(), at)) return false;
    std::vector<OwnDispatcher> dispatchers;
    const Status loaded = store_.read([&](Transaction& transaction) -> Status {
      TAUT_TRY(dispatchers, own_dispatchers(transaction));
      return {};
    });
    for (const OwnDispatcher& one : dispatchers) {
      if (!publisher_.is_due(one.card.node_id())) continue;
      if (const auto dispatcher = as_dispatcher(one.card)) connections_.dial(*dispatcher, effects_);
    }
    return succeeded(loaded, at);
  }

  Store& store_;
  const identity::Identity& identity_;
  CardPublisher publisher_;

 private:
  void act(const NodeId& dispatcher, const Result<CardPublisher::Step>& step, const Moment& at) {
    if (step && *step == CardPublisher::Step::published) return on_published(dispatcher, at);
    if (step) return;
    connections_.give_up(dispatcher, step.error(), at, effects_);
    on_lost(dispatcher, at);
  }

  /// Dispatchers that could not be reached are due at the next time.
  void finish_if_done(const Moment& at) {
    using State = Connections::State;
    for (const State busy : {State::dialling, State::greeting, State::ready})
      if (!connections_.in_state(busy).empty()) return;
    const bool has_failed = !connections_.in_state(State::failed).empty();
    finish(has_failed && !published_any_ ? Status(std::unexpected(connections_.failure())) : Status(), at);
  }

  bool published_any_ = false;
};

/// Takes one dispatcher into use first; whatever goes wrong with it, nothing has changed.
class UsingTask final : public PublishingTask {
 public:
  UsingTask(Store& store, const identity::Identity& identity, const SignedCard& dispatcher, ByteView token)
      : PublishingTask(store, identity), dispatcher_(dispatcher), token_(token) {}

 private:
  enum class Phase : std::uint8_t { reaching, publishing, telling_others };

  void begin(const Moment& at) override {
    if (dispatcher_.revocation()) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
    const Result<identity::Dispatcher> address = as_dispatcher(dispatcher_);
    if (!address) return finish(std::unexpected(address.error()), at);
    if (address->node_id == identity_.node_id()) return finish(fail(Errc::misuse, reasons::kOwnCard), at);
    if (!succeeded(dispatcher_.check_at(at.wall), at)) return;
    connections_.dial(*address, effects_);
  }

  void hear(const NodeId& node, SessionReady& event, const Moment& at) override {
    if (phase_ == Phase::reaching) {
      if (!succeeded(store_.write([&](Transaction& transaction) { return add(transaction, at); }), at))
        return;
      phase_ = Phase::publishing;
      if (!succeeded(publisher_.load(), at)) return;
    }
    PublishingTask::hear(node, event, at);
  }

  void on_published(const NodeId& node, const Moment& at) override {
    if (phase_ == Phase::publishing) {
      phase_ = Phase::telling_others;
      if (!dial_due(at)) return;
    }
    PublishingTask::on_published(node, at);
  }

  void on_lost(const NodeId& node, const Moment& at) override {
    if (phase_ == Phase::telling_others) return PublishingTask::on_lost(node, at);
    const Error why = connections_.failure();
    if (before_ && why.reason == reasons::kRefused) before_->published_sequence = 0;
    if (phase_ == Phase::publishing &&
        !succeeded(store_.write([&](Transaction& transaction) { return take_back(transaction, at); }), at))
      return;
    finish(std::unexpected(why), at);
  }

  void end_early(const Moment& at) override {
    if (phase_ == Phase::publishing) return on_lost(dispatcher_.node_id(), at);
    finish({}, at);
  }

  Status add(Transaction& transaction, const Moment& at) {
    TAUT_TRY(const std::vector<OwnDispatcher> dispatchers, own_dispatchers(transaction));
    const auto is_it = [&](const OwnDispatcher& one) { return one.card.node_id() == dispatcher_.node_id(); };
    const auto held = std::ranges::find_if(dispatchers, is_it);
    if (held != dispatchers.end()) before_ = *held;
    const bool is_older = before_ && !dispatcher_.check_replaces(before_->card);
    TAUT_CHECK(put_own_dispatcher(transaction,
                                  {is_older ? before_->card : dispatcher_, 0, Standing::in_use, WallTime{}}));
    if (!token_.expose().empty())
      TAUT_CHECK(keep_enrolment(transaction, dispatcher_.node_id(), token_.expose()));
    TAUT_CHECK(sign_card(transaction, identity_, at.wall));
    return {};
  }

  Status take_back(Transaction& transaction, const Moment& at) {
    TAUT_CHECK(drop_enrolment(transaction, dispatcher_.node_id()));
    if (before_) {
      TAUT_CHECK(put_own_dispatcher(transaction, *before_));
      if (before_->standing == Standing::in_use) return {};
    } else {
      TAUT_CHECK(transaction.erase_dispatcher(dispatcher_.node_id()));
    }
    TAUT_TRY(const SignedCard own, own_card(transaction));
    if (own.revocation()) return {};  // that is why
    TAUT_CHECK(sign_card(transaction, identity_, at.wall));
    return {};
  }

  SignedCard dispatcher_;
  SecretBytes token_;
  std::optional<OwnDispatcher> before_;
  Phase phase_ = Phase::reaching;
};

}  // namespace

std::unique_ptr<Task> make_using(Store& store, const identity::Identity& identity,
                                 const SignedCard& dispatcher, ByteView token) {
  return std::make_unique<UsingTask>(store, identity, dispatcher, token);
}

std::unique_ptr<Task> make_publishing(Store& store, const identity::Identity& identity) {
  return std::make_unique<PublishingTask>(store, identity);
}

}  // namespace taut::node
