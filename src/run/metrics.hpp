#pragma once
// A dispatcher's counters in Prometheus' text format (version 0.0.4).

#include <string>

#include "dispatcher/counters.hpp"

namespace taut::run {

std::string metrics_of(const dispatcher::Counters& counters);

}  // namespace taut::run
