#pragma once
// A real mosquitto of the test's own, on a free port of this machine.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "support/folder.hpp"

namespace taut::test {

inline std::string broker_program() {
  for (const char* const path : {"/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"})
    if (::access(path, X_OK) == 0) return path;
  std::puts("skipped: there is no mosquitto here (packages.txt names it)");
  std::exit(77);
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ntohs(address.sin_port);
}

/// A connected socket, or -1.
inline int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

class Broker {
 public:
  /// @param settings  lines of mosquitto.conf beside the listener's
  explicit Broker(std::string settings = "allow_anonymous true\n")
      : settings_(std::move(settings)), port_(free_port()) {}
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;
  ~Broker() { kill(); }

  void start() {
    write_file(configuration(), "user root\nlog_dest file " + (folder_ / "log").string() + "\nlistener " +
                                    std::to_string(port_) + " 127.0.0.1\n" + settings_);
    const std::string program = broker_program();
    const std::string file = configuration().string();
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // also when the test is killed
      ::execl(program.c_str(), program.c_str(), "-c", file.c_str(), nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 1000; ++i) {
      const int socket = connect_to(port_);
      if (socket >= 0) {
        ::close(socket);
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    std::puts(("mosquitto does not start: " + read_file(folder_ / "log")).c_str());
    std::abort();
  }

  /// SIGKILL: whatever it had in memory is gone.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  void freeze() const { ::kill(process_, SIGSTOP); }
  void thaw() const { ::kill(process_, SIGCONT); }

  std::uint16_t port() const { return port_; }
  const Folder& folder() const { return folder_; }

 private:
  std::filesystem::path configuration() const { return folder_ / "mosquitto.conf"; }

  Folder folder_;
  std::string settings_;
  std::uint16_t port_;
  pid_t process_ = 0;
};

}  // namespace taut::test
