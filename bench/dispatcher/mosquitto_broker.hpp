#pragma once
// mosquitto over TLS as a peer: QoS 1, a subscriber with a persistent session that is away. It acknowledges
// from memory, and writes its database now and then; ours has synced before it acknowledges.

#include "dispatcher/figures.hpp"
#include "dispatcher/process.hpp"

#include <memory>

namespace taut::bench {

class MosquittoBroker final : public Broker {
 public:
  /// Empty: it is not installed.
  static std::unique_ptr<MosquittoBroker> start();

  Figures run(const Load& load) override;

 private:
  MosquittoBroker();
  Scratch scratch_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

}  // namespace taut::bench
