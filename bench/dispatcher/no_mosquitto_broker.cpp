#include "dispatcher/mosquitto_broker.hpp"

// Built where its client library is missing.

namespace taut::bench {

std::unique_ptr<MosquittoBroker> MosquittoBroker::start() { return nullptr; }
MosquittoBroker::MosquittoBroker() = default;
Figures MosquittoBroker::run(const Load&) { return {}; }

}  // namespace taut::bench
