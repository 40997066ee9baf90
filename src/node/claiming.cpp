#include "node/claiming.hpp"

#include "node/linked_task.hpp"
#include "node/reaching.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

using identity::SignedCard;

class ClaimingTask final : public LinkedTask<Claiming> {
 public:
  ClaimingTask(Store& store, const identity::Identity& identity, const SignedCard& peer)
      : store_(store), identity_(identity), peer_(peer) {}

  const std::optional<ClaimedKeyPackage>& claimed() const override { return claimed_; }
  const SignedCard& peer() const override { return peer_; }

 private:
  void begin(const Moment& at) override;
  void on_lost(const NodeId& dispatcher, const Moment& at) override { go_on(dispatcher, at); }
  void gather(const Moment&) override {}
  void on_tick(const Moment& at) override {
    if (at.now >= due_) finish_without(at);
  }
  std::optional<Instant> own_deadline() const override { return due_; }
  void end_early(const Moment& at) override { finish_without(at); }

  void hear(const NodeId& dispatcher, SessionReady& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, CardFound& event, const Moment& at) override;
  void hear(const NodeId& dispatcher, KeyPackageClaimed& event, const Moment& at) override;
  /// It could not say just now.
  void hear(const NodeId& dispatcher, Answered&, const Moment& at) override { go_on(dispatcher, at); }

  Status load();
  std::optional<crypto::SuiteId> common_suite() const;
  void dial_next(const Moment& at);
  void go_on(const NodeId& dispatcher, const Moment& at);
  void finish_without(const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  SignedCard peer_;
  Bytes token_;
  std::set<NodeId> homes_;  // dispatchers that know us
  std::vector<std::uint16_t> suites_;
  std::set<NodeId> tried_;
  std::optional<crypto::SuiteId> asked_for_;
  bool has_answer_ = false;
  Instant due_;
  std::optional<ClaimedKeyPackage> claimed_;
};

Status ClaimingTask::load() {
  return store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const SignedCard own, own_card(transaction));
    if (own.revocation()) return fail(Errc::unauthentic, reasons::kOwnRevoked);
    suites_ = own.card().mls_suites;
    TAUT_TRY(homes_, known_at(transaction, identity_.node_id()));
    TAUT_TRY(const std::optional<Bytes> token, transaction.token(peer_.node_id()));
    token_ = token.value_or(Bytes{});
    return {};
  });
}

void ClaimingTask::begin(const Moment& at) {
  due_ = at.now + kClaimPatience;
  if (peer_.revocation()) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
  if (!succeeded(load(), at)) return;
  if (peer_.card().inboxes().empty()) return finish(fail(Errc::unavailable, reasons::kNoDispatcher), at);
  dial_next(at);
}

/// One at a time, in the card's order.
void ClaimingTask::dial_next(const Moment& at) {
  for (const identity::Dispatcher& dispatcher : peer_.card().inboxes()) {
    if (!tried_.insert(dispatcher.node_id).second) continue;
    const bool is_home = homes_.contains(dispatcher.node_id);
    return connections_.dial(dispatcher, effects_, is_home ? Caller::identified : Caller::anonymous);
  }
  finish_without(at);
}

void ClaimingTask::go_on(const NodeId& dispatcher, const Moment& at) {
  // Who failed stays known, for what its failure tells.
  if (connections_.ready(dispatcher) != nullptr) connections_.drop(dispatcher, effects_);
  dial_next(at);
}

void ClaimingTask::finish_without(const Moment& at) {
  if (has_answer_) return finish(fail(Errc::unavailable, reasons::kNoKeyPackage), at);
  finish(std::unexpected(connections_.failure()), at);
}

void ClaimingTask::hear(const NodeId& dispatcher, SessionReady&, const Moment&) {
  connections_.ready(dispatcher)->look_up(peer_.node_id());
}

void ClaimingTask::hear(const NodeId& dispatcher, CardFound& found, const Moment& at) {
  const Result<bool> is_newer = adopt_card(store_, peer_, found.card);
  if (!is_newer) return finish(std::unexpected(is_newer.error()), at);
  if (peer_.revocation()) return finish(fail(Errc::unauthentic, reasons::kRevoked), at);
  asked_for_ = common_suite();
  if (!asked_for_) return finish(fail(Errc::incompatible, reasons::kSuiteRefused), at);
  connections_.ready(dispatcher)
      ->claim_key_package(peer_.node_id(), static_cast<std::uint16_t>(*asked_for_), token_);
}

/// The first of ours that the peer offers too.
std::optional<crypto::SuiteId> ClaimingTask::common_suite() const {
  const std::vector<std::uint16_t>& theirs = peer_.card().mls_suites;
  for (const std::uint16_t number : suites_) {
    const crypto::Suite* const suite = crypto::find_suite(number);
    if (suite != nullptr && std::ranges::find(theirs, number) != theirs.end()) return suite->id;
  }
  return std::nullopt;
}

void ClaimingTask::hear(const NodeId& dispatcher, KeyPackageClaimed& event, const Moment& at) {
  has_answer_ = true;
  if (!event.package) return go_on(dispatcher, at);
  claimed_ = ClaimedKeyPackage{*asked_for_, *std::move(event.package)};
  finish({}, at);
}

}  // namespace

std::unique_ptr<Claiming> make_claiming(Store& store, const identity::Identity& identity,
                                        const SignedCard& peer) {
  return std::make_unique<ClaimingTask>(store, identity, peer);
}

}  // namespace taut::node
