#include "sim/task_host.hpp"

#include <utility>

#include "link/reasons.hpp"
#include "sim/node_process.hpp"

namespace taut::sim {

namespace {

/// How long links may take to end once their task is over.
constexpr Duration kLeaveMax = 1s;

}  // namespace

TaskHost::TaskHost(NodeProcess& process, std::unique_ptr<node::Task> task, Owner& owner)
    : process_(process),
      task_(std::move(task)),
      owner_(owner),
      alarm_(process.site().schedule, [this] { run([&](const auto& at) { return task_->tick(at); }); }) {}

TaskHost::~TaskHost() { *alive_ = false; }

node::Moment TaskHost::moment() const { return {process_.site().now(), process_.site().wall()}; }

void TaskHost::start() {
  run([&](const auto& at) { return task_->start(at); });
}

void TaskHost::settle_soon() {
  if (has_finished_ || std::exchange(will_settle_, true)) return;
  process_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    will_settle_ = false;
    if (has_finished_) return;
    run([&](const auto& at) { return task_->settle(at); });
    if (!has_finished_ && !process_.is_dead()) owner_.on_settled(*this);
  });
}

template <class Call>
void TaskHost::run(Call call) {
  if (process_.is_dead() || has_finished_) return;
  const node::Effects effects = process_.while_running(*this, [&] { return call(moment()); });
  if (process_.died_in_its_disk()) return;
  for (const node::Effect& effect : effects) {
    process_.site().chronicle.note(process_.site().id, "effect", effect.index());
    std::visit([this](const auto& one) { this->perform(one); }, effect);
  }
  if (process_.failed_in_its_disk()) return;
  if (!has_finished_) alarm_.arm(task_->next_deadline());
}

void TaskHost::perform(const node::Dial& effect) {
  hang_up(effect.dispatcher.node_id);
  links_up_.erase(effect.dispatcher.node_id);
  const std::shared_ptr<Hop> hop = process_.dial(effect, *this);
  if (hop) {
    hops_[effect.dispatcher.node_id] = hop;
    return;
  }
  process_.post([this, alive = std::weak_ptr(alive_), node = effect.dispatcher.node_id] {
    const Error why{Errc::exhausted, reasons::kQuota};
    if (!alive.expired()) run([&](const auto& at) { return task_->on_disconnected(node, why, at); });
  });
}

void TaskHost::perform(const node::SendFrame& effect) {
  const auto hop = hops_.find(effect.dispatcher);
  // A link that takes no frame is ending: on_disconnected tells the task.
  if (hop != hops_.end()) (void)hop->second->send(effect.frame);
}

void TaskHost::perform(const node::Receipt& effect) {
  process_.site().chronicle.hit("receipt", node::name_of(effect.outcome));
  owner_.on_receipt(*this, effect);
}

void TaskHost::perform(const node::Finished& effect) {
  has_finished_ = true;
  alarm_.arm(std::nullopt);
  while (!hops_.empty()) hang_up(hops_.begin()->first);
  const std::string_view how = effect.status ? "done" : effect.status.error().reason.name;
  process_.site().chronicle.hit("task finished", how);
  process_.site().chronicle.note(process_.site().id, how);
  process_.post([this, alive = std::weak_ptr(alive_), status = effect.status] {
    if (!alive.expired()) owner_.on_finished(*this, status);
  });
}

void TaskHost::hang_up(const NodeId& dispatcher) {
  const auto hop = hops_.find(dispatcher);
  if (hop == hops_.end()) return;
  hop->second->close();
  leaving_.push_back(std::move(hop->second));
  hops_.erase(hop);
  links_up_.erase(dispatcher);
  process_.after(kLeaveMax, [this, alive = std::weak_ptr(alive_), gone = leaving_.back().get()] {
    if (!alive.expired()) std::erase_if(leaving_, [&](const auto& one) { return one.get() == gone; });
  });
}

const NodeId* TaskHost::dispatcher_of(const Hop& hop) const {
  for (const auto& [node, one] : hops_)
    if (one.get() == &hop) return &node;
  return nullptr;
}

void TaskHost::on_up(Hop& hop, const link::Peer& peer) {
  const NodeId* node = dispatcher_of(hop);
  if (node == nullptr) return;
  process_.site().chronicle.require(peer.node_id == *node, "whom_i_called", "a link leads to another node");
  links_up_.insert(*node);
  run([&](const auto& at) { return task_->on_connected(*node, peer.session_id, at); });
}

void TaskHost::on_frame(Hop& hop, ByteView frame) {
  const NodeId* found = dispatcher_of(hop);
  if (found == nullptr) return;
  const NodeId node = *found;
  run([&](const auto& at) { return task_->on_frame(node, frame, at); });
  settle_soon();
}

void TaskHost::on_down(Hop& hop, const Error& why) {
  const NodeId* found = dispatcher_of(hop);
  if (found == nullptr) return;
  const NodeId node = *found;
  leaving_.push_back(std::move(hops_.at(node)));
  hops_.erase(node);
  links_up_.erase(node);
  process_.after(Duration{1}, [this, alive = std::weak_ptr(alive_), gone = leaving_.back().get()] {
    if (!alive.expired()) std::erase_if(leaving_, [&](const auto& one) { return one.get() == gone; });
  });
  run([&](const auto& at) { return task_->on_disconnected(node, why, at); });
}

}  // namespace taut::sim
