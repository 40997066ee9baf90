// How long a link takes to open, again and again.

#include <algorithm>
#include <cstdio>
#include <list>

#include "load.hpp"

namespace taut::load {
namespace {

using carrier::Loop;

class Opening final : public run::DispatcherLink::Owner {
 public:
  Opening(const identity::Dispatcher& to, unsigned per_second, std::chrono::seconds time)
      : to_(to), gap_(Duration(std::chrono::seconds(1)) / per_second), until_(Loop::now() + time) {}

  int run() {
    next_.arm(Loop::now());
    loop_.run();
    std::ranges::sort(took_ms_);
    const auto at = [&](double share) {
      return took_ms_.empty() ? 0.0 : took_ms_[static_cast<std::size_t>(share * double(took_ms_.size() - 1))];
    };
    std::printf(R"({"opened":%zu,"failed":%zu,"p50_ms":%.2f,"p99_ms":%.2f,"max_ms":%.2f})"
                "\n",
                took_ms_.size(), failed_, at(0.5), at(0.99), at(1));
    return 0;
  }

 private:
  struct Attempt {
    Instant began;
    std::unique_ptr<run::DispatcherLink> link;
    bool is_open = false;
  };

  void dial() {
    const Instant now = Loop::now();
    if (now < until_) {
      attempts_.push_back({now, std::make_unique<run::DispatcherLink>(loop_, caller_.local, to_, *this)});
      return next_.arm(now + gap_);
    }
    is_last_ = true;
    stop_if_done();
  }
  std::list<Attempt>::iterator find(const run::DispatcherLink& link) {
    return std::ranges::find_if(attempts_, [&](const Attempt& one) { return one.link.get() == &link; });
  }
  void stop_if_done() {
    if (is_last_ && attempts_.empty()) loop_.stop();
  }

  void on_connected(run::DispatcherLink& link) override {
    const auto attempt = find(link);
    took_ms_.push_back(std::chrono::duration<double, std::milli>(Loop::now() - attempt->began).count());
    attempt->is_open = true;
    link.hang_up();
  }
  void on_frame(run::DispatcherLink&, ByteView) override {}
  void on_disconnected(run::DispatcherLink& link, const Error&) override {
    const auto attempt = find(link);
    if (!attempt->is_open) ++failed_;
    loop_.post([this, attempt] {
      attempts_.erase(attempt);
      stop_if_done();
    });
  }

  Loop loop_;
  run::SystemRandom random_;
  Caller caller_{random_};
  identity::Dispatcher to_;
  Duration gap_;
  Instant until_;
  carrier::Timer next_{loop_, [this] { dial(); }};
  std::list<Attempt> attempts_;
  std::vector<double> took_ms_;
  std::size_t failed_ = 0;
  bool is_last_ = false;
};

}  // namespace

int handshakes(const identity::Dispatcher& to, unsigned per_second, std::chrono::seconds time) {
  return Opening(to, per_second, time).run();
}

}  // namespace taut::load
