#pragma once
// What is measured of a broker, ours or another: one run stores messages for a recipient that is away, then
// the recipient comes and takes them all.

#include <cstddef>

namespace taut::bench {

struct Load {
  std::size_t content_bytes = 0;
  std::size_t messages = 0;  ///< in one run
  std::size_t senders = 1;   ///< connections; each has as many under way as its window allows
};

/// Of one run.
struct Figures {
  double stored_cpu_us = 0;  ///< processor time of the broker, a message
  double drained_cpu_us = 0;
  double stored_per_s = 0;  ///< by the wall clock, load generator and broker on the same machine
  double drained_per_s = 0;

  double cpu_us() const { return stored_cpu_us + drained_cpu_us; }
};

/// What both phases of a run cost somebody.
class Broker {
 public:
  virtual ~Broker() = default;
  /// One run. Ends the program with a reason where the broker does not do what it should.
  virtual Figures run(const Load& load) = 0;
};

}  // namespace taut::bench
