#pragma once
// A topic's step in the form of the public header.

#include <taut/topic.hpp>

#include "topic/step.hpp"

namespace taut::api {

Step public_step(topic::Step step);

}  // namespace taut::api
