// Key packages: docs/protocol/topic-log.md, "Key packages".

#include "log_world.hpp"

using namespace taut;
using namespace taut::test;
using frame::AnswerStatus;
using frame::PackageUse;

namespace {

const NodeId kOwner = node_named("owner");
constexpr std::uint16_t kSuite = 1;
const WallTime kLater{1'900'000'000'000};

struct Stock {
  World world;
  dispatcher::ConnectionId owner;
  std::uint64_t batch = 0;
  frame::DeliveryKey key;

  explicit Stock(const dispatcher::Settings& settings = settings_of()) : world(settings) {
    world.add_node(kOwner);
    owner = world.connect(kOwner);
  }
  static dispatcher::Settings settings_of() {
    dispatcher::Settings settings = log_settings();
    settings.limits.key_package_reserve = 2;
    settings.limits.key_packages_max = 6;
    return settings;
  }

  /// Publishes packages a, b, … and a last resort, if any.
  AnswerStatus publish(std::string_view marks, std::string_view last_resort = {},
                       frame::Restock restock = frame::Restock::add) {
    frame::PublishKeyPackages publish{1, ++batch, restock, {}, {}};
    for (std::size_t i = 0; i < marks.size(); ++i)
      publish.offers.push_back({kSuite, PackageUse::once, kLater, as_bytes(marks.substr(i, 1))});
    if (!last_resort.empty())
      publish.offers.push_back({kSuite, PackageUse::last_resort, kLater, as_bytes(last_resort)});
    world.say(owner, publish);
    world.settle();
    while (true) {
      const auto frame = world.next_frame(owner);
      if (const auto* answer = std::get_if<frame::Answer>(&frame)) return answer->status;
      CHECK(std::holds_alternative<frame::KeyPackageNotice>(frame));
    }
  }
  std::string claim(Member& who, ByteView token = {}, const NodeId& node = kOwner) {
    const auto answer =
        world.ask<frame::KeyPackageAnswer>(who.link(), frame::ClaimKeyPackage{2, node, kSuite, token, {}});
    return answer.package ? std::string(as_text(*answer.package)) : "";
  }
  std::vector<frame::KeyPackageCount> counts() {
    return world.ask<frame::KeyPackageCounts>(owner, frame::CountKeyPackages{3, {}}).counts;
  }
  Bytes token(Byte id) {
    frame::DeliveryTokenId named;
    named.fill()[0] = id;
    return frame::DeliveryToken::mint(key, kOwner, frame::Rank::known, named).written();
  }
  void set_access(std::vector<frame::DeliveryTokenId> revoked = {}) {
    world.ask<frame::Answer>(owner, frame::SetAccess{4, key.expose(), std::move(revoked), {}});
  }
};

}  // namespace

TEST_CASE("strangers leave a reserve to contacts, then get the last resort; a token opens the rest") {
  Stock stock;
  stock.set_access();
  CHECK(stock.publish("abcd", "L") == AnswerStatus::done);
  Member stranger(stock.world, {});
  CHECK(stock.claim(stranger) == "a");
  CHECK(stock.claim(stranger) == "b");
  CHECK(stock.claim(stranger) == "L");
  CHECK(stock.claim(stranger, Bytes(25)) == "L");
  CHECK(stock.claim(stranger, stock.token(1)) == "c");
  CHECK(stock.claim(stranger, stock.token(1)) == "d");
  CHECK(stock.claim(stranger, stock.token(1)) == "L");
  frame::DeliveryTokenId revoked;
  revoked.fill()[0] = 1;
  stock.publish("efg");
  stock.set_access({revoked});
  CHECK(stock.claim(stranger, stock.token(1)) == "e");  // one too many for strangers
  CHECK(stock.claim(stranger, stock.token(1)) == "L");
}

TEST_CASE("too much from one place gets the last resort, others do not notice") {
  dispatcher::Settings settings = Stock::settings_of();
  settings.limits.source_rates[static_cast<std::size_t>(dispatcher::Spending::claims)] = {1, 1};
  Stock stock(settings);
  stock.publish("abcdef", "L");
  Member greedy(stock.world, {}, 5);
  Member other(stock.world, {}, 6);
  CHECK(stock.claim(greedy) == "a");
  CHECK(stock.claim(greedy) == "L");
  CHECK(stock.claim(other) == "b");
}

TEST_CASE("no node, no packages, a revoked owner: one answer") {
  Stock stock;
  Member stranger(stock.world, {});
  CHECK(stock.claim(stranger).empty());
  CHECK(stock.claim(stranger, {}, node_named("nobody")).empty());
  stock.publish("abc");
  stock.world.store.nodes.at(kOwner).record.card_sequence = dispatcher::kRevokedSequence;
  stock.world.start_again(Stock::settings_of());
  Member later(stock.world, {});
  CHECK(stock.claim(later).empty());
}

TEST_CASE("the owner hears when the reserve is reached, when a last resort is used, and with each link") {
  Stock stock;
  stock.publish("abcd", "L");
  CHECK(stock.world.frames_waiting(stock.owner) == 0);
  Member stranger(stock.world, {});
  stock.claim(stranger);
  CHECK(stock.world.frames_waiting(stock.owner) == 0);
  stock.claim(stranger);
  using Counts = std::vector<frame::KeyPackageCount>;
  CHECK(stock.world.next<frame::KeyPackageNotice>(stock.owner).counts == Counts{{kSuite, 2, 0}});
  stock.claim(stranger);
  CHECK(stock.world.next<frame::KeyPackageNotice>(stock.owner).counts == Counts{{kSuite, 2, 1}});
  stock.claim(stranger);
  CHECK(stock.world.frames_waiting(stock.owner) == 0);
  CHECK(stock.counts() == Counts{{kSuite, 2, 2}});
  const auto again = stock.world.connect(kOwner);
  CHECK(stock.world.next<frame::KeyPackageNotice>(again).counts == Counts{{kSuite, 2, 2}});
  CHECK(stock.publish("xyz", "M") == AnswerStatus::done);
  CHECK(stock.counts() == Counts{{kSuite, 5, 0}});
  const auto quiet = stock.world.connect(kOwner);
  CHECK(stock.world.frames_waiting(quiet) == 0);
}

TEST_CASE("a stock is bounded, batches come once and in order, and a stock can be replaced") {
  Stock stock;
  CHECK(stock.publish("abcdefg") == AnswerStatus::full);
  CHECK(stock.publish("abc", "L") == AnswerStatus::done);
  --stock.batch;
  CHECK(stock.publish("abc", "L") == AnswerStatus::done);  // the same again
  CHECK(stock.counts()[0].stock == 3);
  stock.batch -= 2;
  CHECK(stock.publish("abc") == AnswerStatus::stale);
  stock.batch = 10;
  CHECK(stock.publish("x", {}, frame::Restock::replace) == AnswerStatus::done);
  Member contact(stock.world, {});
  stock.set_access();
  CHECK(stock.claim(contact, stock.token(1)) == "x");
  CHECK(stock.claim(contact, stock.token(1)).empty());  // the old last resort went too
  CHECK(stock.world.store.is_dirty);
}

TEST_CASE("only a registered node leaves packages, or counts them") {
  Stock stock;
  Member stranger(stock.world, {});
  const frame::PublishKeyPackages publish{1, 1, {}, {{kSuite, PackageUse::once, kLater, as_bytes("x")}}, {}};
  CHECK(stock.world.ask<frame::Answer>(stranger.link(), publish).status == AnswerStatus::refused);
  CHECK(stock.world.ask<frame::Answer>(stranger.link(), frame::CountKeyPackages{1, {}}).status ==
        AnswerStatus::refused);
}

TEST_CASE("packages that have expired are not handed out, go, and are missed") {
  Stock stock;
  frame::PublishKeyPackages publish{1, 5, {}, {}, {}};
  for (int i = 0; i < 4; ++i) {
    publish.offers.push_back(
        {kSuite, PackageUse::once, stock.world.at.wall + std::chrono::hours(1), as_bytes("x")});
  }
  stock.world.ask<frame::Answer>(stock.owner, publish);
  let_pass(stock.world, std::chrono::hours(1));
  CHECK(stock.world.store.nodes.at(kOwner).packages.suites.at(kSuite).stock.empty());
  Member stranger(stock.world, {});
  CHECK(stock.claim(stranger).empty());
  const auto owner = stock.world.connect(kOwner);
  CHECK(stock.world.next<frame::KeyPackageNotice>(owner).counts[0].stock == 0);
}

TEST_CASE("a store that fails answers so, and nothing is handed out") {
  Stock stock;
  stock.publish("abcd");
  Member stranger(stock.world, {});
  stock.world.say(stranger.link(), frame::ClaimKeyPackage{2, kOwner, kSuite, {}, {}});
  stock.world.fail_one();
  CHECK(stock.world.next<frame::Answer>(stranger.link()).status == AnswerStatus::unavailable);
  CHECK(stock.counts()[0].stock == 4);
}
