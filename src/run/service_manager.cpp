#include "run/service_manager.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

namespace taut::run {

namespace {

/// SD_LISTEN_FDS_START
constexpr int kFirstInherited = 3;
constexpr int kInheritedMax = 64;

std::optional<int> number_in(const char* variable) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  int number = 0;
  const char* const end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

bool is_of_kind(int descriptor, int kind) {
  int found = 0;
  socklen_t size = sizeof found;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &found, &size) == 0 && found == kind;
}

/// Everything that was inherited and has not been given out.
std::vector<int>& inherited() {
  static std::vector<int> sockets = [] {
    std::vector<int> found;
    const auto process = number_in("LISTEN_PID");
    const auto count = number_in("LISTEN_FDS");
    const bool is_ours = process && *process == ::getpid() && count && *count > 0 && *count <= kInheritedMax;
    for (int i = 0; is_ours && i < *count; ++i) {
      ::fcntl(kFirstInherited + i, F_SETFD, FD_CLOEXEC);
      found.push_back(kFirstInherited + i);
    }
    return found;
  }();
  return sockets;
}

}  // namespace

void tell_service_manager(std::string_view state) {
  const char* const place = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  const std::size_t size = place == nullptr ? 0 : std::strlen(place);
  if (size == 0 || size >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, place, size);
  // An abstract address begins with a zero byte, written as @.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  (void)::sendto(descriptor, state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length);
  ::close(descriptor);
}

std::vector<int> take_inherited_sockets(int kind) {
  std::vector<int> taken;
  std::erase_if(inherited(), [&](int descriptor) {
    if (!is_of_kind(descriptor, kind)) return false;
    taken.push_back(descriptor);
    return true;
  });
  return taken;
}

}  // namespace taut::run
