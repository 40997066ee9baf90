#include "node/self.hpp"

#include <doctest/doctest.h>

#include "node/believed_time.hpp"
#include "node/records.hpp"
#include "node/sealing_keys.hpp"
#include "test_node.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

NewNode fresh(std::string name) { return {std::move(name), {kDefaultSuite.begin(), kDefaultSuite.end()}}; }

}  // namespace

TEST_CASE("a state file holds one identity, which is not overwritten") {
  MemoryNodeStore store;
  SeededRandom random(1);
  CHECK_FALSE(is_initialised(store).value());
  CHECK(open(store, kHere, {{}, kNow}, random).error().reason == reasons::kNoIdentity);
  initialise(store, fresh("bob"), kHere, {{}, kNow}, random).value();
  CHECK(is_initialised(store).value());
  const Self self = open(store, kHere, {{}, kNow}, random).value();
  CHECK(self.name == "bob");
  CHECK(self.state_file == StateFile::as_left);
  CHECK(self.card.card().name == "bob");
  CHECK(self.card.card().sealing_key->not_after == kNow + kSealingKeyLife);
  CHECK(self.card.node_id() == self.identity.node_id());
  CHECK(initialise(store, fresh("eve"), kHere, {{}, kNow}, random).error().reason ==
        reasons::kIdentityExists);
  CHECK(open(store, kHere, {{}, kNow}, random).value().name == "bob");
}

TEST_CASE("a failed init leaves nothing") {
  MemoryNodeStore store;
  SeededRandom random(1);
  CHECK(initialise(store, fresh("b\nb"), kHere, {{}, kNow}, random).error().reason == reasons::kBadName);
  CHECK(initialise(store, {"bob", {}}, kHere, {{}, kNow}, random).error().code == Errc::misuse);
  store.fails_at_commit = 1;
  CHECK(initialise(store, fresh("bob"), kHere, {{}, kNow}, random).error().reason == reasons::kDiskFull);
  CHECK_FALSE(is_initialised(store).value());
}

TEST_CASE("a state file of a later version, or a damaged one, is refused with its reason") {
  TestNode bob(2, "bob");
  const auto opened_with = [&](ValueKey key, const Bytes& value) {
    memory::State state = bob.store.state();
    state.values[key] = value;
    MemoryNodeStore store(state);
    return open(store, kHere, {{}, kNow}, bob.random).error().reason;
  };
  CHECK(opened_with(ValueKey::format, {2}) == reasons::kFutureState);
  CHECK(opened_with(ValueKey::format, {}) == reasons::kDamagedState);
  CHECK(opened_with(ValueKey::identity, {1, 8, 7}) == reasons::kDamagedState);
  CHECK(opened_with(ValueKey::own_card, {1, 2, 3}) == reasons::kDamagedState);
  CHECK(opened_with(ValueKey::stream, {1, 2, 3}) == reasons::kDamagedState);
  CHECK(opened_with(ValueKey::stream, {9, 2, 3}) == reasons::kFutureState);
}

TEST_CASE("a state file at another place begins a new stream, once") {
  TestNode bob(2, "bob");
  const StreamId first = bob.stream();
  bob.store.write([&](Transaction& transaction) { return transaction.set_next_counter(bob.id(), 7); })
      .value();
  bob.reopen(kNow);
  CHECK(bob.stream() == first);
  CHECK(bob.store.state().counters.size() == 1);

  bob.reopen(kNow, Bytes{4});
  CHECK(bob.self->state_file == StateFile::moved);
  const StreamId second = bob.stream();
  CHECK(second != first);
  CHECK(bob.store.state().counters.empty());
  bob.reopen(kNow, Bytes{4});
  CHECK(bob.self->state_file == StateFile::as_left);
  CHECK(bob.stream() == second);
}

TEST_CASE("sealing keys: rotated every week, erased when no envelope can need them") {
  TestNode bob(2, "bob");
  const auto numbers = [&] {
    std::vector<SealingKeyNumber> all;
    for (const auto& [number, key] : bob.store.state().sealing_keys) all.push_back(number);
    return all;
  };
  using Numbers = std::vector<SealingKeyNumber>;
  const auto day = [](int count) { return kNow + std::chrono::days(count); };
  const identity::SignedCard first = bob.card();
  bob.reopen(WallTime{day(7).unix_ms - 1});
  CHECK(numbers() == Numbers{1});
  CHECK(bob.card() == first);
  bob.reopen(day(7));
  CHECK(numbers() == Numbers{1, 2});
  CHECK(bob.card().check_replaces(first).has_value());
  CHECK(bob.card().card().sealing_key != first.card().sealing_key);
  bob.reopen(day(42));  // the first key ends after 28 days, its last envelope 14 days later
  CHECK(numbers() == Numbers{1, 2, 3});
  bob.reopen(WallTime{day(42).unix_ms + 1});
  CHECK(numbers() == Numbers{2, 3});
  bob.reopen(day(60));
  CHECK(numbers() == Numbers{3, 4});
  bob.reopen(day(1000));  // however long it was away, it comes back with a key
  CHECK(numbers() == Numbers{5});
  CHECK(bob.card().card().sealing_key->not_after == day(1000) + kSealingKeyLife);
}

TEST_CASE("without a clock keys do not end; with the first clock they are replaced") {
  TestNode bob(2, "bob", std::nullopt);
  CHECK(bob.card().card().sealing_key->not_after == identity::kEndOfTime);
  CHECK(bob.card().card().sequence == 1);
  bob.reopen(std::nullopt);
  CHECK(bob.store.state().sealing_keys.size() == 1);
  bob.reopen(kNow);
  CHECK(bob.store.state().sealing_keys.size() == 2);
  CHECK(bob.card().card().sealing_key->not_after == kNow + kSealingKeyLife);
  CHECK(bob.card().card().sequence == kNow.unix_ms);
}

TEST_CASE("a clock that goes back neither rotates nor lowers anything") {
  TestNode bob(2, "bob");
  bob.reopen(kNow + std::chrono::days(8));
  const identity::SignedCard card = bob.card();
  bob.reopen(kNow);
  CHECK(bob.card() == card);
  CHECK(node::rename(bob.store, "rob", {{}, kNow}).value().check_replaces(card).has_value());
  std::optional<WallTime> seen;
  bob.store
      .write([&](Transaction& transaction) -> Status {
        TAUT_TRY(seen, note_wall_time(transaction, std::nullopt));
        return {};
      })
      .value();
  CHECK(seen == kNow + std::chrono::days(8));
}

TEST_CASE("a node that dispatches says where; its card is a dispatcher's") {
  TestNode bob(2, "bob");
  CHECK(as_dispatcher(bob.card()).error().reason == reasons::kNoDispatcher);
  const std::vector<identity::Address> addresses{{identity::Carrier::tcp, "192.0.2.1", 7420}};
  const identity::SignedCard card = serve_at(bob.store, addresses, {{}, kNow}).value();
  CHECK(as_dispatcher(card).value().addresses == addresses);
  CHECK(as_dispatcher(card).value().node_id == bob.id());
  CHECK(bob.card() == card);
  CHECK(serve_at(bob.store, {}, {{}, kNow}).value().card().serves_at.empty());
}

TEST_CASE("records come back as they were written, and cut ones are damage") {
  Message message;
  message.sender = person(1).node_id();
  message.counter = 7;
  message.order = Order::late;
  message.content = text("hello");
  message.sender_card = Bytes{1, 2};
  const Bytes record = encode(std::variant<Message, Gap>(message));
  CHECK(std::get<Message>(parse_item(record).value()).content == message.content);
  CHECK(std::get<Message>(parse_item(record).value()).order == Order::late);
  CHECK(std::get<Message>(parse_item(record).value()).sender_card == message.sender_card);
  for (std::size_t size = 1; size < record.size(); ++size)
    CHECK(parse_item(ByteView(record).first(size)).error().reason == reasons::kDamagedState);
  const StreamRecord stream{9, {{1, 2}, {5, 5}}};
  CHECK(parse_stream_record(encode(stream)).value().missing == stream.missing);
  CHECK(parse_stream_record(encode(stream)).value().next == 9);
}

TEST_CASE("link keys are renewed every three months; who serves keeps them under a new certificate") {
  TestNode bob(2, "bob");
  const auto key_of = [](const identity::Identity& identity) {
    return to_bytes(identity.link_keys()[0].pair.public_key.view());
  };
  const Bytes first = key_of(bob.self->identity);
  bob.reopen(kNow + std::chrono::days(90));
  CHECK(key_of(bob.self->identity) == first);

  SUBCASE("a node that does not serve") {
    bob.reopen(kNow + kLinkKeyRotation + std::chrono::hours(1));
    const Bytes second = key_of(bob.self->identity);
    CHECK(second != first);
    CHECK(bob.card().card().link_keys[0].key == second);
    bob.reopen(kNow + kLinkKeyRotation + std::chrono::hours(2));
    CHECK(key_of(bob.self->identity) == second);
  }
  SUBCASE("a node that serves") {
    serve_at(bob.store, {{identity::Carrier::tcp, "::1", 7420}}, {{}, kNow}).value();
    bob.reopen(kNow + kLinkKeyRotation + std::chrono::hours(1));
    CHECK(key_of(bob.self->identity) == first);
    CHECK(bob.self->identity.link_keys()[0].certificate.validity.not_after >
          kNow + identity::kLinkKeyLife + kLinkKeyRotation);
  }
}
