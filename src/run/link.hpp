#pragma once
// A link at work, whatever carries it: frames in, frames out, and how it ends.

#include "carrier/address.hpp"
#include "identity/address.hpp"
#include "link/event.hpp"

namespace taut::run {

/// A peer that takes nothing for so long is cut off.
inline constexpr std::chrono::seconds kStalledMax{30};

/// All calls from and to the loop's thread.
class Link {
 public:
  /// None of these may destroy the link; post() that.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_authenticated(const link::Peer& peer) = 0;
    virtual void on_frame(ByteView frame) = 0;
    /// So many bytes of frames are out of our hands.
    virtual void on_sent(std::size_t frame_bytes) = 0;
    /// The last call.
    virtual void on_ended(const link::Closed& closed) = 0;
  };

  virtual ~Link() = default;

  /// Queues; what one turn of the loop queues goes out together.
  /// @errors as link::StreamLink::send
  virtual Status send(ByteView frame) = 0;
  /// Sends what waits, says the end, waits for the peer's, then on_ended.
  virtual void close() = 0;

  /// Back-pressure: frames that come in between wait, here up to a window, and then at the peer.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Gives up memory that an idle link does without.
  virtual void rest() = 0;

  virtual identity::Carrier carrier() const = 0;
  virtual carrier::Address remote_address() const = 0;
};

}  // namespace taut::run
