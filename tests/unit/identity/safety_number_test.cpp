#include "identity/safety_number.hpp"

#include <doctest/doctest.h>

#include "support/people.hpp"

using namespace taut;
using namespace taut::identity;

TEST_CASE("safety numbers: the same on both sides, 70 digits, another for every pair") {
  const NodeId alice = test::person(1).node_id();
  const NodeId bob = test::person(2).node_id();
  const NodeId mallory = test::person(3).node_id();
  const std::string number = safety_number(alice, bob);
  CHECK(number == safety_number(bob, alice));
  CHECK(number != safety_number(alice, mallory));
  CHECK(std::ranges::count_if(number, [](char c) { return c >= '0' && c <= '9'; }) == 70);
  CHECK(std::ranges::count(number, ' ') == 13);
  // Each half belongs to one node: who meets two people can compare halves.
  const std::string other = safety_number(std::min(alice, bob), mallory);
  const std::string half = number.substr(0, 41);
  CHECK((other.substr(0, 41) == half || other.substr(42) == half));
}

TEST_CASE("safety numbers: a published example") {
  NodeId zeros;
  NodeId ones;
  std::ranges::fill(ones.fill(), Byte{0xff});
  // Made by an independent script from docs/protocol/identity.md.
  CHECK(safety_number(ones, zeros) ==
        "78759 36315 28535 55009 84950 74346 47502 "
        "26260 95098 35110 73732 50937 58983 59421");
}
