// A link as its owner sees it: handshakes in units of X25519 operations measured in the same run,
// records per message.

#include <benchmark/benchmark.h>

#include <ctime>

#include "support/two_ends.hpp"

using namespace taut;
using namespace taut::test;
using benchmark::State;

namespace {

using benchmark::Counter;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Seconds for one X25519 with a foreign key, measured just before it is used as a unit.
double x25519_seconds() {
  SeededRandom random(3);
  const auto mine = crypto::DhKeyPair::generate(crypto::DhId::x25519, random).value();
  const auto theirs = crypto::DhKeyPair::generate(crypto::DhId::x25519, random).value();
  constexpr int kCount = 2000;
  const double start = cpu_seconds();
  for (int i = 0; i < kCount; ++i) benchmark::DoNotOptimize(crypto::dh(mine, theirs.public_key));
  return (cpu_seconds() - start) / kCount;
}

/// From dialling to PeerAuthenticated at both ends, on one core.
void handshake(State& state, SuiteId suite, bool knows_peers) {
  Node alice(1, std::array{suite}), bob(2, std::array{suite});
  KnownPeers alices, bobs;
  if (knows_peers) alice.known_peers = &alices, bob.known_peers = &bobs;
  const Remote remote = bob.remote(suite);
  Bytes buffer(kFlushBytesMin);
  Events events;
  const double unit = x25519_seconds();
  const double start = cpu_seconds();
  for (auto _ : state) {
    StreamLink a = StreamLink::dial(alice.local(), remote, Purpose::peer, {}, kNoon).value();
    StreamLink b = StreamLink::accept(bob.local(), {Purpose::peer}, {}, kNoon);
    b.receive(MutableByteView(buffer).first(a.flush(buffer, {}).value()), {}, events);
    a.receive(MutableByteView(buffer).first(b.flush(buffer, {}).value()), {}, events);
    b.receive(MutableByteView(buffer).first(a.flush(buffer, {}).value()), {}, events);
    if (a.peer() == nullptr || b.peer() == nullptr) state.SkipWithError("no handshake");
    events.clear();
  }
  const double each = (cpu_seconds() - start) / static_cast<double>(state.iterations());
  state.counters["x25519_ops"] = each / unit;
}

struct Joined {
  explicit Joined(SuiteId suite) : ends(Limits{.queue_bytes_max = 1 << 22}, suite) { ends.pump(); }
  TwoEnds ends;
};

Counter per_message(double count) {
  return Counter(count, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

/// `batch` frames queued, then flushed.
void seal(State& state, SuiteId suite) {
  Joined joined(suite);
  StreamLink& link = joined.ends.a.link;
  const Bytes frame(static_cast<std::size_t>(state.range(0)), 7);
  const auto batch = state.range(1);
  Bytes buffer(4 * kFlushBytesMin);
  for (auto _ : state) {
    for (std::int64_t i = 0; i < batch; ++i) (void)link.send(frame);
    if (link.flush(buffer, {}).value() == 0) state.SkipWithError("nothing sealed");
  }
  state.counters["per_message"] = per_message(static_cast<double>(batch));
}

/// Records of `batch` frames each, opened one receive() at a time.
void open(State& state, SuiteId suite) {
  Joined joined(suite);
  const Bytes frame(static_cast<std::size_t>(state.range(0)), 7);
  const auto batch = state.range(1);
  constexpr int kRecords = 200;
  std::vector<Bytes> records(kRecords);
  Bytes buffer(4 * kFlushBytesMin);
  Events events;
  for (auto _ : state) {
    state.PauseTiming();
    for (Bytes& record : records) {
      for (std::int64_t i = 0; i < batch; ++i) (void)joined.ends.a.link.send(frame);
      const std::size_t size = joined.ends.a.link.flush(buffer, {}).value();
      record.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    }
    state.ResumeTiming();
    for (const Bytes& record : records) {
      events.clear();
      joined.ends.b.link.receive(record, {}, events);
      if (events.size() != static_cast<std::size_t>(batch)) state.SkipWithError("frames are missing");
    }
  }
  state.counters["per_message"] = per_message(static_cast<double>(batch) * kRecords);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"bytes", "batch"})->Args({100, 1})->Args({100, 10})->Args({1024, 1})->Args({16384, 1});
}

constexpr SuiteId kAes = SuiteId::x25519_aes128gcm_sha256_ed25519;
constexpr SuiteId kChaCha = SuiteId::x25519_chacha20poly1305_sha256_ed25519;

BENCHMARK_CAPTURE(handshake, x25519, kAes, false);
BENCHMARK_CAPTURE(handshake, x25519_known_peer, kAes, true);
BENCHMARK_CAPTURE(handshake, p256, SuiteId::p256_aes128gcm_sha256_p256, false);
BENCHMARK_CAPTURE(handshake, p384, SuiteId::p384_aes256gcm_sha384_p384, false);
BENCHMARK_CAPTURE(seal, aesgcm, kAes)->Apply(sizes);
BENCHMARK_CAPTURE(open, aesgcm, kAes)->Apply(sizes);
BENCHMARK_CAPTURE(seal, chachapoly, kChaCha)->Apply(sizes);
BENCHMARK_CAPTURE(open, chachapoly, kChaCha)->Apply(sizes);

}  // namespace
