// What comes through the operator's door. Whatever parses is written as the same bytes.

#include "dispatcher/operator_wire.hpp"
#include "support/require.hpp"

using namespace taut;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  if (const auto request = dispatcher::parse_operator_request(input))
    TAUT_REQUIRE(equal(dispatcher::encode(*request), input));
  const auto answer = dispatcher::parse_operator_answer(input);
  if (answer) TAUT_REQUIRE(equal(dispatcher::encode(answer), input));
  return 0;
}
