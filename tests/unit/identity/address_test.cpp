#include "identity/address.hpp"

#include <doctest/doctest.h>

using namespace taut;
using namespace taut::identity;

TEST_CASE("addresses: text and back") {
  for (const std::string_view text :
       {"127.0.0.1:7420", "[::1]:7420", "[fe80::1%eth0]:1", "post.example.org:65535", "udp:127.0.0.1:7420",
        "udp:[2001:db8::1]:7420"}) {
    CAPTURE(text);
    CHECK(to_text(address_from_text(text).value()) == text);
  }
}

TEST_CASE("addresses: what nobody could dial is refused") {
  for (const std::string_view text :
       {"", "host", ":7420", "host:", "host:0", "host:65536", "host:+1", "host:7420 ", "::1:7420",
        "[host]:7420", "[]:7420", "[::1]7420", "ho st:1", "host/x:1", "udp:", "h\xc3\xb6st:1"}) {
    CAPTURE(text);
    CHECK_FALSE(address_from_text(text).has_value());
  }
  CHECK_FALSE(address_from_text(std::string(254, 'a') + ":1").has_value());
}
