// An envelope from outside: nothing opens that nobody sealed, and there is one answer.

#include "envelope/envelope.hpp"
#include "support/people.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::envelope;

namespace {

struct Bob {
  NodeId node_id = test::person(2).node_id();
  std::vector<identity::SealingKeyPair> keys;
  Bob() {
    test::SeededRandom random(22);
    keys.push_back(identity::SealingKeyPair::create(test::kDefaultSuite[0], test::kNow, random).value());
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Bob bob;
  const Result<Letter> letter = open({data, size}, bob.node_id, bob.keys);
  if (!letter) {
    TAUT_REQUIRE(letter.error() == Error{Errc::unauthentic, reasons::kBadEnvelope});
    return 0;
  }
  // Only the corpus holds an envelope that opens.
  TAUT_REQUIRE(letter->sender() == test::person(1).node_id());
  return 0;
}
