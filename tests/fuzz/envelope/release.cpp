// Releases: as they come, and behind a signature that holds.

#include "envelope/release.hpp"
#include "support/people.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::envelope;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const identity::Identity bob = test::person(2);
  static const NodeId alice = test::person(1).node_id();
  const ByteView input(data, size);
  const auto& key = bob.signature_key();
  (void)open_release(input, alice, key.public_key);

  std::vector<MessageId> ids;
  for (ByteView rest = input; rest.size() >= MessageId::size_bytes && ids.size() < kReleasedMax;
       rest = rest.subspan(MessageId::size_bytes))
    ids.emplace_back(rest.first<MessageId::size_bytes>());
  const auto content = sign_release(alice, ids, key);
  TAUT_REQUIRE(content.has_value() == !ids.empty());
  if (content) TAUT_REQUIRE(open_release(content->body, alice, key.public_key).value() == ids);
  return 0;
}
