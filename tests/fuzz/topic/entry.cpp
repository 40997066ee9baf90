// What a carrier brings, with a fixed wrap key: as an entry, and as the body of each kind of entry. A topic
// refuses it, stays where it is, and still seals.

#include "topic/entry.hpp"
#include "identity/identity.hpp"
#include "support/people.hpp"
#include "support/require.hpp"
#include "topic/topic.hpp"

using namespace taut;
using namespace taut::topic;

namespace {

struct Bob {
  identity::Identity identity = test::person(2);
  identity::SignedCard card =
      identity::SignedCard::sign(test::card_of(identity, test::person(9)), identity.signature_key()).value();
  test::SeededRandom random{2};
  Time now{Instant{std::chrono::seconds(10)}, test::kNow};

  Topic topic(const Order& order) {
    NewTopic options;
    options.order = order;
    return std::move(Topic::create({identity.signature_key(), card, random}, options, now).value().topic);
  }
};

void feed(Bob& bob, Topic& topic, ByteView input) {
  static_cast<void>(topic.open(input, std::nullopt, bob.now));
  const Wrapper wrapper(topic.settings().wrap_key.view(), topic.settings().log_id);
  for (std::uint8_t kind = 1; kind <= 6; ++kind) {
    const Bytes entry = wrapper.wrap(static_cast<EntryKind>(kind), input, bob.random);
    TAUT_REQUIRE(topic.open(entry, topic.cursor() + 1, bob.now).has_value());
  }
  TAUT_REQUIRE(topic.epoch() == 0 && topic.standing() == Standing::open);
  TAUT_REQUIRE(topic.members().size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Bob bob;
  static Topic with_log = bob.topic(LogOrder{{bob.card.card().dispatchers.front()}});
  static Topic without = bob.topic(CommitterOrder{{bob.card.node_id()}, std::chrono::seconds(30), {}});
  feed(bob, with_log, {data, size});
  feed(bob, without, {data, size});
  return 0;
}
