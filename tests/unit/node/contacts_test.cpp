#include "node/contacts.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

struct World {
  TestNode alice{1, "alice"};
  TestNode bob{2, "bob"};
  TestNode laptop{3, "bob's laptop"};

  Status add(std::string_view petname, const identity::SignedCard& card,
             Verification verification = Verification::verified) {
    return add_contact(alice.store, petname, card, verification, kNow);
  }
  identity::SignedCard newer_card_of_bob(int hours) {
    return node::rename(bob.store, "bob " + std::to_string(hours), {{}, kNow + std::chrono::hours(hours)})
        .value();
  }
};

}  // namespace

TEST_CASE("a contact is found by petname and by node ID") {
  World world;
  world.add("bob", world.bob.card()).value();
  for (const std::string& who : {std::string("bob"), to_text(world.bob.id())}) {
    const Contact contact = find_contact(world.alice.store, who).value();
    CHECK(contact.petname == "bob");
    CHECK(contact.verification == Verification::verified);
    CHECK(contact.cards == std::vector{world.bob.card()});
  }
  CHECK(find_contact(world.alice.store, "Bob").error().reason == reasons::kNoSuchContact);
  CHECK(find_contact(world.alice.store, to_text(world.alice.id())).error().reason == reasons::kNoSuchContact);
  CHECK(contacts(world.alice.store).value().size() == 1);
}

TEST_CASE("petnames are names: neither empty, long, unprintable nor a node ID") {
  World world;
  for (const std::string& petname : {std::string(), std::string(65, 'b'), std::string("b\x1b[0m"),
                                     std::string("\xff"), to_text(world.bob.id())})
    CHECK(world.add(petname, world.bob.card()).error().reason == reasons::kBadName);
  CHECK(contacts(world.alice.store).value().empty());
}

TEST_CASE("a node has one petname; a petname may have several nodes, and the weakest decides") {
  World world;
  world.add("bob", world.bob.card()).value();
  CHECK(world.add("robert", world.bob.card()).error().reason == reasons::kContactExists);
  world.add("bob", world.laptop.card(), Verification::unverified).value();
  Contact contact = find_contact(world.alice.store, "bob").value();
  CHECK(contact.cards.size() == 2);
  CHECK(contact.verification == Verification::unverified);
  set_verification(world.alice.store, "bob", Verification::verified).value();
  CHECK(find_contact(world.alice.store, to_text(world.laptop.id())).value().verification ==
        Verification::verified);
}

TEST_CASE("a newer card takes the old one's place, an older one does not") {
  World world;
  const identity::SignedCard old_card = world.bob.card();
  const identity::SignedCard new_card = world.newer_card_of_bob(1);
  world.add("bob", old_card).value();
  world.add("bob", old_card).value();
  world.add("bob", new_card).value();
  CHECK(world.add("bob", old_card).error().reason == reasons::kOldCard);
  CHECK(find_contact(world.alice.store, "bob").value().cards == std::vector{new_card});
}

TEST_CASE("cards that end or ended, and our own, are no contacts") {
  World world;
  CHECK(world.add("me", world.alice.card()).error().reason == reasons::kOwnCard);
  const auto& key = world.bob.self->identity.signature_key();
  CHECK(world.add("bob", identity::SignedCard::revoke(key, {}).value()).error().reason == reasons::kRevoked);
  const WallTime years_later = kNow + kCardLife + std::chrono::days(1);
  CHECK(add_contact(world.alice.store, "bob", world.bob.card(), Verification::verified, years_later)
            .error()
            .reason == reasons::kExpired);
  CHECK(contacts(world.alice.store).value().empty());
}

TEST_CASE("rename and remove") {
  World world;
  world.add("bob", world.bob.card()).value();
  world.add("laptop", world.laptop.card()).value();
  CHECK(rename_contact(world.alice.store, "bob", "laptop").error().reason == reasons::kContactExists);
  CHECK(rename_contact(world.alice.store, "rob", "bobby").error().reason == reasons::kNoSuchContact);
  rename_contact(world.alice.store, "bob", "robert").value();
  CHECK(find_contact(world.alice.store, "robert").value().cards == std::vector{world.bob.card()});
  CHECK(find_contact(world.alice.store, "bob").error().reason == reasons::kNoSuchContact);
  remove_contact(world.alice.store, "robert").value();
  CHECK(remove_contact(world.alice.store, "robert").error().reason == reasons::kNoSuchContact);
  CHECK_FALSE(world.alice.store.state().cards.contains(world.bob.id()));
  world.add("bob", world.bob.card()).value();
}

TEST_CASE("cards from outside are kept for contacts alone, and only newer ones") {
  World world;
  const auto learn = [&](const identity::SignedCard& card) {
    bool kept = false;
    world.alice.store
        .write([&](Transaction& transaction) -> Status {
          TAUT_TRY(kept, learn_card(transaction, card));
          return {};
        })
        .value();
    return kept;
  };
  const identity::SignedCard old_card = world.bob.card();
  CHECK_FALSE(learn(old_card));
  world.add("bob", old_card).value();
  CHECK_FALSE(learn(old_card));
  CHECK(learn(world.newer_card_of_bob(2)));
  CHECK_FALSE(learn(old_card));
  CHECK(learn(identity::SignedCard::revoke(world.bob.self->identity.signature_key(), {}).value()));
  CHECK_FALSE(learn(world.newer_card_of_bob(3)));
}
