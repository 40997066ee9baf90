#include "carrier/socket_pair.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "carrier/reasons.hpp"

namespace taut::carrier {
namespace {

constexpr std::size_t kTakeBytes = 16 * 1024;

std::unexpected<Error> no_socket() { return fail(Errc::unavailable, reasons::kReset); }

}  // namespace

SocketEnd::SocketEnd(SocketEnd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

SocketEnd& SocketEnd::operator=(SocketEnd&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

SocketEnd::~SocketEnd() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool SocketEnd::give(ByteView bytes) {
  const ssize_t given = ::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return given == static_cast<ssize_t>(bytes.size());
}

bool SocketEnd::take(Bytes& to) {
  const std::size_t before = to.size();
  to.resize(before + kTakeBytes);
  const ssize_t taken = ::recv(descriptor_, to.data() + before, kTakeBytes, MSG_DONTWAIT);
  to.resize(before + static_cast<std::size_t>(std::max<ssize_t>(taken, 0)));
  return taken > 0;
}

Result<SocketEnd> replace_socket(int theirs) {
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return no_socket();
  SocketEnd ours(pair[0]);
  const SocketEnd other(pair[1]);
  if (::dup3(pair[1], theirs, O_CLOEXEC) != theirs) return no_socket();
  return ours;
}

Result<DeadEnd> DeadEnd::open() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  SocketEnd socket(descriptor);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  if (descriptor < 0 || ::bind(descriptor, name, size) != 0 || ::listen(descriptor, 1) != 0 ||
      ::getsockname(descriptor, name, &size) != 0)
    return no_socket();
  return DeadEnd(std::move(socket), ntohs(address.sin_port));
}

}  // namespace taut::carrier
