#pragma once
// A link with a shell around it: frames in and out, whatever carries them.

#include "link/event.hpp"
#include "sim/site.hpp"

namespace taut::sim {

class Hop {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// A handshake names this peer; nothing is proven yet.
    virtual void on_claimed(Hop&, const NodeId&) {}
    virtual void on_up(Hop& hop, const link::Peer& peer) = 0;
    virtual void on_frame(Hop& hop, ByteView frame) = 0;
    /// The carrier has taken so many bytes of frames.
    virtual void on_sent(Hop&, std::size_t) {}
    /// The last call.
    virtual void on_down(Hop& hop, const Error& why) = 0;
  };

  explicit Hop(Owner& owner) : owner_(&owner) {}
  virtual ~Hop() = default;
  virtual Status send(ByteView frame) = 0;
  /// Sends what was given before, then ends the link properly.
  virtual void close() = 0;

  std::uint64_t tag = 0;  ///< the owner's

 protected:
  Owner& owner() { return *owner_; }

 private:
  Owner* owner_;
};

}  // namespace taut::sim
