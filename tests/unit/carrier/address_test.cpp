#include <doctest/doctest.h>

#include "carrier/address.hpp"

namespace taut::carrier {
namespace {

TEST_CASE("an address reads back as it was written") {
  for (const auto* text : {"127.0.0.1:7420", "[::1]:7420", "post.example.org:0", "[fe80::1]:65535", "a:1"}) {
    CAPTURE(text);
    const auto address = address_from_text(text);
    REQUIRE(address);
    CHECK(to_text(*address) == text);
  }
}

TEST_CASE("what is not an address is refused") {
  const std::string too_long(kHostBytesMax + 1, 'a');
  const std::string cases[] = {
      "",          ":",           "host",         "host:",     "host:65536",
      "host:-1",   "host:1e3",    "host: 1",      "host:1 ",   ":7420",
      "::1:7420x", "[::1]",       "[::1:7420",    "[]:1",      "[zz]:1",
      "ho st:1",   "host\n:1",    "host/x:1",     "host:８０", std::string("h\0st:1", 6),
      "h\xff:1",   "[1.2.3.4]:1", too_long + ":1"};
  for (const auto& text : cases) {
    CAPTURE(text);
    const auto address = address_from_text(text);
    REQUIRE_FALSE(address);
    CHECK(address.error().code == Errc::malformed);
  }
}

TEST_CASE("loopback is what other machines cannot reach") {
  for (const auto* host : {"127.0.0.1", "127.255.0.9", "::1", "localhost"}) {
    CAPTURE(host);
    CHECK(is_loopback({host, 1}));
  }
  for (const auto* host : {"128.0.0.1", "0.0.0.0", "::", "::2", "localhost.example.org", "10.0.0.1"}) {
    CAPTURE(host);
    CHECK_FALSE(is_loopback({host, 1}));
  }
  CHECK(is_any({"0.0.0.0", 1}));
  CHECK(is_any({"::", 1}));
  CHECK_FALSE(is_any({"0.0.0.1", 1}));
}

}  // namespace
}  // namespace taut::carrier
