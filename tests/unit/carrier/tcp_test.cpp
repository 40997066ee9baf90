#include <doctest/doctest.h>

#include "carrier/tcp.hpp"

namespace taut::carrier {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kTestMax{10};

/// One end: keeps what came and says when it ended.
struct End : Connection::Handler {
  explicit End(std::shared_ptr<Connection> its_connection, Loop& its_loop)
      : connection(std::move(its_connection)), loop(its_loop) {
    connection->start(*this);
  }
  ~End() override { connection->abort(); }

  void on_bytes(ByteView bytes) override {
    append(received, bytes);
    ++pieces;
    if (echo) connection->send(to_bytes(bytes));
    if (received.size() >= wanted) loop.stop();
  }
  void on_written() override { ++written; }
  void on_closed() override {
    closed = true;
    loop.stop();
  }

  std::shared_ptr<Connection> connection;
  Loop& loop;
  Bytes received;
  std::size_t wanted = SIZE_MAX;
  std::size_t pieces = 0;
  std::size_t written = 0;
  bool echo = false;
  bool closed = false;
};

/// Two ends of one connection over loopback.
struct Pair {
  explicit Pair(const std::string& host = "127.0.0.1") {
    auto listening = TcpListener::listen(loop, {host, 0}, [this](std::shared_ptr<Connection> accepted) {
      server = std::make_unique<End>(std::move(accepted), loop);
      if (client) loop.stop();
    });
    REQUIRE(listening);
    listener = *std::move(listening);
    dial_tcp(loop, listener->address(), Loop::now() + kTestMax, [this](auto dialled) {
      REQUIRE(dialled);
      client = std::make_unique<End>(*std::move(dialled), loop);
      if (server) loop.stop();
    });
    run();
    REQUIRE(client);
    REQUIRE(server);
  }

  /// Until something stops the loop; a test that waits for ever fails instead.
  void run() {
    bool overdue = false;
    Timer limit(loop, [&] {
      overdue = true;
      loop.stop();
    });
    limit.arm(Loop::now() + kTestMax);
    loop.run();
    REQUIRE_FALSE(overdue);
  }
  void run_for(Duration time) {
    Timer limit(loop, [this] { loop.stop(); });
    limit.arm(Loop::now() + time);
    loop.run();
  }

  Loop loop;
  std::unique_ptr<TcpListener> listener;
  std::unique_ptr<End> client;
  std::unique_ptr<End> server;
};

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<Byte>(i * 131 >> 3);
  return bytes;
}

TEST_CASE("bytes come whole and in order, over IPv4 and IPv6") {
  for (const auto* host : {"127.0.0.1", "::1", "localhost"}) {
    CAPTURE(host);
    Pair pair(host);
    const Bytes sent = pattern(5'000'000);
    for (std::size_t at = 0; at < sent.size(); at += 10'000) {
      pair.client->connection->send(to_bytes(ByteView(sent).subspan(at, 10'000)));
    }
    pair.server->wanted = sent.size();
    pair.run();
    CHECK(pair.server->received == sent);
    CHECK(pair.client->connection->waiting_bytes() == 0);
  }
}

TEST_CASE("what one turn of the loop sends goes out together") {
  Pair pair;
  pair.server->wanted = 50;
  for (int i = 0; i < 50; ++i) pair.client->connection->send(Bytes{static_cast<Byte>(i)});
  pair.run();
  CHECK(pair.server->received.size() == 50);
  CHECK(pair.server->pieces == 1);
}

TEST_CASE("writes of one byte each arrive") {
  Pair pair;
  pair.server->echo = true;
  pair.client->wanted = 100;
  for (std::size_t i = 1; i <= 100; ++i) {
    pair.server->wanted = i;
    pair.client->connection->send(Bytes{static_cast<Byte>(i)});
    pair.run();
  }
  if (pair.client->received.size() < 100) pair.run();
  CHECK(pair.client->received.size() == 100);
}

TEST_CASE("a reader that pauses holds the sender back, and loses nothing") {
  Pair pair;
  const Bytes sent = pattern(32'000'000);
  pair.server->connection->pause_reading();
  pair.client->connection->send(Bytes(sent));
  const Instant before = Loop::now();
  pair.run_for(milliseconds(50));
  CHECK(pair.server->received.size() <= 64 * 1024);  // at most what was on its way
  CHECK(pair.client->connection->waiting_bytes() > 0);
  CHECK(pair.client->written == 0);
  REQUIRE(pair.client->connection->stalled_since());
  CHECK(*pair.client->connection->stalled_since() < before + milliseconds(50));

  pair.server->wanted = sent.size();
  pair.server->connection->resume_reading();
  pair.run();
  CHECK(pair.server->received == sent);
  CHECK(pair.client->written == 1);
  CHECK_FALSE(pair.client->connection->stalled_since());
}

TEST_CASE("close sends what waits, then the other end sees the end") {
  Pair pair;
  const Bytes sent = pattern(3'000'000);
  pair.client->connection->send(Bytes(sent));
  pair.server->connection->send(Bytes(1000));  // unread at the close: must not become a reset
  pair.client->connection->close();
  pair.run();
  CHECK(pair.server->closed);
  CHECK(pair.server->received == sent);
  CHECK_FALSE(pair.client->closed);  // whoever closes is not told
}

TEST_CASE("abort is seen at the other end") {
  Pair pair;
  pair.client->connection->abort();
  pair.run();
  CHECK(pair.server->closed);
}

TEST_CASE("nobody there: the dial says so") {
  Loop loop;
  std::optional<Error> error;
  const auto dialled = [&](Result<std::shared_ptr<Connection>> outcome) {
    REQUIRE_FALSE(outcome);
    error = outcome.error();
    loop.stop();
  };
  SUBCASE("refused") {
    Address free_port;
    {
      auto listener = TcpListener::listen(loop, {"127.0.0.1", 0}, nullptr);
      REQUIRE(listener);
      free_port = (*listener)->address();
    }
    dial_tcp(loop, free_port, Loop::now() + kTestMax, dialled);
    loop.run();
    CHECK(error == Error{Errc::unavailable, reasons::kNobodyListens});
  }
  SUBCASE("deadline") {
    dial_tcp(loop, {"127.0.0.1", 9}, Loop::now() - milliseconds(1), dialled);
    loop.run();
    CHECK(error == Error{Errc::unavailable, reasons::kDeadline});
  }
}

TEST_CASE("listening where another listens, or where this machine is not, is refused") {
  Loop loop;
  auto first = TcpListener::listen(loop, {"127.0.0.1", 0}, nullptr);
  REQUIRE(first);
  const auto second = TcpListener::listen(loop, (*first)->address(), nullptr);
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == reasons::kAddressInUse);
  const auto elsewhere = TcpListener::listen(loop, {"192.0.2.1", 0}, nullptr);
  REQUIRE_FALSE(elsewhere);
  CHECK(elsewhere.error().reason == reasons::kAddressNotOurs);
  const auto name = TcpListener::listen(loop, {"post.example.org", 0}, nullptr);
  REQUIRE_FALSE(name);
  CHECK(name.error().code == Errc::malformed);
}

TEST_CASE("a timer moves, fires once, and may be destroyed by what it calls") {
  Loop loop;
  int fired = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&] {
    ++fired;
    timer.reset();
    loop.stop();
  });
  timer->arm(Loop::now() + seconds(100));
  timer->arm(Loop::now() + milliseconds(1));
  loop.run();
  CHECK(fired == 1);
  CHECK(timer == nullptr);
}

}  // namespace
}  // namespace taut::carrier
