// A link that somebody pastes: what is read writes the same again.

#include "introduction/locator.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::introduction;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto locator = locator_from_text(as_text({data, size}));
  if (!locator) return 0;
  const auto text = to_text(*locator);
  TAUT_REQUIRE(text.has_value());
  const auto again = locator_from_text(*text);
  TAUT_REQUIRE(again.has_value() && again->log_id == locator->log_id && again->places == locator->places);
  return 0;
}
