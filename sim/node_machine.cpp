#include "sim/node_machine.hpp"

#include <utility>

#include "node/contacts.hpp"
#include "node/items.hpp"
#include "node/publishing.hpp"
#include "node/receiving.hpp"

namespace taut::sim {

namespace {

constexpr Duration kRetryOpening = 1s;
constexpr Duration kRetrySending = 3s;
constexpr Duration kWriteAgainAfter = 20s;
/// At each dispatcher: a life is about messages, and each package costs as much as three of them.
constexpr std::size_t kKeyPackages = 2;

std::vector<crypto::SuiteId> suites_of(unsigned first) {
  const auto one = crypto::SuiteId::x25519_aes128gcm_sha256_ed25519;
  const auto three = crypto::SuiteId::x25519_chacha20poly1305_sha256_ed25519;
  return first == 1 ? std::vector{one, three} : std::vector{three, one};
}

}  // namespace

NodeMachine::NodeMachine(Site site, const PlannedNode& plan, const Weather& weather, Ledger& ledger,
                         Dice& dice)
    : site_(std::move(site)),
      plan_(plan),
      ledger_(ledger),
      dice_(dice),
      disk_(site_.id, weather, site_.chronicle, dice) {
  disk_.committed = [this](const auto& before, const auto& after) { on_committed(before, after); };
}

// ---------------------------------------------------------------------- set-up

void NodeMachine::initialise(const std::string& name) {
  const node::Moment at{site_.now(), site_.wall()};
  node::initialise(disk_, {name, suites_of(plan_.first_suite)}, kHere, at, site_.random).value();
  id_ = card().node_id();
}

identity::SignedCard NodeMachine::card() {
  std::optional<identity::SignedCard> card;
  const auto load = [&](node::Transaction& transaction) -> Status {
    TAUT_TRY(card, node::own_card(transaction));
    return {};
  };
  disk_.read(load).value();
  return *card;
}

void NodeMachine::use(std::vector<identity::SignedCard> dispatchers, Schedule::Action done) {
  if (dispatchers.empty()) return done();
  if (!process_) boot();
  const identity::SignedCard next = dispatchers.front();
  dispatchers.erase(dispatchers.begin());
  used_ = [this, rest = std::move(dispatchers), done = std::move(done)] { use(rest, done); };
  using_ = &process_->run(node::make_using(disk_, process_->identity(), next), *this);
  using_->start();
}

void NodeMachine::meet(const std::string& petname, const identity::SignedCard& card) {
  node::add_contact(disk_, petname, card, node::Verification::verified, site_.wall()).value();
}

// ---------------------------------------------------------------------- life

void NodeMachine::boot() {
  ++lives_;
  site_.network.revive(site_.id);
  disk_.reopen();
  process_ = std::make_unique<NodeProcess>(
      site_, disk_, plan_.carrier, [this] { crash(Network::Death::process, dice_.between(500ms, 3000ms)); });
  site_.chronicle.note(site_.id, "boot");
  if (!process_->open(move_)) return crash(Network::Death::process, kRetryOpening);
  if (!peers_.empty()) begin();
}

void NodeMachine::begin() {
  receive();
  show_soon();
  attend_later(Duration{});
}

void NodeMachine::crash(Network::Death death, Duration back_after) {
  if (!process_) return;
  site_.chronicle.note(site_.id, "crash", static_cast<std::uint64_t>(death));
  site_.chronicle.hit("crash", death == Network::Death::power ? "node, power" : "node, process");
  process_->die();
  site_.network.kill(site_.id, death);
  for (const auto& sender : senders_) give_back(*sender);
  senders_.clear();
  receiving_ = using_ = nullptr;
  will_show_ = false;
  process_.reset();
  site_.schedule.after(back_after, [this, life = lives_] {
    if (life == lives_ && !process_) boot();
  });
}

void NodeMachine::receive() {
  receiving_ = &process_->run(
      node::make_receiving(disk_, process_->identity(), site_.random, node::Stay::for_more, kKeyPackages),
      *this);
  receiving_->start();
}

void NodeMachine::on_finished(TaskHost& host, const Status& status) {
  process_->forget(host);
  if (&host == using_) {
    status.value();  // nothing goes wrong yet
    using_ = nullptr;
    const Schedule::Action next = std::move(used_);
    return next();
  }
  if (&host == receiving_) {
    receiving_ = nullptr;
    return process_->after(1s, [this] { receive(); });
  }
  for (const auto& sender : senders_)
    if (sender->host == &host) give_back(*sender);
  std::erase_if(senders_, [&](const auto& one) { return one->host == &host; });
  attend_later(kRetrySending);
}

// ---------------------------------------------------------------------- sending

void NodeMachine::write(Ledger::Number number) {
  waiting_[ledger_.at(number).to].push_back(number);
  if (is_up()) attend_later(Duration{});
}

void NodeMachine::attend_later(Duration delay) {
  process_->after(delay, [this] { attend(); });
}

bool NodeMachine::has_work(MachineId to) const {
  const auto waiting = waiting_.find(to);
  if (waiting != waiting_.end() && !waiting->second.empty()) return true;
  const NodeId& node = peers_.at(to);
  return std::ranges::any_of(disk_.state().outgoing,
                             [&](const auto& row) { return row.second.recipient == node; });
}

void NodeMachine::attend() {
  for (const auto& [to, node] : peers_) {
    const auto under_way = std::ranges::count(senders_, to, [](const auto& one) { return one->to; });
    // Now and then two commands send side by side.
    const bool is_free = under_way == 0 || (under_way == 1 && !waiting_[to].empty() && dice_.happens(20));
    if (is_free && has_work(to)) send(to);
  }
}

void NodeMachine::send(MachineId to) {
  const auto card = identity::SignedCard::restore(disk_.state().cards.at(peers_.at(to)));
  auto sender = std::make_unique<Sender>();
  sender->to = to;
  if (!waiting_[to].empty()) sender->ttl = ledger_.at(waiting_[to].front()).ttl;
  node::SendOptions options;
  if (sender->ttl.count() > 0) options.handling.ttl = sender->ttl;
  auto task = node::make_sending(disk_, process_->identity(), card.value(), site_.random, options);
  sender->task = task.get();
  sender->host = &process_->run(std::move(task), *this);
  offer(*sender);
  TaskHost& host = *sender->host;
  senders_.push_back(std::move(sender));
  host.start();
  host.settle_soon();
}

/// What has the same lifetime, as far as there is room.
void NodeMachine::offer(Sender& sender) {
  std::deque<Ledger::Number>& waiting = waiting_[sender.to];
  while (!waiting.empty() && ledger_.at(waiting.front()).ttl == sender.ttl) {
    const Ledger::Number number = waiting.front();
    if (!sender.task->offer({envelope::ContentType::bytes, ledger_.at(number).body})) return;
    sender.offered.push_back(number);
    waiting.pop_front();
  }
  sender.has_all = true;
  sender.task->no_more();
}

void NodeMachine::on_settled(TaskHost& host) {
  for (const auto& sender : senders_) {
    if (sender->host != &host || sender->has_all) continue;
    offer(*sender);
    host.settle_soon();
  }
}

/// What was offered and not sealed never was.
void NodeMachine::give_back(Sender& sender) {
  std::deque<Ledger::Number>& waiting = waiting_[sender.to];
  waiting.insert(waiting.begin(), sender.offered.begin(), sender.offered.end());
  sender.offered.clear();
}

void NodeMachine::on_committed(const NodeDisk::State& before, const NodeDisk::State& after) {
  for (auto row = after.outgoing.upper_bound(before.last_outgoing); row != after.outgoing.end(); ++row) {
    if (ledger_.knows(row->second.message_id)) {
      ledger_.on_readdressed(row->second);
      continue;
    }
    const TaskHost* host = process_->running();
    for (const auto& sender : senders_) {
      if (sender->host != host) continue;
      ledger_.on_sealed(sender->offered.front(), row->second);
      sender->offered.pop_front();
    }
  }
}

void NodeMachine::on_receipt(TaskHost&, const node::Receipt& receipt) {
  const auto again = ledger_.on_receipt(receipt);
  if (!again) return;
  site_.schedule.after(kWriteAgainAfter, [this, number = *again] { write(ledger_.write_again(number)); });
}

// ---------------------------------------------------------------------- reading

void NodeMachine::show_soon() {
  if (std::exchange(will_show_, true)) return;
  process_->post([this] { show(); });
}

void NodeMachine::show() {
  will_show_ = false;
  for (;;) {
    const auto items = node::take(disk_, 16);
    if (process_->failed_in_its_disk()) return;
    if (!items) return process_->after(1s, [this] { show_soon(); });
    if (items->empty()) return;
    std::vector<node::RowNumber> numbers;
    for (const node::Item& item : *items) {
      site_.chronicle.note(site_.id, "shown", item.number);
      ledger_.on_shown(site_.id, item);
      numbers.push_back(item.number);
    }
    const Status marked = node::mark_shown(disk_, numbers);
    if (process_->failed_in_its_disk()) return;
    // They are shown, and not marked: another try shows them again.
    if (!marked) return process_->after(1s, [this] { show_soon(); });
  }
}

bool NodeMachine::is_quiet() const { return why_not_quiet().empty(); }

std::string NodeMachine::why_not_quiet() const {
  const std::string who = "machine " + std::to_string(site_.id);
  if (!is_up()) return who + " is down";
  if (!senders_.empty()) return who + " is sending";
  for (const auto& [to, waiting] : waiting_)
    if (!waiting.empty()) return who + " has something to send";
  if (!disk_.state().outgoing.empty()) return who + " has something in its outbox";
  if (!disk_.state().items.empty()) return who + " has something to show";
  if (!disk_.state().held.empty()) return who + " waits for a missing message";
  return {};
}

}  // namespace taut::sim
