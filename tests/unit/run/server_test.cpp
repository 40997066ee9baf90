#include "server_world.hpp"

namespace taut::run {
namespace {

using namespace test_world;

/// A connection that does not speak as it should.
struct Stranger final : carrier::Connection::Handler {
  Stranger(Loop& its_loop, const carrier::Address& to, Bytes says) : loop(its_loop) {
    carrier::dial_tcp(loop, to, Loop::now() + seconds(5), [this, says](auto dialled) {
      REQUIRE(dialled);
      connection = *dialled;
      connection->start(*this);
      connection->send(says);
      loop.stop();
    });
  }
  ~Stranger() override {
    if (connection) connection->abort();
  }
  void on_bytes(ByteView bytes) override { answered += bytes.size(); }
  void on_written() override {}
  void on_closed() override {
    is_closed = true;
    loop.stop();
  }

  Loop& loop;
  std::shared_ptr<carrier::Connection> connection;
  std::size_t answered = 0;
  bool is_closed = false;
};

TEST_CASE("a node connects, is greeted, publishes, and is told when it is durable") {
  World world;
  Client client(world.loop, world.local, world.reach(world.post));
  world.run();
  CHECK(client.is_connected);
  CHECK(std::holds_alternative<frame::Hello>(client.last()));

  identity::Card card = world.alice.card();
  card.sequence = 1;
  const auto signed_card = identity::SignedCard::sign(card, world.alice.signature_key()).value();
  client.wanted = 2;
  frame::PublishCard publish;
  publish.request = 7;
  publish.card = signed_card.bytes();
  REQUIRE(client.link.send(frame::written(publish)));
  world.run();
  const auto frame = client.last();
  REQUIRE(std::holds_alternative<frame::Answer>(frame));
  CHECK(std::get<frame::Answer>(frame).status == frame::AnswerStatus::done);
  CHECK(world.storage.store.nodes.at(world.alice.node_id()).card);

  client.link.hang_up();
  world.run();
  CHECK(client.ended == Error{Errc::unavailable, reasons::kEnded});
}

TEST_CASE("a dispatcher with another key is told from the right one, and gets no frame") {
  World world;
  const identity::Identity other = world.identity();
  Client client(world.loop, world.local, world.reach(other));
  world.run();
  REQUIRE(client.ended);
  CHECK_FALSE(client.is_connected);
  CHECK(client.ended->code == Errc::unauthentic);
  CHECK(client.ended->reason == reasons::kIdentityMismatch);
  CHECK(world.server->counters().frames_in == 0);
}

TEST_CASE("strangers are cut off, and others are served on") {
  ServerSettings settings;
  settings.handshake_deadline = milliseconds(100);
  World world(settings);
  Client client(world.loop, world.local, world.reach(world.post));
  world.run();
  SUBCASE("garbage") {
    Stranger stranger(world.loop, world.server->address(), Bytes(100'000, 'G'));
    while (!stranger.is_closed) world.run();
  }
  SUBCASE("a huge length") {
    Stranger stranger(world.loop, world.server->address(), Bytes(8, 0xff));
    while (!stranger.is_closed) world.run();
  }
  SUBCASE("silence") {
    const Instant before = Loop::now();
    Stranger stranger(world.loop, world.server->address(), {});
    while (!stranger.is_closed) world.run();
    CHECK(stranger.answered == 0);
    CHECK(Loop::now() - before >= milliseconds(100));
  }
  CHECK(client.is_connected);
  CHECK_FALSE(client.ended);
  client.wanted = client.frames.size() + 1;
  REQUIRE(client.link.send(frame::written(frame::Ping{.token = 5})));
  world.run();
  CHECK(std::get<frame::Pong>(client.last()).token == 5);
}

TEST_CASE("stopping says goodbye to everybody, and drops who is still a stranger") {
  World world;
  Client client(world.loop, world.local, world.reach(world.post));
  world.run();
  Stranger stranger(world.loop, world.server->address(), {});
  world.run();
  client.wanted = 2;
  bool stopped = false;
  const Instant before = Loop::now();
  world.loop.post([&] {
    world.server->stop([&] {
      stopped = true;
      world.loop.stop();
    });
  });
  while (client.frames.size() < 2) world.run();
  REQUIRE(std::holds_alternative<frame::Goodbye>(client.last()));
  CHECK(std::get<frame::Goodbye>(client.last()).reason == frame::GoodbyeReason::stopping);
  while (!stopped) world.run();
  CHECK(Loop::now() - before < seconds(2));
}

}  // namespace
}  // namespace taut::run
