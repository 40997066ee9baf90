// Links that idle.

#include <unistd.h>

#include <cstdio>
#include <deque>
#include <thread>

#include "load.hpp"

namespace taut::load {
namespace {

/// Fewer than a dispatcher allows one node.
constexpr std::size_t kLinksPerNode = 50;
/// Handshakes under way at once; of one node fewer than it may have half open.
constexpr std::size_t kOpeningMax = 16;

class Holding final : public run::DispatcherLink::Owner {
 public:
  Holding(const identity::Dispatcher& to, std::size_t count) : to_(to), count_(count) {
    while (callers_.size() < kOpeningMax || callers_.size() * kLinksPerNode < count)
      callers_.emplace_back(random_);
  }

  int run() {
    for (std::size_t i = 0; i < kOpeningMax; ++i) dial();
    std::thread until_stdin_ends([this] {
      for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) > 0;) {
      }
      loop_.stop();
    });
    loop_.run();
    until_stdin_ends.join();
    return open_ == count_ ? 0 : 1;
  }

 private:
  void dial() {
    if (links_.size() == count_) return;
    const link::Local& caller = callers_[links_.size() % callers_.size()].local;
    links_.push_back(std::make_unique<run::DispatcherLink>(loop_, caller, to_, *this));
  }
  void say(const char* what) {
    std::printf("%s %zu\n", what, open_);
    std::fflush(stdout);
  }

  void on_connected(run::DispatcherLink&) override {
    if (++open_ == count_) say("open");
    loop_.post([this] { dial(); });
  }
  void on_frame(run::DispatcherLink&, ByteView) override {}
  void on_disconnected(run::DispatcherLink&, const Error& why) override {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(why.reason.name.size()), why.reason.name.data());
    say("lost");
  }

  carrier::Loop loop_;
  run::SystemRandom random_;
  identity::Dispatcher to_;
  std::size_t count_;
  std::size_t open_ = 0;
  std::deque<Caller> callers_;
  std::vector<std::unique_ptr<run::DispatcherLink>> links_;
};

}  // namespace

int hold(const identity::Dispatcher& to, std::size_t count) { return Holding(to, count).run(); }

}  // namespace taut::load
