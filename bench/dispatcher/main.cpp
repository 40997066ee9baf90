// The dispatcher as a process, on loopback (docs/performance/dispatcher.md).
// Usage: bench_dispatcher                 the command `taut` beside it, and mosquitto where it is installed
//        bench_dispatcher SIZE SENDERS    taut alone, for ever, for a profiler

#include <cstdio>
#include <filesystem>

#include "dispatcher/honest.hpp"
#include "dispatcher/mosquitto_broker.hpp"
#include "dispatcher/taut_broker.hpp"
#include "support/cpu_time.hpp"

namespace {

using namespace taut::bench;

constexpr std::size_t kMessages = 8000;  // below what an inbox holds
constexpr int kRuns = 5;

/// The middle of several runs, each figure for itself.
Figures middle_of(const std::vector<Figures>& runs) {
  const auto middle = [&](double Figures::* figure) {
    std::vector<double> values;
    for (const Figures& one : runs) values.push_back(one.*figure);
    return median(values);
  };
  return {middle(&Figures::stored_cpu_us), middle(&Figures::drained_cpu_us), middle(&Figures::stored_per_s),
          middle(&Figures::drained_per_s)};
}

struct Measured {
  const char* name;
  Broker& broker;
};

/// By turns, so that a machine that is busy for a while is so for all of them; the first turn warms up.
std::vector<Figures> print(const std::vector<Measured>& brokers, const Load& load) {
  std::vector<std::vector<Figures>> runs(brokers.size());
  for (int turn = 0; turn <= kRuns; ++turn)
    for (std::size_t i = 0; i < brokers.size(); ++i) {
      const Figures one = brokers[i].broker.run(load);
      if (turn > 0) runs[i].push_back(one);
    }
  std::vector<Figures> middles;
  for (std::size_t i = 0; i < brokers.size(); ++i) {
    const Figures of = middles.emplace_back(middle_of(runs[i]));
    std::printf("%-10s %6zu B %4zu senders  %7.2f %8.2f %9.2f   %9.0f %9.0f\n", brokers[i].name,
                load.content_bytes, load.senders, of.stored_cpu_us, of.drained_cpu_us, of.cpu_us(),
                of.stored_per_s, of.drained_per_s);
  }
  std::fflush(stdout);
  return middles;
}

void compare(TautBroker& ours, Broker& theirs, std::size_t content_bytes) {
  const auto figures = print({{"taut", ours}, {"mosquitto", theirs}}, {content_bytes, kMessages, 1});
  std::printf("taut / mosquitto, stored and drained: %.2f\n", figures[0].cpu_us() / figures[1].cpu_us());
}

}  // namespace

int main(int count, char** words) {
  const std::string command =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "taut").string();
  if (count == 3) {
    const Load load{std::stoul(words[1]), kMessages, std::stoul(words[2])};
    for (TautBroker alone(command);;) print({{"taut", alone}}, load);
  }

  std::puts("broker's processor time, us a message:     stored  drained  together    stored/s drained/s");
  TautBroker ours(command);
  print({{"taut", ours}}, {300, kMessages, 1});
  print({{"taut", ours}}, {300, kMessages, 32});
  if (const auto theirs = MosquittoBroker::start()) {
    compare(ours, *theirs, 100);
    compare(ours, *theirs, 1000);
  } else {
    std::puts("mosquitto  not measured: mosquitto, libmosquitto-dev and openssl are not all installed");
  }
  std::printf("taut erases afterwards, when idle: %.2f us a message\n", ours.erasing_cpu_us());

  const HonestFigures honest = run_honest(command, {300, kMessages, 1});
  std::printf("whole processes, 300 B: taut send %.1f us a message, taut recv %.1f us a message\n",
              honest.sender_cpu_us, honest.reader_cpu_us);
}
