#pragma once

#include "mls/codec.hpp"
#include "support/require.hpp"

namespace taut::test {

/// What T takes, it writes back to the same bytes, and reads again as the same value.
template <class T>
std::optional<T> round_trip(ByteView input) {
  auto value = mls::decoded<T>(input);
  if (!value) return std::nullopt;
  const Bytes again = mls::encoded(*value);
  TAUT_REQUIRE(equal(again, input));
  TAUT_REQUIRE(mls::decoded<T>(again) == *value);
  return *std::move(value);
}

}  // namespace taut::test
