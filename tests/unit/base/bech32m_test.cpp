#include "base/bech32m.hpp"

#include <doctest/doctest.h>

#include "base/ids.hpp"

using namespace taut;

TEST_CASE("BIP 350's valid strings decode") {
  // The checksum alone, and a long one, from BIP 350's list of valid Bech32m strings.
  CHECK(bech32m::decode("a", "A1LQFN3A").has_value());
  CHECK(bech32m::decode("a", "a1lqfn3a").has_value());
  CHECK(bech32m::decode("?", "?1v759aa").has_value());
}

TEST_CASE("BIP 350's invalid strings are refused") {
  for (const char* text :
       {"a1lqfn3b", "A1lqfn3a", "1lqfn3a", "a1lqfn3", "", "a", "b1lqfn3a", "a1lqfn3a ", "a1lqfb3a"}) {
    CAPTURE(text);
    CHECK_FALSE(bech32m::decode("a", text).has_value());
  }
}

TEST_CASE("a node ID survives its text, and no single slip does") {
  NodeId id;
  for (std::size_t i = 0; i < id.fill().size(); ++i) id.fill()[i] = static_cast<Byte>(i * 7);
  const std::string text = to_text(id);
  CHECK(text.starts_with("taut1"));
  CHECK(text.size() == 63);
  CHECK(node_id_from_text(text).value() == id);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string slipped = text;
    slipped[i] = slipped[i] == 'q' ? 'p' : 'q';
    if (slipped != text) CHECK_FALSE(node_id_from_text(slipped).has_value());
  }
}
