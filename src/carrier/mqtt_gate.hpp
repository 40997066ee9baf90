#pragma once
// What a broker may say to us, checked before libmosquitto sees it: whole packets, of a size and a kind that
// we asked for, whose properties are known ones. The library takes any size, collects QoS 2 without limit,
// and ends the process at a property that it does not know (an assertion, 2.0.11).

#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace taut::carrier {

class MqttGate {
 public:
  explicit MqttGate(std::size_t packet_bytes_max) : packet_bytes_max_(packet_bytes_max) {}

  /// Bytes cut anywhere; appends the packets that they finish to `packets`, as they came.
  /// @errors malformed; exhausted: too_large, as soon as a packet announces it; violation: not_now (QoS 2,
  /// extended
  ///         authentication: neither was asked for). The connection is of no use afterwards.
  Status take(ByteView bytes, std::vector<Bytes>& packets);
  void reset() { waiting_.clear(); }

 private:
  std::size_t packet_bytes_max_;
  Bytes waiting_;  ///< of a packet that has not come whole
};

}  // namespace taut::carrier
