#include "run/task_runner.hpp"

#include "run/clocks.hpp"

namespace taut::run {

using carrier::Loop;

namespace {

/// How long links may take to end properly once the task is over.
constexpr std::chrono::seconds kLeaveMax{1};

link::Limits link_limits() {
  link::Limits limits;
  limits.handshake_deadline = kHandshakeDeadline;
  limits.queue_bytes_max = std::size_t{8} << 20;  // a task bounds what it has under way itself
  return limits;
}

}  // namespace

TaskRunner::TaskRunner(Loop& loop, node::Task& task, const identity::Identity& identity, Random& random,
                       Owner& owner)
    : loop_(loop),
      task_(task),
      local_{.identity = identity, .random = random, .limits = link_limits()},
      owner_(owner),
      timer_(loop, [this] { perform(task_.tick(node_moment())); }),
      leaving_timer_(loop,
                     [this] {
                       leaving_.clear();
                       finish_if_alone();
                     }),
      posts_(loop) {}

void TaskRunner::start() { perform(task_.start(node_moment())); }

void TaskRunner::stop() {
  if (!finished_) perform(task_.stop(node_moment()));
}

void TaskRunner::settle_soon() {
  if (std::exchange(will_settle_, true)) return;
  posts_.post([this] {
    will_settle_ = false;
    if (finished_) return;
    perform(task_.settle(node_moment()));
    if (!finished_) owner_.on_settled();
  });
}

void TaskRunner::perform(node::Effects effects) {
  std::ranges::move(effects, std::back_inserter(effects_));
  if (std::exchange(is_performing_, true)) return;  // called by an owner that is being told something
  while (!effects_.empty()) {
    const node::Effect effect = std::move(effects_.front());
    effects_.pop_front();
    std::visit([this](const auto& one) { perform(one); }, effect);
  }
  is_performing_ = false;
  if (!finished_) timer_.arm_by(task_.next_deadline());
}

void TaskRunner::perform(const node::Dial& effect) {
  const NodeId& node = effect.dispatcher.node_id;
  hang_up(node);
  dialled_.insert_or_assign(node, effect.dispatcher);
  links_[node] = std::make_unique<DispatcherLink>(loop_, local_, effect.dispatcher, *this, effect.caller);
}

void TaskRunner::perform(const node::SendFrame& effect) {
  const auto link = links_.find(effect.dispatcher);
  if (link == links_.end()) return;
  // A link that takes no frame is ending: on_disconnected tells the task.
  (void)link->second->send(effect.frame);
}

void TaskRunner::perform(const node::HangUp& effect) { hang_up(effect.dispatcher); }

void TaskRunner::perform(const node::Finished& effect) {
  finished_ = effect.status;
  effects_.clear();
  timer_.arm(std::nullopt);
  while (!links_.empty()) hang_up(links_.begin()->first);
  leaving_timer_.arm(Loop::now() + kLeaveMax);
  posts_.post([this] { finish_if_alone(); });
}

void TaskRunner::hang_up(const NodeId& dispatcher) {
  const auto link = links_.find(dispatcher);
  if (link == links_.end()) return;
  link->second->hang_up();
  leaving_.push_back(std::move(link->second));
  links_.erase(link);
}

void TaskRunner::finish_if_alone() {
  if (!finished_ || !leaving_.empty()) return;
  leaving_timer_.arm(std::nullopt);
  const Status status = *finished_;
  owner_.on_finished(status);
}

void TaskRunner::on_connected(DispatcherLink& link) {
  perform(task_.on_connected(link.node_id(), link.session(), node_moment()));
}

void TaskRunner::on_frame(DispatcherLink& link, ByteView frame) {
  perform(task_.on_frame(link.node_id(), frame, node_moment()));
  settle_soon();
}

void TaskRunner::on_disconnected(DispatcherLink& link, const Error& why) {
  const auto held = links_.find(link.node_id());
  const bool was_ours = held != links_.end() && held->second.get() == &link;
  if (was_ours) {
    last_link_failure_ = LinkFailure{dialled_.at(link.node_id()), why};
    leaving_.push_back(std::move(held->second));
    links_.erase(held);
  }
  // Its own call is still under way: erased later.
  posts_.post([this, gone = &link] {
    std::erase_if(leaving_, [gone](const auto& one) { return one.get() == gone; });
    finish_if_alone();
  });
  if (was_ours && !finished_) perform(task_.on_disconnected(link.node_id(), why, node_moment()));
}

}  // namespace taut::run
