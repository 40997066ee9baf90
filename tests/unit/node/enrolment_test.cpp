#include "node/enrolment.hpp"

#include <doctest/doctest.h>

#include "test_node.hpp"
#include "test_shell.hpp"

using namespace taut;
using namespace taut::test;
using namespace taut::node;

namespace {

const Bytes kToken(16, 0x5a);

Bytes kept(TestNode& node, const NodeId& dispatcher) {
  Bytes token;
  node.store
      .read([&](Transaction& transaction) -> Status {
        TAUT_TRY(const SecretBytes found, enrolment_for(transaction, dispatcher));
        token = to_bytes(found.expose());
        return {};
      })
      .value();
  return token;
}

Status keep(TestNode& node, const NodeId& dispatcher, ByteView token) {
  return node.store.write(
      [&](Transaction& transaction) { return keep_enrolment(transaction, dispatcher, token); });
}

std::uint64_t published(TestNode& node) {
  std::uint64_t sequence = 0;
  node.store
      .read([&](Transaction& transaction) -> Status {
        TAUT_TRY(const auto dispatchers, own_dispatchers(transaction));
        sequence = dispatchers.at(0).published_sequence;
        return {};
      })
      .value();
  return sequence;
}

Status run(Task& task, TestNode& node, ScriptedDispatcher& dispatcher) {
  TestShell shell(task, node.id());
  shell.knows(dispatcher);
  shell.start();
  shell.run_to_the_end();
  return shell.finished.value();
}

Status use(TestNode& node, ScriptedDispatcher& dispatcher, ByteView token = {}) {
  return run(*make_using(node.store, node.self->identity, *dispatcher.card, token), node, dispatcher);
}

Status receive(TestNode& node, ScriptedDispatcher& dispatcher) {
  const auto task = make_receiving(node.store, node.self->identity, node.random, Stay::until_drained);
  return run(*task, node, dispatcher);
}

bool proves(const ScriptedDispatcher& dispatcher, TestNode& node, const SessionId& session, ByteView token) {
  const Bytes tbs = frame::registration_tbs(dispatcher.id(), session, token);
  return crypto::verify_with_label(node.card().card().signature_key, crypto::kTautPrefix,
                                   frame::kRegistrationLabel, tbs, dispatcher.proof)
      .has_value();
}

}  // namespace

TEST_CASE("a token is shown with a proof for this dispatcher and link, and is gone once it has been spent") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  REQUIRE(use(bob, post, kToken));
  CHECK(post.registered_with == kToken);
  CHECK(proves(post, bob, kSession, kToken));
  CHECK_FALSE(proves(post, bob, SessionId{}, kToken));
  CHECK_FALSE(proves(post, bob, kSession, {}));
  CHECK(kept(bob, post.id()).empty());
  CHECK(published(bob) == bob.card().card().sequence);
}

TEST_CASE("without a token a node proves itself all the same") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  REQUIRE(use(bob, post));
  CHECK(post.registered_with == Bytes{});
  CHECK(proves(post, bob, kSession, {}));
}

TEST_CASE("a dispatcher that refuses leaves neither itself nor the token behind") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  post.publish_status = frame::AnswerStatus::refused;
  CHECK(use(bob, post, kToken).error().reason == reasons::kRefused);
  CHECK(kept(bob, post.id()).empty());
  CHECK(bob.card().card().dispatchers.empty());
}

TEST_CASE("who is registered publishes, and registers again where he was removed") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  REQUIRE(use(bob, post));
  post.registered_with.reset();
  REQUIRE(receive(bob, post));
  CHECK_FALSE(post.registered_with);

  post.cards.clear();
  REQUIRE(keep(bob, post.id(), kToken));
  REQUIRE(receive(bob, post));
  CHECK(post.registered_with == kToken);
  CHECK(kept(bob, post.id()).empty());
}

TEST_CASE("who was removed and is not let in again knows it") {
  ScriptedDispatcher post{50};
  TestNode bob(2, "bob");
  REQUIRE(use(bob, post));
  post.cards.clear();
  post.publish_status = frame::AnswerStatus::refused;
  CHECK(receive(bob, post).error().reason == reasons::kRefused);
  CHECK(published(bob) == 0);
}

TEST_CASE("a token for each dispatcher, the newest counts, and only so many") {
  TestNode bob(2, "bob");
  const auto dispatcher = [](std::size_t number) {
    NodeId id;
    id.fill()[0] = static_cast<Byte>(number);
    return id;
  };
  for (std::size_t number = 0; number < kEnrolmentsMax; ++number)
    REQUIRE(keep(bob, dispatcher(number), Bytes(1 + number, 'a')));
  CHECK(keep(bob, dispatcher(kEnrolmentsMax), kToken).error().reason == reasons::kFull);
  REQUIRE(keep(bob, dispatcher(3), kToken));
  CHECK(kept(bob, dispatcher(3)) == kToken);
  CHECK(kept(bob, dispatcher(4)) == Bytes(5, 'a'));
  CHECK(kept(bob, dispatcher(kEnrolmentsMax)).empty());
  CHECK_FALSE(keep(bob, dispatcher(5), {}));
  CHECK_FALSE(keep(bob, dispatcher(5), Bytes(kEnrolmentTokenBytesMax + 1, 'a')));
}
