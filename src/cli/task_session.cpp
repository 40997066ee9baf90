#include "cli/task_session.hpp"

#include <unistd.h>

namespace taut::cli {
namespace {

struct UntilFinished final : run::TaskRunner::Owner {
  explicit UntilFinished(carrier::Loop& its_loop) : loop(its_loop) {}
  void on_receipt(const node::Receipt& receipt) override {
    if (tell_receipt) tell_receipt(receipt);
  }
  void on_published(const NodeId& dispatcher) override {
    if (tell_published) tell_published(dispatcher);
  }
  void on_finished(const Status& status) override {
    end = status;
    loop.stop();
  }

  carrier::Loop& loop;
  std::function<void(const node::Receipt&)> tell_receipt;
  std::function<void(const NodeId&)> tell_published;
  Status end;
};

}  // namespace

std::unexpected<Failure> interrupted() {
  return failure(ExitCode::interrupted, "interrupted", "Interrupted", "");
}

Session::Session(carrier::Loop::Task on_interrupt, carrier::Loop::Task on_reload)
    : signals_(
          loop_,
          [this, on_interrupt = std::move(on_interrupt)] {
            if (++interrupts_ > 1) ::_exit(static_cast<int>(ExitCode::interrupted));
            on_interrupt();
          },
          std::move(on_reload)) {}

Outcome<TaskEnd> run_task(node::Task& task, const OpenNode& node, Context& context,
                          std::function<void(const node::Receipt&)> on_receipt,
                          std::function<void(const NodeId&)> on_published) {
  run::TaskRunner* running = nullptr;
  Session session([&] { running->stop(); });
  UntilFinished owner(session.loop());
  owner.tell_receipt = std::move(on_receipt);
  owner.tell_published = std::move(on_published);
  run::TaskRunner runner(session.loop(), task, node.self.identity, context.random, owner);
  running = &runner;
  session.loop().post([&] { runner.start(); });
  session.loop().run();
  if (session.was_interrupted()) return interrupted();
  return TaskEnd{owner.end, runner.last_link_failure()};
}

}  // namespace taut::cli
