#pragma once
// One end of a pair of connected sockets whose other end belongs to a library.

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::carrier {

class SocketEnd {
 public:
  SocketEnd() = default;
  explicit SocketEnd(int descriptor) : descriptor_(descriptor) {}
  SocketEnd(SocketEnd&& other) noexcept;
  SocketEnd& operator=(SocketEnd&& other) noexcept;
  ~SocketEnd();

  /// False: it does not take all of it now, and what it took is lost to the caller.
  bool give(ByteView bytes);
  /// Appends up to one buffer of what the other end wrote; false: nothing there.
  bool take(Bytes& to);

 private:
  int descriptor_ = -1;
};

/// Puts one end of a new pair in the place of a socket that somebody else owns and goes on to use.
/// @errors unavailable: reset (no descriptors)
Result<SocketEnd> replace_socket(int theirs);

/// A port of this machine where a connection attempt neither fails nor leads anywhere.
/// @errors unavailable: reset
class DeadEnd {
 public:
  static Result<DeadEnd> open();
  std::uint16_t port() const { return port_; }

 private:
  DeadEnd(SocketEnd socket, std::uint16_t port) : socket_(std::move(socket)), port_(port) {}
  SocketEnd socket_;
  std::uint16_t port_;
};

}  // namespace taut::carrier
