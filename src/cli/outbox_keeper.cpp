#include "cli/outbox_keeper.hpp"

#include <algorithm>

#include "cli/send_words.hpp"
#include "node/contacts.hpp"
#include "node/releases.hpp"

namespace taut::cli {
namespace {

constexpr std::chrono::seconds kRetryAge{60};
constexpr std::size_t kSideBySide = 4;
/// How long somebody waits who could not be reached: doubles from the first to the last.
constexpr std::chrono::seconds kFailedFirst{15};
constexpr std::chrono::seconds kFailedLast{600};

}  // namespace

/// What goes to one recipient.
class OutboxKeeper::Putting final : public run::TaskRunner::Owner {
 public:
  Putting(OutboxKeeper& keeper, const node::Contact& contact, const Work& work)
      : keeper_(keeper), recipient_(work.recipient), petname_(contact.petname) {
    const auto card = std::ranges::find(contact.cards, recipient_, &identity::SignedCard::node_id);
    node::SendOptions options;
    options.pending = work.what;
    const OpenNode& node = keeper.node_;
    sending_ = node::make_sending(*node.store, node.self.identity, *card, keeper.context_.random, options);
    sending_->no_more();
    runner_ = std::make_unique<run::TaskRunner>(keeper.loop_, *sending_, node.self.identity,
                                                keeper.context_.random, *this);
  }
  void start() { runner_->start(); }
  void stop() { runner_->stop(); }

 private:
  void on_receipt(const node::Receipt& receipt) override {
    (void)print_receipt(keeper_.context_, receipt, petname_);  // a closed stdout is no reason to stop
  }
  void on_finished(const Status& status) override {
    keeper_.posts_.post(
        [&keeper = keeper_, recipient = recipient_, status] { keeper.note_end(recipient, status); });
  }

  OutboxKeeper& keeper_;
  NodeId recipient_;
  std::string petname_;
  std::unique_ptr<node::Sending> sending_;
  std::unique_ptr<run::TaskRunner> runner_;
};

OutboxKeeper::OutboxKeeper(carrier::Loop& loop, const OpenNode& node, Context& context,
                           carrier::Loop::Task on_idle)
    : loop_(loop), node_(node), context_(context), on_idle_(std::move(on_idle)), posts_(loop) {}

OutboxKeeper::~OutboxKeeper() = default;

void OutboxKeeper::put_all() {
  const auto rows = node::outbox(*node_.store);
  const auto now = moment().wall;
  if (rows) tell_released(*rows);
  if (rows && now)
    for (const node::Waiting& row : *rows)
      if (row.stage != node::Stage::released && row.created + std::chrono::milliseconds(kRetryAge) <= *now)
        add({row.recipient, node::Pending::unreleased});
  put_releases();
}

/// What was signed for since the last time is left for a command that waits for it: it looks twice a second,
/// and a row that has gone meanwhile tells it nothing.
void OutboxKeeper::tell_released(const std::vector<node::Waiting>& rows) {
  std::set<node::RowNumber> released;
  for (const node::Waiting& row : rows) {
    if (row.stage != node::Stage::released) continue;
    released.insert(row.number);
    if (!released_before_.contains(row.number)) continue;
    const auto contact = node::find_contact(*node_.store, to_text(row.recipient));
    const node::Receipt receipt{row.message_id,
                                row.recipient,
                                row.created,
                                node::Outcome::released,
                                node::Origin::earlier_task,
                                0,
                                {},
                                {}};
    if (contact) (void)print_receipt(context_, receipt, contact->petname);
    (void)node::drop(*node_.store, row.number);  // busy: it is told again
  }
  released_before_ = std::move(released);
}

void OutboxKeeper::put_releases() {
  add_releases();
  next();
}

void OutboxKeeper::stop() {
  waiting_.clear();
  for (const auto& [recipient, putting] : under_way_) putting->stop();
}

void OutboxKeeper::add(const Work& work) {
  const bool is_there = std::ranges::find(waiting_, work) != waiting_.end();
  if (!is_there && !is_backing_off(work.recipient)) waiting_.push_back(work);
}

/// Before everything else, in their order as it is now.
void OutboxKeeper::add_releases() {
  const auto recipients = node::releases_waiting(*node_.store);
  if (!recipients) return;  // a state that cannot be read: others say so
  std::vector<Work> rest = std::exchange(waiting_, {});
  std::erase_if(rest, [](const Work& work) { return work.what == node::Pending::releases; });
  for (const NodeId& recipient : *recipients) add({recipient, node::Pending::releases});
  waiting_.insert(waiting_.end(), rest.begin(), rest.end());
}

bool OutboxKeeper::is_backing_off(const NodeId& recipient) const {
  const auto failed = failed_.find(recipient);
  return failed != failed_.end() && carrier::Loop::now() < failed->second.again_at;
}

void OutboxKeeper::next() {
  // Never two to one recipient: both would put the same rows.
  const auto may_go = [&](const Work& work) { return !under_way_.contains(work.recipient); };
  while (under_way_.size() < kSideBySide) {
    const auto work = std::ranges::find_if(waiting_, may_go);
    if (work == waiting_.end()) return;
    const Work chosen = *work;
    waiting_.erase(work);
    begin(chosen);
  }
}

void OutboxKeeper::begin(const Work& work) {
  const auto contact = node::find_contact(*node_.store, to_text(work.recipient));
  if (!contact) return;  // removed since: taut outbox drop
  auto& putting = under_way_[work.recipient] = std::make_unique<Putting>(*this, *contact, work);
  putting->start();
}

void OutboxKeeper::note_end(const NodeId& recipient, const Status& status) {
  under_way_.erase(recipient);
  if (status) {
    failed_.erase(recipient);
  } else {
    Failed& failed = failed_[recipient];
    failed.delay = std::clamp<Duration>(failed.delay * 2, kFailedFirst, kFailedLast);
    failed.again_at = carrier::Loop::now() + failed.delay;
  }
  next();
  if (!is_busy() && on_idle_) on_idle_();
}

}  // namespace taut::cli
