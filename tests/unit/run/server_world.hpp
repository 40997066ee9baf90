#pragma once
// A dispatcher on loopback with its storage in memory, and nodes that dial it, on one loop.

#include <doctest/doctest.h>

#include "frame/frame.hpp"
#include "run/clocks.hpp"
#include "run/dispatcher_link.hpp"
#include "run/dispatcher_server.hpp"
#include "run/system_random.hpp"
#include "support/memory_store.hpp"

namespace taut::run::test_world {

using carrier::Loop;
using identity::Carrier;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr std::array kSuites{crypto::SuiteId::x25519_aes128gcm_sha256_ed25519};

/// Carries operations out in memory, and answers at the loop's next turn.
class MemoryStorage final : public DispatcherStorage {
 public:
  explicit MemoryStorage(Loop& loop) : posts_(loop) {}
  void start(Take take) override { take_ = std::move(take); }
  void submit(dispatcher::StoreOperation operation) override {
    posts_.post([this, it = std::make_shared<dispatcher::StoreOperation>(std::move(operation))] {
      take_(it->id, store.carry_out(std::move(it->operation)));
    });
  }
  bool is_crowded() const override { return false; }
  test::MemoryStore store;

 private:
  carrier::Posts posts_;
  Take take_;
};

/// A node's end of a link, with what it was told.
struct Client final : DispatcherLink::Owner {
  Client(Loop& its_loop, const link::Local& local, const identity::Dispatcher& to,
         Caller caller = Caller::identified)
      : loop(its_loop), link(its_loop, local, to, *this, caller) {}

  void on_connected(DispatcherLink&) override { is_connected = true; }
  void on_frame(DispatcherLink&, ByteView bytes) override {
    frames.push_back(to_bytes(bytes));
    if (frames.size() == wanted) loop.stop();
  }
  void on_disconnected(DispatcherLink&, const Error& why) override {
    ended = why;
    loop.stop();
  }
  frame::Frame last() const { return frame::parse(frames.back()).value(); }

  Loop& loop;
  DispatcherLink link;
  bool is_connected = false;
  std::vector<Bytes> frames;
  std::size_t wanted = 1;
  std::optional<Error> ended;
};

struct World {
  World() : World(ServerSettings{}) {}
  explicit World(ServerSettings settings) : storage(loop) {
    settings.listen = {"127.0.0.1", 0};
    settings.dispatcher.policy = frame::Policy::open;
    auto started = DispatcherServer::start(loop, post, storage, random, settings);
    REQUIRE(started);
    server = *std::move(started);
  }

  identity::Identity identity() { return identity::Identity::create(kSuites, wall_time(), random).value(); }
  /// @param carriers  preferred first
  identity::Dispatcher reach(const identity::Identity& who,
                             const std::vector<Carrier>& carriers = {Carrier::tcp}) const {
    std::vector<identity::Address> addresses;
    for (const Carrier one : carriers) addresses.push_back({one, "127.0.0.1", server->address().port});
    return {who.node_id(), who.card().link_keys.front(), addresses};
  }
  void run() {
    bool overdue = false;
    carrier::Timer limit(loop, [&] {
      overdue = true;
      loop.stop();
    });
    limit.arm(Loop::now() + seconds(10));
    loop.run();
    REQUIRE_FALSE(overdue);
  }

  Loop loop;
  SystemRandom random;
  identity::Identity post = identity();
  identity::Identity alice = identity();
  link::Local local{.identity = alice, .random = random};
  MemoryStorage storage;
  std::unique_ptr<DispatcherServer> server;
};

}  // namespace taut::run::test_world
