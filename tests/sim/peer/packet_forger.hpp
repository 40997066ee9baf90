#pragma once
// Somebody who knows how links over datagrams are made, and keeps to it only as far as a test wants.

#include <concepts>

#include "datagram/cookie.hpp"
#include "datagram/packet_keys.hpp"
#include "datagram/segment.hpp"
#include "line.hpp"
#include "link/handshake.hpp"

namespace taut::test {

inline const datagram::PeerAddress kForgerAddress{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 66},
                                                  7000};

class PacketForger {
 public:
  PacketForger() : endpoint_(victim_.local(), {link::Purpose::dispatcher}) {}

  /// @param resumes  a session of the victim's
  Bytes initiation(datagram::SessionIndex resumes = 0);
  /// An initiation that was answered gives keys.
  void read_response(ByteView response);
  Bytes data(std::uint64_t number, ByteView payload);
  template <std::invocable<wire::Writer&> Write>
  Bytes data(std::uint64_t number, Write write) {
    return data(number, ByteView(wire::written(write)));
  }

  /// Gives it to the victim, and remembers what it says.
  void give(ByteView datagram);
  /// A whole handshake, and the first packet.
  void open();

  std::string told;              ///< the victim's events
  bool has_heard_close = false;  ///< a close segment
  std::vector<Bytes> answers;    ///< since the last give()
  datagram::Endpoint& endpoint() { return endpoint_; }

 private:
  Person forger_{21};
  Person victim_{22};
  datagram::Endpoint endpoint_;
  std::optional<link::Handshake> handshake_;
  std::optional<datagram::PacketKeys> keys_;
  Instant now_{std::chrono::hours(1)};
};

}  // namespace taut::test
