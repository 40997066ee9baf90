#pragma once
// A stream of bytes to one peer, whatever carries it. It knows nothing of what the bytes mean.

#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "carrier/address.hpp"
#include "carrier/reasons.hpp"

namespace taut::carrier {

/// All calls from and to the loop's thread.
class Connection {
 public:
  class Handler {
   public:
    virtual ~Handler() = default;
    /// Some bytes, 1 or more, cut anywhere; they are gone when the call returns.
    virtual void on_bytes(ByteView bytes) = 0;
    /// The system has taken all that was sent so far: the time to send more.
    virtual void on_written() = 0;
    /// The peer ended the stream, or the network broke. The last call.
    virtual void on_closed() = 0;
  };

  virtual ~Connection() = default;

  /// Begins to read. `handler` must live until on_closed, close() or abort(); after these it is not called.
  virtual void start(Handler& handler) = 0;
  /// Queues; whatever one turn of the loop queues goes out together.
  virtual void send(Bytes bytes) = 0;
  virtual std::size_t waiting_bytes() const = 0;
  /// When the peer last took something, while bytes wait: a peer that reads nothing is the caller's to drop.
  virtual std::optional<Instant> stalled_since() const = 0;

  /// Back-pressure: nothing is read between the two, so the peer's own queue fills.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  /// Sends what waits, then ends the stream, and waits at most kLinger for the peer to do the same.
  virtual void close() = 0;
  /// Ends at once; what waits is lost.
  virtual void abort() = 0;

  /// The peer's numeric address, for logs and limits per source.
  virtual const Address& remote_address() const = 0;
};

}  // namespace taut::carrier
