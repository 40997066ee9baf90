// Any MLSMessage; and the structures that stand alone in hashes, signatures and saved states.

#include "mls/message.hpp"

#include "round_trip.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  round_trip<MlsMessage>(input);
  round_trip<AuthenticatedContent>(input);
  round_trip<Commit>(input);
  round_trip<Proposal>(input);
  round_trip<GroupContext>(input);
  return 0;
}
