// The operator's door and the metrics: processes of one machine talking to a dispatcher.

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "carrier/local_path.hpp"
#include "run/metrics.hpp"
#include "run/metrics_server.hpp"
#include "run/operator_client.hpp"
#include "run/operator_server.hpp"
#include "run/service_manager.hpp"
#include "run/sized_message.hpp"
#include "support/folder.hpp"

namespace taut::run {
namespace {

using carrier::Loop;
using dispatcher::OperatorRequest;
using dispatcher::OperatorValue;

mode_t mode_of(const std::filesystem::path& file) {
  struct stat found{};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

/// Runs the loop while another thread works.
template <class Work>
void beside(Loop& loop, Work work) {
  std::thread other([&] {
    work();
    loop.stop();
  });
  loop.run();
  other.join();
}

/// What a socket at this path answers to some bytes, until it ends.
std::string said_by(const std::filesystem::path& file, std::string_view bytes) {
  const carrier::LocalPath path(file);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.name().copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
  std::string said;
  if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    (void)::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::array<char, 4096> buffer;
    for (ssize_t size; (size = ::recv(descriptor, buffer.data(), buffer.size(), 0)) > 0;)
      said.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(descriptor);
  return said;
}

TEST_CASE("a question comes to the dispatcher, its answer to who asked") {
  const test::Folder folder;
  // Longer than a socket's address may be.
  const auto home = folder.path() / std::string(120, 'x');
  std::filesystem::create_directory(home);
  const auto door = home / "door.sock";
  Loop loop;
  std::vector<OperatorServer::Answer> later;
  const auto server = OperatorServer::listen(loop, door, [&](const OperatorRequest& asked, auto answer) {
    if (std::holds_alternative<dispatcher::Stats>(asked))
      return answer(OperatorValue(dispatcher::Figures{{"a", 1}}));
    if (std::holds_alternative<dispatcher::Revoke>(asked)) {
      later.push_back(std::move(answer));
      return loop.post([&] { later.back()(OperatorValue(dispatcher::Removal::removed)); });
    }
    answer(fail(Errc::exhausted, reasons::kNotNow));
  });
  REQUIRE(server);
  CHECK(mode_of(door) == 0600);
  beside(loop, [&] {
    CHECK(std::get<dispatcher::Figures>(*ask_operator(door, dispatcher::Stats{})).at(0).value == 1);
    CHECK(std::get<dispatcher::Removal>(*ask_operator(door, dispatcher::Revoke{})) ==
          dispatcher::Removal::removed);
    CHECK(ask_operator(door, dispatcher::Enrol{}).error().code == Errc::exhausted);
    CHECK(said_by(door, "\xff\xff\xff\xff").empty());
    CHECK(said_by(door, std::string_view("\0\0\0\1\x09", 5)).empty());
    CHECK(ask_operator(door, dispatcher::Stats{}).has_value());
  });
}

TEST_CASE(
    "a door that nobody keeps is told apart; a socket that was left behind is replaced, a file is not") {
  const test::Folder folder;
  const auto door = folder.path() / "door.sock";
  CHECK(ask_operator(door, dispatcher::Stats{}).error().reason == reasons::kNobodyListens);
  CHECK(ask_operator(folder.path() / "no" / "door.sock", dispatcher::Stats{}).error().reason ==
        reasons::kNobodyListens);
  Loop loop;
  const auto none = [](const OperatorRequest&, const OperatorServer::Answer&) {};
  {
    const auto first = OperatorServer::listen(loop, door, none);
    REQUIRE(first);
    CHECK(OperatorServer::listen(loop, door, none).error().reason == reasons::kAddressInUse);
  }
  CHECK_FALSE(std::filesystem::exists(door));

  const carrier::LocalPath path(door);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.name().copy(address.sun_path, sizeof address.sun_path - 1);
  const int left = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(left);
  CHECK(ask_operator(door, dispatcher::Stats{}).error().reason == reasons::kNobodyListens);
  CHECK(OperatorServer::listen(loop, door, none).has_value());

  const auto file = folder.path() / "file";
  std::ofstream(file) << "mine";
  CHECK(OperatorServer::listen(loop, file, none).error().reason == reasons::kAddressInUse);
  CHECK(std::filesystem::file_size(file) == 4);
}

TEST_CASE("messages come out whole, however they were cut") {
  const Bytes both = [] {
    Bytes bytes = sized(as_bytes("one"));
    append(bytes, sized(as_bytes("")));
    append(bytes, sized(as_bytes("three")));
    return bytes;
  }();
  Bytes heard;
  std::vector<std::string> taken;
  for (const Byte byte : both) {
    heard.push_back(byte);
    while (auto message = take_sized(heard, 5).value()) taken.emplace_back(as_text(*message));
  }
  CHECK(taken == std::vector<std::string>{"one", "", "three"});
  CHECK(heard.empty());
  heard = sized(as_bytes("longer"));
  CHECK_FALSE(take_sized(heard, 5));
}

TEST_CASE("HTTP as far as metrics need it") {
  const auto text = [] { return std::string("taut 1\n"); };
  const auto status = [&](std::string_view head) { return answer_to_http(head, text).substr(9, 3); };
  CHECK(status("GET /metrics HTTP/1.1\r\nHost: x") == "200");
  CHECK(status("GET /metrics?x=y HTTP/1.0") == "200");
  CHECK(status("GET / HTTP/1.1") == "404");
  CHECK(status("GET /metricsx HTTP/1.1") == "404");
  CHECK(status("POST /metrics HTTP/1.1") == "405");
  for (const char* head : {"", "GET", "GET /metrics", "GET  HTTP/2", "\r\n", " ", "GET /metrics HTTP"})
    CHECK(status(head) == "400");
  const std::string answer = answer_to_http("GET /metrics HTTP/1.1", text);
  CHECK(answer.ends_with("\r\n\r\ntaut 1\n"));
  CHECK(answer.find("Content-Length: 7\r\n") != std::string::npos);
}

TEST_CASE("metrics are served to this machine, to patient and impatient clients") {
  const test::Folder folder;
  const auto place = folder.path() / "metrics.sock";
  Loop loop;
  dispatcher::Counters counters;
  counters.messages_stored = 42;
  const auto server = MetricsServer::listen(loop, place, [&] { return metrics_of(counters); });
  REQUIRE(server);
  CHECK((*server)->place() == "unix:" + place.string());
  beside(loop, [&] {
    const std::string answer = said_by(place, "GET /metrics HTTP/1.1\r\n\r\n");
    CHECK(answer.find("\ntaut_dispatcher_messages_stored_total 42\n") != std::string::npos);
    CHECK(answer.find("# TYPE taut_dispatcher_connections gauge\n") != std::string::npos);
    CHECK(said_by(place, std::string(9000, 'x')).starts_with("HTTP/1.1 431"));
  });
  const auto nothing = [] { return std::string(); };
  CHECK_FALSE(MetricsServer::listen(loop, carrier::Address{"0.0.0.0", 0}, nothing));
  const auto on_tcp = MetricsServer::listen(loop, carrier::Address{"127.0.0.1", 0}, nothing);
  REQUIRE(on_tcp);
  CHECK((*on_tcp)->place().starts_with("127.0.0.1:"));
}

TEST_CASE("a service manager hears, and what it has opened is taken once") {
  const test::Folder folder;
  const auto place = folder.path() / "notify.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  place.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const int manager = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  REQUIRE(::bind(manager, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  tell_service_manager("READY=1");  // nobody waits
  ::setenv("NOTIFY_SOCKET", place.c_str(), 1);
  tell_service_manager("STOPPING=1");
  ::unsetenv("NOTIFY_SOCKET");
  std::array<char, 64> heard;
  CHECK(std::string(heard.data(), static_cast<std::size_t>(::recv(manager, heard.data(), heard.size(), 0))) ==
        "STOPPING=1");
  ::close(manager);
  CHECK(take_inherited_sockets(SOCK_STREAM).empty());
}

}  // namespace
}  // namespace taut::run
