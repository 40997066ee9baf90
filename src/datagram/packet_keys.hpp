#pragma once
// The keys of one handshake, and the packets under them.

#include "base/time.hpp"
#include "datagram/packet.hpp"
#include "noise/handshake_state.hpp"

namespace taut::datagram {

/// Numbers are the session's: they go on when keys are renewed, so that none is used twice under a key
/// and acknowledgements mean the same thing across a renewal.
class PacketKeys {
 public:
  /// @pre both directions: link patterns are two-way
  PacketKeys(SessionIndex ours, SessionIndex theirs, noise::Transport&& transport, Instant born);

  SessionIndex our_index() const { return ours_; }
  SessionIndex their_index() const { return theirs_; }
  Instant born() const { return born_; }

  /// Appends a whole datagram to `out`.
  Status seal(std::uint64_t number, ByteView payload, Bytes& out);
  /// @param out  resized to the payload
  /// @errors unauthentic (bad_tag)
  Status open(const Data& data, Bytes& out);

  /// Frees cipher contexts; they come back by themselves.
  void rest();

 private:
  SessionIndex ours_;
  SessionIndex theirs_;
  noise::CipherState send_;
  noise::CipherState receive_;
  Instant born_;
};

}  // namespace taut::datagram
