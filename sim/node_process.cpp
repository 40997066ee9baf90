#include "sim/node_process.hpp"

#include "sim/watch.hpp"

namespace taut::sim {

namespace {

MachineId machine_of(const identity::Dispatcher& dispatcher) {
  const std::string& host = dispatcher.addresses.front().host;
  return static_cast<MachineId>(std::stoul(host.substr(host.rfind('.') + 1)));
}

}  // namespace

NodeProcess::NodeProcess(Site& site, NodeDisk& disk, Carrier carrier, Schedule::Action on_end)
    : Process(site), disk_(disk), carrier_(carrier), on_end_(std::move(on_end)) {}

Status NodeProcess::open(unsigned move) {
  TAUT_TRY(self_, node::open(disk_, kHere, {site().now(), site().wall()}, site().random));
  link::Limits limits;
  limits.queue_bytes_max = std::size_t{8} << 20;  // a task bounds what it has under way itself
  local_.emplace(link::Local{self_->identity, site().random, limits, &known_peers_});
  socket_ = std::make_unique<Socket>(*this, *local_, link::Purposes{}, move, nullptr);
  return {};
}

TaskHost& NodeProcess::run(std::unique_ptr<node::Task> task, TaskHost::Owner& owner) {
  tasks_.push_back(std::make_unique<TaskHost>(*this, std::move(task), owner));
  return *tasks_.back();
}

void NodeProcess::forget(TaskHost& host) {
  // Its links have a moment to end.
  after(2s,
        [this, gone = &host] { std::erase_if(tasks_, [&](const auto& one) { return one.get() == gone; }); });
}

std::shared_ptr<Hop> NodeProcess::dial(const node::Dial& effect, Hop::Owner& owner) {
  const bool is_anonymous = effect.caller == node::Caller::anonymous;
  const auto remote = is_anonymous ? link::anonymous_remote_of(effect.dispatcher)
                                   : link::remote_of(effect.dispatcher, self_->identity);
  if (!remote) return nullptr;
  const MachineId to = machine_of(effect.dispatcher);
  if (carrier_ == Carrier::datagram) return socket_->dial(owner, *remote, to);
  const auto make_link = [this, remote = *remote] {
    return link::StreamLink::dial(*local_, remote, link::Purpose::dispatcher, site().now(), site().wall());
  };
  return StreamHop::dial(*this, owner, to, make_link);
}

bool NodeProcess::died_in_its_disk() {
  if (is_dead()) return true;
  if (!disk_.has_died()) return false;
  die();
  site().schedule.after(Duration{}, on_end_);
  return true;
}

bool NodeProcess::failed_in_its_disk() {
  if (is_dead()) return true;
  if (!disk_.has_failed()) return false;
  die();
  site().schedule.after(Duration{}, on_end_);
  return true;
}

std::uint64_t NodeProcess::footprint() const {
  std::uint64_t sum = fingerprint(std::array{static_cast<Byte>(tasks_.size())}, disk_.state().last_item);
  for (const auto& task : tasks_) sum = fingerprint(std::array{static_cast<Byte>(task->links_up())}, sum);
  return sum + socket_->endpoint().link_count();
}

}  // namespace taut::sim
