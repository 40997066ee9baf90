// Lines between a node that stays up and commands beside it.

#include "run/local_socket.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

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
