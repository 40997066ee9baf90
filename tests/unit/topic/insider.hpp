#pragma once
// A person who breaks the rules.

#include "support/topic_insider.hpp"
#include "world.hpp"

namespace taut::topic::test {

struct Insider : TopicInsider {
  Insider(Person& person, Time now)
      : TopicInsider(person.records(), person.topic->settings(), person.random, now) {}
};

}  // namespace taut::topic::test
