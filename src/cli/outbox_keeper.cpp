#include "cli/outbox_keeper.hpp"

#include "cli/send_words.hpp"
#include "node/contacts.hpp"
#include "node/outbox.hpp"
#include "node/releases.hpp"

namespace taut::cli {
namespace {

constexpr std::chrono::seconds kRetryAge{60};

}  // namespace

OutboxKeeper::OutboxKeeper(carrier::Loop& loop, const OpenNode& node, Context& context,
                           carrier::Loop::Task on_idle)
    : loop_(loop), node_(node), context_(context), on_idle_(std::move(on_idle)), posts_(loop) {}

void OutboxKeeper::put_all() {
  const auto rows = node::outbox(*node_.store);
  const auto now = moment().wall;
  if (rows && now)
    for (const node::Waiting& row : *rows)
      if (row.created + std::chrono::milliseconds(kRetryAge) <= *now)
        waiting_.insert({row.recipient, node::Pending::all});
  put_releases();
}

void OutboxKeeper::put_releases() {
  add_releases();
  if (!runner_) next();
}

void OutboxKeeper::stop() {
  waiting_.clear();
  if (runner_) runner_->stop();
}

void OutboxKeeper::add_releases() {
  const auto recipients = node::releases_waiting(*node_.store);
  if (!recipients) return;  // a state that cannot be read: others say so
  for (const NodeId& recipient : *recipients) waiting_.insert({recipient, node::Pending::releases});
}

void OutboxKeeper::next() {
  const bool was_busy = runner_ != nullptr;
  runner_.reset();
  while (!waiting_.empty()) {
    const Work work = waiting_.extract(waiting_.begin()).value();
    const auto contact = node::find_contact(*node_.store, to_text(work.recipient));
    if (!contact) continue;  // removed since: taut outbox drop
    const auto card = std::ranges::find(contact->cards, work.recipient, &identity::SignedCard::node_id);
    petname_ = contact->petname;
    node::SendOptions options;
    options.pending = work.what;
    sending_ = node::make_sending(*node_.store, node_.self.identity, *card, context_.random, options);
    sending_->no_more();
    runner_ =
        std::make_unique<run::TaskRunner>(loop_, *sending_, node_.self.identity, context_.random, *this);
    return runner_->start();
  }
  if (was_busy && on_idle_) on_idle_();
}

void OutboxKeeper::on_receipt(const node::Receipt& receipt) {
  (void)print_receipt(context_, receipt, petname_);  // a closed stdout is no reason to stop
}

void OutboxKeeper::on_finished(const Status&) {
  posts_.post([this] { next(); });
}

}  // namespace taut::cli
