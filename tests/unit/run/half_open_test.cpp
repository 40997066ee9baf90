#include "run/half_open.hpp"

#include <doctest/doctest.h>

namespace taut::run {
namespace {

using carrier::Address;

TEST_CASE("a source is an IPv4 address or an IPv6 network") {
  CHECK(source_of({"192.0.2.1", 1}) == source_of({"192.0.2.1", 2}));
  CHECK(source_of({"192.0.2.1", 1}) != source_of({"192.0.2.2", 1}));
  CHECK(source_of({"2001:db8::1", 1}) == source_of({"2001:db8::ffff:2", 1}));
  CHECK(source_of({"2001:db8::1", 1}) != source_of({"2001:db8:0:1::1", 1}));
  CHECK(source_of({"::ffff:192.0.2.1", 1}) != source_of({"::ffff:192.0.2.2", 1}));
}

TEST_CASE("who opens many pushes out his own oldest") {
  HalfOpen half_open({.in_all_max = 10, .per_source_max = 2});
  const Address flood{"192.0.2.1", 1};
  CHECK(half_open.add(1, {"192.0.2.9", 1}) == std::nullopt);
  CHECK(half_open.add(2, flood) == std::nullopt);
  CHECK(half_open.add(3, flood) == std::nullopt);
  CHECK(half_open.add(4, flood) == 2);
  CHECK(half_open.add(5, flood) == 3);
  CHECK(half_open.count() == 3);
  half_open.remove(4);  // it has proven itself
  CHECK(half_open.add(6, flood) == std::nullopt);
}

TEST_CASE("when all are taken, the oldest of all goes; loopback has no share of its own") {
  HalfOpen half_open({.in_all_max = 3, .per_source_max = 2});
  const Address loopback{"127.0.0.1", 1};
  CHECK(half_open.add(1, loopback) == std::nullopt);
  CHECK(half_open.add(2, loopback) == std::nullopt);
  CHECK(half_open.add(3, loopback) == std::nullopt);
  CHECK(half_open.add(4, {"192.0.2.1", 1}) == 1);
  CHECK(half_open.oldest() == 2);
  half_open.remove(2);
  half_open.remove(2);
  CHECK(half_open.count() == 2);
}

}  // namespace
}  // namespace taut::run
