// Lines between a node that stays up and commands beside it.

#include "run/local_socket.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "support/folder.hpp"

namespace taut::run {
namespace {

using carrier::Loop;
using test::Folder;

struct Server final : LocalServer::Owner {
  void on_line(LocalServer::ClientId client, std::string_view line) override {
    lines.emplace_back(line);
    if (line == "end") return server.reset();  // from its own call
    server->send(client, "heard " + std::string(line));
  }
  void on_gone(LocalServer::ClientId) override { ++gone; }

  std::vector<std::string> lines;
  int gone = 0;
  std::unique_ptr<LocalServer> server;
};

struct Client final : LocalClient::Owner {
  void on_line(std::string_view line) override { lines.emplace_back(line); }
  void on_closed() override { is_closed = true; }

  std::vector<std::string> lines;
  bool is_closed = false;
  std::unique_ptr<LocalClient> client;
};

struct World {
  explicit World(std::filesystem::path its_file) : file(std::move(its_file)) {}
  Status listen(Server& by) {
    TAUT_TRY(by.server, LocalServer::listen(loop, file, by));
    return {};
  }
  Status connect(Client& by) {
    TAUT_TRY(by.client, LocalClient::connect(loop, file, by));
    return {};
  }
  template <class Done>
  bool run(Done done) {
    const Instant until = Loop::now() + std::chrono::seconds(10);
    while (!done() && Loop::now() < until) loop.drain(std::chrono::milliseconds(5));
    return done();
  }

  std::filesystem::path file;
  Loop loop;
};

mode_t local_mode_of(const std::filesystem::path& file) {
  struct stat found{};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("lines go both ways, in a folder with a name of any length, for its owner alone") {
  Folder folder;
  const auto deep = folder / std::string(120, 'x');
  std::filesystem::create_directory(deep);
  World world(deep / "up.sock");
  Server server;
  Client one;
  Client two;
  CHECK(world.connect(one).error().reason == reasons::kNobodyListens);
  CHECK_FALSE(carrier::is_listened_at(world.file));
  REQUIRE(world.listen(server));
  CHECK(local_mode_of(world.file) == 0600);
  CHECK(carrier::is_listened_at(world.file));
  REQUIRE(world.connect(one));
  REQUIRE(world.connect(two));
  one.client->send("a");
  one.client->send("b");
  two.client->send("c");
  REQUIRE(world.run([&] { return one.lines.size() == 2 && two.lines.size() == 1; }));
  CHECK(one.lines == std::vector<std::string>{"heard a", "heard b"});
  server.server->send_to_all("to all");
  REQUIRE(world.run([&] { return one.lines.size() == 3 && two.lines.size() == 2; }));
  two.client.reset();
  REQUIRE(world.run([&] { return server.gone >= 1; }));
  one.client->send("end");
  REQUIRE(world.run([&] { return one.is_closed; }));
  CHECK_FALSE(std::filesystem::exists(world.file));
}

TEST_CASE("a line without an end is the end") {
  Folder folder;
  World world(folder / "up.sock");
  Server server;
  Client client;
  REQUIRE(world.listen(server));
  REQUIRE(world.connect(client));
  client.client->send(std::string(2 * kLocalLineBytesMax, 'x'));  // a line, however long, that has one
  REQUIRE(world.run([&] { return server.lines.size() == 1; }));
  CHECK_FALSE(client.is_closed);
  const auto connection = carrier::connect_local(world.loop, world.file).value();
  connection->send(Bytes(kLocalLineBytesMax + 1, 'x'));
  CHECK(world.run([&] { return server.gone == 1; }));
  connection->abort();
}

TEST_CASE("clients that read nothing are dropped, and take nobody's place") {
  Folder folder;
  World world(folder / "up.sock");
  Server server;
  REQUIRE(world.listen(server));
  std::vector<std::shared_ptr<carrier::Connection>> deaf;
  for (std::size_t i = 0; i < kLocalClientsMax; ++i) {
    deaf.push_back(carrier::connect_local(world.loop, world.file).value());
    deaf.back()->send(to_bytes(as_bytes("x\n")));
  }
  REQUIRE(world.run([&] { return server.lines.size() == kLocalClientsMax; }));
  const std::string line(1000, 'y');
  const auto all_gone = [&] {
    for (int i = 0; i < 100; ++i) server.server->send_to_all(line);
    return server.gone == static_cast<int>(kLocalClientsMax);
  };
  CHECK(world.run(all_gone));
  Client client;
  REQUIRE(world.connect(client));
  client.client->send("here");
  CHECK(world.run([&] { return client.lines.size() == 1; }));
  for (const auto& one : deaf) one->abort();
}

/// In a process of another user, which only root can start: 0 when `act` holds there.
template <class Act>
int as_nobody(Act act) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(::setuid(65534) == 0 && act() ? 0 : 1);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_CASE("another user is turned away, whatever the folder lets him do") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: only root can be two users");
    return;
  }
  Folder folder;
  World world(folder / "up.sock");
  ::chmod(world.file.parent_path().c_str(), 0777);
  const auto address = [&] {
    sockaddr_un made{};
    made.sun_family = AF_UNIX;
    std::memcpy(made.sun_path, world.file.c_str(), world.file.native().size() + 1);
    return made;
  }();
  const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
  SUBCASE("as a client") {
    Server server;
    REQUIRE(world.listen(server));
    ::chmod(world.file.c_str(), 0666);
    const int end = ::socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(as_nobody([&] { return ::connect(end, generic, sizeof address) == 0; }) == 0);
    REQUIRE(::write(end, "hello\n", 6) == 6);
    char answer = 0;
    CHECK(world.run([&] { return ::recv(end, &answer, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET; }));
    CHECK(server.lines.empty());
    ::close(end);
  }
  SUBCASE("as a server") {
    const int end = ::socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(as_nobody([&] { return ::bind(end, generic, sizeof address) == 0 && ::listen(end, 1) == 0; }) == 0);
    Client client;
    CHECK(world.connect(client).error().reason == reasons::kForbidden);
    ::close(end);
  }
}

TEST_CASE("only a socket that is left over is taken away") {
  Folder folder;
  World world(folder / "up.sock");
  Server server;
  Server second;
  SUBCASE("a file stays") {
    std::ofstream(world.file) << "precious";
    CHECK(world.listen(server).error().reason == reasons::kAddressInUse);
    CHECK(std::filesystem::file_size(world.file) == 8);
  }
  SUBCASE("so does a socket that somebody listens at") {
    REQUIRE(world.listen(server));
    CHECK(world.listen(second).error().reason == reasons::kAddressInUse);
    CHECK(carrier::is_listened_at(world.file));
  }
  SUBCASE("and what took the place of ours") {
    REQUIRE(world.listen(server));
    std::filesystem::remove(world.file);
    REQUIRE(world.listen(second));
    server.server.reset();
    CHECK(carrier::is_listened_at(world.file));
  }
  SUBCASE("one that a dead process has left is replaced") {
    REQUIRE(world.listen(server));
    std::filesystem::rename(world.file, folder / "kept");
    server.server.reset();
    std::filesystem::rename(folder / "kept", world.file);
    CHECK(world.listen(second));
    CHECK(carrier::is_listened_at(world.file));
  }
}

}  // namespace taut::run
