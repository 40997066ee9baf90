// A Welcome, and what is inside its encryptions: a member may have put anything there.

#include "mls/welcome.hpp"

#include "mls/extension_types.hpp"
#include "mls/group_info.hpp"
#include "round_trip.hpp"

using namespace taut;
using namespace taut::mls;
using namespace taut::test;

namespace {

void group_secrets_survive(ByteView input) {
  const auto secrets = decoded<GroupSecrets>(input);
  if (secrets) TAUT_REQUIRE(equal(secrets->to_secret_bytes().expose(), input));
}

void group_info_survives(ByteView input) {
  const auto info = round_trip<GroupInfo>(input);
  if (!info) return;
  const auto external = info->extensions.find_as<ExternalPub>(ExtensionType::external_pub);
  if (external && *external)
    TAUT_REQUIRE(encoded(**external) == *info->extensions.find(ExtensionType::external_pub));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  round_trip<Welcome>(input);
  round_trip<RequiredCapabilities>(input);
  round_trip<ExternalSenders>(input);
  round_trip<AppDataDictionary>(input);
  group_secrets_survive(input);
  group_info_survives(input);
  return 0;
}
