// KeyPackages that a node leaves at its dispatchers.

#include "node/key_stock.hpp"

#include <doctest/doctest.h>

#include "introduction/leaf_certificate.hpp"
#include "mls/message.hpp"
#include "node/key_stock_records.hpp"
#include "node/sealer.hpp"
#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

constexpr auto kSuite = static_cast<std::uint16_t>(crypto::SuiteId::x25519_aes128gcm_sha256_ed25519);

struct Shelf {
  ScriptedDispatcher post{50};
  TestNode bob{2, "bob"};
  std::optional<WallTime> wall = kNow;

  Shelf() { use(bob, post); }

  void receive(TestNode& node) {
    const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
    TestShell shell(*task, node.id());
    shell.at.wall = wall;
    shell.knows(post);
    shell.start();
    shell.run_to_the_end();
    CHECK(shell.finished.value().has_value());
  }
  void receive() { receive(bob); }
  frame::KeyPackageCount left() { return post.packages[bob.id()].counts().at(0); }
  Bytes claim() {
    bool is_dirty = false;
    return post.packages[bob.id()]
        .claim({bob.id(), kSuite, wall.value_or(kNow), 0}, is_dirty)
        .package.value();
  }
  /// Every KeyPackage that is at the dispatcher is by bob, and has its private half here.
  void check_all() {
    auto& suite = post.packages[bob.id()].suites.at(kSuite);
    std::vector<dispatcher::KeyPackage> all = suite.stock;
    all.push_back(*suite.last_resort);
    for (const dispatcher::KeyPackage& one : all) {
      const auto message = mls::decoded<mls::MlsMessage>(one.package).value();
      const auto& package = std::get<mls::KeyPackage>(message.value);
      const auto certificate = introduction::read_certificate(package.leaf_node.credential).value();
      CHECK(certificate.node_id() == bob.id());
      const auto ref = mls::make_key_package_ref(crypto::suite(package.cipher_suite), mls::encoded(package));
      CHECK(bob.store.state().topics.key_packages.contains(to_bytes(ref.hash.view())));
    }
  }
  Bytes first() { return post.packages[bob.id()].suites.at(kSuite).stock.front().package; }
  /// As if somebody had used one: bob asks what is left.
  void lower() {
    TestNode alice{1, "alice"};
    const identity::SignedCard to = bob.card();
    alice.store
        .write([&](Transaction& transaction) -> Status {
          const std::array dispatchers{post.id()};
          TAUT_TRY(OutgoingRow row,
                   seal_into_outbox(transaction, {alice.self->identity, to, dispatchers},
                                    {envelope::ContentType::welcome, Bytes{1}}, {{}, kNow}, alice.random));
          post.store(bob.id(), row.envelope);
          return transaction.erase_outgoing(row.number);
        })
        .value();
  }
  std::size_t own() const { return bob.store.state().topics.key_packages.size(); }
};

}  // namespace

TEST_CASE("whoever receives leaves a stock, and a last resort, once") {
  Shelf shelf;
  shelf.receive();
  CHECK(shelf.left() == frame::KeyPackageCount{kSuite, kKeyStockTarget, 0});
  CHECK(shelf.post.packages[shelf.bob.id()].suites.at(kSuite).last_resort.has_value());
  CHECK(shelf.own() == kKeyStockTarget + 1);
  shelf.check_all();
  shelf.receive();
  CHECK(shelf.post.batches == 1);
}

TEST_CASE("no KeyPackage is published whose private half is not on disk") {
  Shelf shelf;
  const std::size_t before = shelf.bob.store.writes;
  shelf.receive();
  const std::size_t writes = shelf.bob.store.writes - before;
  for (std::size_t at = 1; at <= writes; ++at) {
    Shelf one;
    one.bob.store.fails_at_commit = one.bob.store.writes + at;
    const auto task =
        make_receiving(one.bob.store, one.bob.self->identity, one.bob.random, Stay::until_drained);
    TestShell shell(*task, one.bob.id());
    shell.knows(one.post);
    shell.start();
    shell.run_to_the_end();
    one.bob.store.fails_at_commit = 0;
    if (one.post.batches > 0) one.check_all();
    one.receive();
    CHECK(one.left().stock == kKeyStockTarget);
    one.check_all();
  }
}

TEST_CASE("a batch whose answer was lost is published again as it is") {
  Shelf shelf;
  const auto task =
      make_receiving(shelf.bob.store, shelf.bob.self->identity, shelf.bob.random, Stay::until_drained);
  TestShell shell(*task, shelf.bob.id());
  shell.knows(shelf.post);
  shell.on_sent = [&](const NodeId&, ByteView frame) {
    if (std::holds_alternative<frame::PublishKeyPackages>(frame::parse(frame).value()))
      shell.cut_after(shelf.post, 1, TestShell::LastFrame::unanswered);
  };
  shell.start();
  shell.run_to_the_end();
  REQUIRE(shelf.post.batches == 1);
  const std::uint64_t batch = shelf.post.packages[shelf.bob.id()].batch;
  shelf.receive();
  CHECK(shelf.post.batches == 2);
  CHECK(shelf.post.packages[shelf.bob.id()].batch == batch);
  CHECK(shelf.own() == kKeyStockTarget + 1);
}

TEST_CASE("what was used is filled up when a welcome comes, and a last resort that was used is replaced") {
  Shelf shelf;
  shelf.receive();
  shelf.claim();
  SUBCASE("one for one use") {}
  SUBCASE("and the last resort") {
    for (std::size_t left = kKeyStockTarget; left > 0; --left) shelf.claim();
    CHECK(shelf.left().last_resort_uses == 1);
  }
  shelf.lower();
  shelf.receive();
  CHECK(shelf.left() == frame::KeyPackageCount{kSuite, kKeyStockTarget, 0});
  shelf.check_all();
}

TEST_CASE("a notice is answered, and what has expired goes when no Welcome to it can come") {
  Shelf shelf;
  shelf.receive();
  shelf.wall = kNow + kKeyPackageLife + std::chrono::days(1);
  bool is_over = shelf.post.packages[shelf.bob.id()].sweep(*shelf.wall);
  REQUIRE(is_over);
  shelf.bob.reopen(shelf.wall);
  shelf.post.clock = shelf.wall;
  const auto told = [&] {
    const auto task =
        make_receiving(shelf.bob.store, shelf.bob.self->identity, shelf.bob.random, Stay::for_more);
    TestShell shell(*task, shelf.bob.id());
    shell.at.wall = shelf.wall;
    shell.knows(shelf.post);
    shell.start();
    shell.carry_out(task->on_frame(shelf.post.id(),
                                   frame::written(frame::KeyPackageNotice{{{kSuite, 0, 0}}, {}}), shell.at));
    shell.run();
    shell.stop();
  };
  told();
  CHECK(shelf.left().stock == kKeyStockTarget);
  CHECK(shelf.own() == 2 * (kKeyStockTarget + 1));
  shelf.check_all();
  shelf.wall = *shelf.wall + kEnvelopeLife;
  shelf.claim();
  shelf.bob.reopen(shelf.wall);
  shelf.post.clock = shelf.wall;
  told();
  CHECK(shelf.own() == kKeyStockTarget + 2);
}

TEST_CASE("a copied state replaces what the original has published") {
  Shelf shelf;
  shelf.receive();
  const Bytes first = shelf.first();
  TestNode copy(shelf.bob, as_bytes("elsewhere"), 9);
  shelf.wall = kNow + std::chrono::hours(1);
  shelf.receive(copy);
  CHECK(shelf.left() == frame::KeyPackageCount{kSuite, kKeyStockTarget, 0});
  CHECK(shelf.first() != first);
}

TEST_CASE("where a later batch is than we know, all of the stock is replaced") {
  Shelf shelf;
  shelf.receive();
  shelf.post.packages[shelf.bob.id()].batch = kNow.unix_ms + 1000;
  shelf.claim();
  shelf.lower();
  const Bytes first = shelf.first();
  shelf.receive();  // stale
  CHECK(shelf.first() == first);
  CHECK(shelf.own() == kKeyStockTarget + 1);
  shelf.wall = kNow + std::chrono::hours(1);
  shelf.receive();
  CHECK(shelf.first() != first);
  CHECK(shelf.left() == frame::KeyPackageCount{kSuite, kKeyStockTarget, 0});
  shelf.check_all();
}

TEST_CASE("without a clock nothing is published: nobody could say how long it holds") {
  Shelf shelf;
  shelf.wall.reset();
  shelf.receive();
  CHECK(shelf.post.batches == 0);
}

TEST_CASE("a damaged record of stocks is told apart from a later one") {
  Shelf shelf;
  shelf.receive();
  const auto load = [&](Bytes value) {
    return shelf.bob.store.write([&](Transaction& transaction) -> Status {
      TAUT_CHECK(transaction.set_value(ValueKey::key_stocks, value));
      TAUT_TRY(const KeyStockRecords all, load_key_stocks(transaction));
      return save_key_stocks(transaction, all);
    });
  };
  const Bytes good = shelf.bob.store.state().values.at(ValueKey::key_stocks);
  REQUIRE(load(good).has_value());
  CHECK(shelf.bob.store.state().values.at(ValueKey::key_stocks) == good);
  for (std::size_t size = 0; size < good.size(); ++size)
    CHECK(load(to_bytes(ByteView(good).first(size))).error().reason == reasons::kDamagedState);
  Bytes later = good;
  later[0] = 2;
  CHECK(load(later).error().reason == reasons::kFutureState);
}
