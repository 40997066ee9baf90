#pragma once
// `taut dispatcher run` as a process, under load from pre-sealed envelopes.

#include "dispatcher/figures.hpp"
#include "dispatcher/line.hpp"
#include "dispatcher/process.hpp"

namespace taut::bench {

class TautBroker final : public Broker {
 public:
  /// @param command  the binary `taut`
  explicit TautBroker(const std::string& command);

  Figures run(const Load& load) override;
  /// What it does about erasing when nothing else is to do, a message of all runs so far: waits until then.
  double erasing_cpu_us();

 private:
  struct Sending;
  void register_recipient();
  Bytes sealed(std::size_t content_bytes);
  double store(const Load& load, const std::vector<Bytes>& envelopes);
  double drain(std::size_t messages);

  Scratch scratch_;
  std::unique_ptr<Process> process_;
  identity::Card dispatcher_;
  Person recipient_;
  Person sender_;
  identity::SealingKeyPair sealing_key_;
  envelope::Counter counter_ = 0;
  std::size_t messages_ = 0;
};

}  // namespace taut::bench
