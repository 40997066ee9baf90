#include "run/operator_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "carrier/local_path.hpp"
#include "carrier/reasons.hpp"
#include "dispatcher/operator_wire.hpp"
#include "run/sized_message.hpp"

namespace taut::run {

namespace {

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{kOperatorDeadline.count(), 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(descriptor_); }

  Status connect(const std::filesystem::path& file);
  Status send(ByteView bytes);
  Result<Bytes> receive();

 private:
  int descriptor_;
};

std::unexpected<Error> failure_of_system() {
  switch (errno) {
    case EACCES:
    case EPERM:
      return fail(Errc::unavailable, reasons::kForbidden);
    case EAGAIN:
      return fail(Errc::unavailable, reasons::kDeadline);
    case EPIPE:
    case ECONNRESET:
      return fail(Errc::unavailable, reasons::kReset);
    default:
      return fail(Errc::unavailable, reasons::kNobodyListens);
  }
}

Status Socket::connect(const std::filesystem::path& file) {
  const carrier::LocalPath path(file);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (!path.is_there() || path.name().size() >= sizeof address.sun_path)
    return fail(Errc::unavailable, reasons::kNobodyListens);
  std::memcpy(address.sun_path, path.name().c_str(), path.name().size() + 1);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failure_of_system();
  return {};
}

Status Socket::send(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return failure_of_system();
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<Bytes> Socket::receive() {
  Bytes heard;
  for (;;) {
    TAUT_TRY(std::optional<Bytes> message, take_sized(heard, dispatcher::kOperatorBytesMax));
    if (message) return *std::move(message);
    std::array<Byte, 4096> buffer;
    const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failure_of_system();
    if (size == 0) return fail(Errc::unavailable, reasons::kReset);
    append(heard, ByteView(buffer).first(static_cast<std::size_t>(size)));
  }
}

}  // namespace

Result<dispatcher::OperatorValue> ask_operator(const std::filesystem::path& file,
                                               const dispatcher::OperatorRequest& request) {
  Socket socket;
  TAUT_CHECK(socket.connect(file));
  TAUT_CHECK(socket.send(sized(dispatcher::encode(request))));
  TAUT_TRY(const Bytes answer, socket.receive());
  return dispatcher::parse_operator_answer(answer);
}

}  // namespace taut::run
