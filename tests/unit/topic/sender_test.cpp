// One sender's messages: each once, in order, gaps told, late ones marked.

#include <doctest/doctest.h>

#include "topic/sender.hpp"

using namespace taut;
using namespace taut::topic;

namespace {

MessageId id_of(std::uint64_t number) {
  MessageId id;
  for (std::size_t i = 0; i < 8; ++i) id.fill()[i] = static_cast<Byte>(number >> 8 * i);
  return id;
}

Said said(std::uint64_t counter, std::uint64_t said_in = 5, std::uint64_t previous = 5) {
  Said one;
  one.message_id = id_of(counter);
  one.counter = counter;
  one.said_in = said_in;
  if (counter > 0) one.previous_said_in = previous;
  return one;
}

std::vector<std::uint64_t> counters(const Arrivals& arrivals) {
  std::vector<std::uint64_t> list;
  for (const Arrival& one : arrivals.deliver) list.push_back(one.said.counter);
  return list;
}
using Counters = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("sender: in order, once") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  CHECK(counters(sender.take(said(0), 5, {0, 0}, journal)) == Counters{0});
  CHECK(counters(sender.take(said(2), 5, {0, 0}, journal)).empty());
  CHECK(sender.is_waiting());
  CHECK(counters(sender.take(said(3), 5, {0, 0}, journal)).empty());
  CHECK(counters(sender.take(said(2), 5, {0, 0}, journal)).empty());
  CHECK(sender.arrived().next == 1);
  CHECK(sender.arrived().has(2));
  CHECK_FALSE(sender.arrived().has(1));
  CHECK_FALSE(sender.arrived().has(4));
  CHECK(counters(sender.take(said(1), 5, {0, 0}, journal)) == Counters{1, 2, 3});
  CHECK_FALSE(sender.is_waiting());
  CHECK(counters(sender.take(said(1), 5, {0, 0}, journal)).empty());
}

TEST_CASE("sender: a gap is told when it is given up, and what comes later is marked") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  static_cast<void>(sender.take(said(4), 5, {0, 0}, journal));
  const Arrivals given_up = sender.give_up(journal);
  REQUIRE(given_up.gap.has_value());
  CHECK(given_up.gap->first == 0);
  CHECK(given_up.gap->count == 4);
  CHECK(counters(given_up) == Counters{4});
  const Arrivals late = sender.take(said(2), 5, {0, 0}, journal);
  REQUIRE(counters(late) == Counters{2});
  CHECK(late.deliver[0].delivery == Delivery::late);
  CHECK(counters(sender.take(said(2), 5, {0, 0}, journal)).empty());
  CHECK(counters(sender.take(said(0), 5, {0, 0}, journal)) == Counters{0});
  CHECK(counters(sender.take(said(1), 5, {0, 0}, journal)) == Counters{1});
  CHECK(counters(sender.take(said(3), 5, {0, 0}, journal)) == Counters{3});
  CHECK(counters(sender.take(said(5), 5, {0, 0}, journal)) == Counters{5});
}

TEST_CASE("sender: who joined later begins where it joined, and hears nothing from before") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::before_us);
  CHECK(counters(sender.take(said(7, 4, 4), 6, {5, 5}, journal)).empty());
  CHECK(counters(sender.take(said(9, 5, 5), 5, {5, 5}, journal)).empty());  // 8 was said in 5 as well
  CHECK(counters(sender.take(said(8, 5, 4), 5, {5, 5}, journal)) == Counters{8, 9});
  CHECK(counters(sender.take(said(10), 5, {5, 5}, journal)) == Counters{10});
}

TEST_CASE("sender: what somebody who came back says again is passed over by who was not there") {
  Journal journal;
  SenderOrder newcomer(NodeId{}, 1, SenderOrder::Since::after_us);
  const SenderOrder::Presence since_7{7, 7};
  CHECK(counters(newcomer.take(said(0, 5, 0), 9, since_7, journal)).empty());
  CHECK(counters(newcomer.take(said(2, 9, 5), 9, since_7, journal)) == Counters{2});
  CHECK(counters(newcomer.take(said(1, 5, 5), 9, since_7, journal)).empty());
  CHECK(counters(newcomer.take(said(3, 9, 9), 9, since_7, journal)) == Counters{3});
  // Who came back itself was there.
  SenderOrder back(NodeId{}, 1, SenderOrder::Since::before_us);
  CHECK(counters(back.take(said(7, 8, 5), 9, {3, 8}, journal)) == Counters{7});
  CHECK(counters(back.take(said(8, 8, 8), 9, {3, 8}, journal)) == Counters{8});
}

TEST_CASE("sender: where its beginning is not known, what comes after a gap was told is late, not lost") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::before_us);
  CHECK(counters(sender.take(said(4), 5, {5, 5}, journal)).empty());
  const Arrivals given_up = sender.give_up(journal);
  CHECK(counters(given_up) == Counters{4});
  REQUIRE(given_up.gap.has_value());
  CHECK(given_up.gap->first == 3);
  CHECK(given_up.gap->count == 1);
  const Arrivals late = sender.take(said(3, 5, 4), 5, {5, 5}, journal);
  REQUIRE(counters(late) == Counters{3});
  CHECK(late.deliver[0].delivery == Delivery::late);
  CHECK(counters(sender.take(said(2, 4, 4), 5, {5, 5}, journal)).empty());
}

TEST_CASE("sender: with new counters, what was said before is known by its ID") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  static_cast<void>(sender.take(said(0), 5, {0, 0}, journal));
  static_cast<void>(sender.take(said(1), 5, {0, 0}, journal));
  sender.start_again(2, SenderOrder::Since::after_us, journal);
  Said again = said(0, 8);
  again.message_id = id_of(1);
  CHECK(counters(sender.take(again, 8, {0, 0}, journal)).empty());
  Said fresh = said(1, 8, 8);
  fresh.message_id = id_of(77);
  CHECK(counters(sender.take(fresh, 8, {0, 0}, journal)) == Counters{1});
}

TEST_CASE("sender: what is held is bounded, and a hole far away costs nothing") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  std::size_t delivered = 0;
  for (std::uint64_t i = 0; i <= kOutboxCountMax; ++i)
    delivered += sender.take(said(UINT64_MAX / 2 + 2 * i), 5, {0, 0}, journal).deliver.size();
  CHECK(delivered > 0);
  CHECK(journal.take().put.size() < 3 * kOutboxCountMax);
}

TEST_CASE("sender: all that may be unacknowledged waits for the one before it, and no gap is told") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  for (std::uint64_t i = 1; i < kOutboxCountMax; ++i) {
    const Arrivals arrivals = sender.take(said(i), 5, {0, 0}, journal);
    CHECK((arrivals.deliver.empty() && !arrivals.gap));
  }
  CHECK(sender.take(said(0), 5, {0, 0}, journal).deliver.size() == kOutboxCountMax);
}

TEST_CASE("sender: few large messages wait, not many") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  std::size_t count = 0;
  for (bool is_told = false; !is_told && count < kOutboxCountMax; ++count) {
    Said large = said(count + 1);
    large.body.resize(kContentBytesMax);
    is_told = sender.take(std::move(large), 5, {0, 0}, journal).gap.has_value();
  }
  CHECK(count == kOutboxBytesMax / kContentBytesMax + 1);
}

TEST_CASE("sender: saved and loaded, it goes on") {
  Journal journal;
  SenderOrder sender(NodeId{}, 1, SenderOrder::Since::after_us);
  static_cast<void>(sender.take(said(0), 5, {0, 0}, journal));
  static_cast<void>(sender.take(said(2), 5, {0, 0}, journal));
  std::optional<SenderOrder> loaded;
  const Changes changes = journal.take();
  for (const RecordKind kind : {RecordKind::sender, RecordKind::held, RecordKind::recent})
    for (const Record& record : changes.put) {
      const auto key = parse_key(record.key);
      REQUIRE(key.has_value());
      if (key->kind != kind) continue;
      if (kind == RecordKind::sender) {
        auto one = SenderOrder::load(NodeId{}, record.value.expose());
        REQUIRE(one.has_value());
        loaded = *std::move(one);
      } else if (kind == RecordKind::held) {
        CHECK(loaded->load_held(key->node_and_number()->second, record.value.expose()).has_value());
      } else {
        CHECK(loaded->load_recent(key->node_and_number()->second, record.value.expose()).has_value());
      }
    }
  REQUIRE(loaded.has_value());
  CHECK(counters(loaded->take(said(0), 5, {0, 0}, journal)).empty());
  CHECK(counters(loaded->take(said(1), 5, {0, 0}, journal)) == Counters{1, 2});
}
