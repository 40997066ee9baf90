#include "node/listing.hpp"

#include <set>

#include "node/linked_task.hpp"
#include "node/own_dispatchers.hpp"

namespace taut::node {

namespace {

class ListingTask final : public LinkedTask<Listing> {
 public:
  ListingTask(Store& store, const identity::Identity& identity) : store_(store), identity_(identity) {}

  std::vector<SeenDevice> devices() const override {
    std::vector<SeenDevice> seen;
    for (const auto& [which, device] : found_) seen.push_back({which.first, device});
    return seen;
  }

 private:
  void begin(const Moment& at) override;
  void on_lost(const NodeId&, const Moment& at) override { finish_if_done(at); }
  void gather(const Moment&) override {}
  void on_tick(const Moment&) override {}
  std::optional<Instant> own_deadline() const override { return std::nullopt; }
  void end_early(const Moment& at) override { finish({}, at); }

  using LinkedTask::hear;
  void hear(const NodeId& dispatcher, SessionReady&, const Moment&) override { ask_next(dispatcher); }
  void hear(const NodeId&, CardFound&, const Moment&) override {}
  void hear(const NodeId& dispatcher, DevicesFound& found, const Moment& at) override;
  /// It could not say just now.
  void hear(const NodeId& dispatcher, Answered&, const Moment& at) override { leave(dispatcher, at); }

  void ask_next(const NodeId& dispatcher);
  void leave(const NodeId& dispatcher, const Moment& at);
  void finish_if_done(const Moment& at);

  Store& store_;
  const identity::Identity& identity_;
  std::vector<NodeId> wanted_;                  ///< ascending
  std::map<NodeId, std::size_t> asked_counts_;  ///< of them, at each dispatcher
  std::map<std::pair<NodeId, NodeId>, frame::Device> found_;
  bool has_answer_ = false;
};

void ListingTask::begin(const Moment& at) {
  std::vector<OwnDispatcher> dispatchers;
  std::set<NodeId> wanted{identity_.node_id()};
  const Status loaded = store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(dispatchers, own_dispatchers(transaction));
    TAUT_TRY(const std::vector<ContactRow> contacts, transaction.contacts());
    for (const ContactRow& contact : contacts) wanted.insert(contact.nodes.begin(), contact.nodes.end());
    return {};
  });
  if (!succeeded(loaded, at)) return;
  if (dispatchers.empty()) return finish(fail(Errc::unavailable, reasons::kNoDispatcher), at);
  wanted_.assign(wanted.begin(), wanted.end());
  for (const OwnDispatcher& one : dispatchers)
    if (const auto dispatcher = as_dispatcher(one.card)) connections_.dial(*dispatcher, effects_);
}

void ListingTask::ask_next(const NodeId& dispatcher) {
  std::size_t& count = asked_counts_[dispatcher];
  const std::size_t more = std::min(wanted_.size() - count, frame::kListedMax);
  const auto first = wanted_.begin() + static_cast<std::ptrdiff_t>(count);
  connections_.ready(dispatcher)->list_devices({first, first + static_cast<std::ptrdiff_t>(more)});
  count += more;
}

void ListingTask::hear(const NodeId& dispatcher, DevicesFound& found, const Moment& at) {
  has_answer_ = true;
  for (frame::Device& device : found.devices) {
    const NodeId node = device.node;
    found_.insert_or_assign({dispatcher, node}, std::move(device));
  }
  if (asked_counts_[dispatcher] < wanted_.size()) return ask_next(dispatcher);
  leave(dispatcher, at);
}

void ListingTask::leave(const NodeId& dispatcher, const Moment& at) {
  connections_.drop(dispatcher, effects_);
  finish_if_done(at);
}

void ListingTask::finish_if_done(const Moment& at) {
  using State = Connections::State;
  for (const State busy : {State::dialling, State::greeting, State::ready})
    if (!connections_.in_state(busy).empty()) return;
  finish(has_answer_ ? Status() : Status(std::unexpected(connections_.failure())), at);
}

}  // namespace

std::unique_ptr<Listing> make_listing(Store& store, const identity::Identity& identity) {
  return std::make_unique<ListingTask>(store, identity);
}

}  // namespace taut::node
