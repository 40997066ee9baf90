#include "crypto/hash.hpp"
#include "groups.hpp"

using namespace taut;
using namespace taut::crypto;
using namespace taut::test;

namespace {

void run_hkdf(HashId id, Tally& tally, const Json& test) {
  const DerivedKey prk = hkdf_extract(id, hex(test, "salt"), {hex(test, "ikm")});
  Bytes okm(test.at("size").get<std::size_t>());
  const Status status = hkdf_expand(id, prk.expose(), {hex(test, "info")}, okm);
  tally.expect(is_valid(test) ? status.has_value() && okm == hex(test, "okm") : !status.has_value(),
               named(test));
}

void run_hmac(Tally& tally, const Json& group, const Json& test) {
  const Bytes key = hex(test, "key");
  const Bytes message = hex(test, "msg");
  const Bytes tag = hex(test, "tag");
  const std::size_t tag_size = group.at("tagSize").get<std::size_t>() / 8;
  const auto matches = [&](const DerivedKey& made) { return equal(made.expose().first(tag_size), tag); };
  const bool one_shot = matches(hmac(HashId::sha256, key, {message}));
  const bool keyed = matches(Hmac(HashId::sha256, key).update(message).finish());
  tally.expect(one_shot == is_valid(test) && keyed == is_valid(test), named(test));
}

}  // namespace

TEST_CASE("Wycheproof: HKDF") {
  const auto with = [](HashId id) {
    return [id](Tally& tally, const Json&, const Json& test) { run_hkdf(id, tally, test); };
  };
  for_each_test("hkdf_sha256_test.json", with(HashId::sha256));
  for_each_test("hkdf_sha384_test.json", with(HashId::sha384));
  for_each_test("hkdf_sha512_test.json", with(HashId::sha512));
}

TEST_CASE("Wycheproof: HMAC-SHA-256") { for_each_test("hmac_sha256_test.json", run_hmac); }
