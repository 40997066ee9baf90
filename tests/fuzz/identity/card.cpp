// A card takes any bytes: as they come, as text, and as what a hostile node has signed.

#include "identity/card_text.hpp"
#include "identity/card_wire.hpp"
#include "support/people.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::identity;

namespace {

const crypto::SignatureKeyPair& hostile_key() {
  static const Identity identity = test::person(66);
  return identity.signature_key();
}

void accepted_cards_stay_the_same(const Result<SignedCard>& card) {
  if (!card) return;
  TAUT_REQUIRE(SignedCard::parse(card->bytes()).value() == *card);
  TAUT_REQUIRE(card_from_text(to_text(*card)).value() == *card);
  TAUT_REQUIRE(check_rules(card->card()).has_value());
}

/// The input as what stands behind version range and signature key, signed: so that it gets past the
/// signature.
void signed_input(ByteView input) {
  const crypto::SignatureKeyPair& key = hostile_key();
  const Bytes tbs = wire::written([&](wire::Writer& out) {
    out.u16(1).u16(1).u16(static_cast<std::uint16_t>(key.public_key.id)).vector(key.public_key.bytes.view());
    out.raw(input);
  });
  const auto signature = crypto::sign_with_label(key, crypto::kTautPrefix, kCardLabel, tbs).value();
  const Bytes card =
      wire::written([&](wire::Writer& out) { out.u8(kCardFormat).vector(tbs).vector(signature.view()); });
  accepted_cards_stay_the_same(SignedCard::parse(card));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  accepted_cards_stay_the_same(SignedCard::parse(input));
  accepted_cards_stay_the_same(card_from_text(as_text(input)));
  if (size <= kCardBytesMax) signed_input(input);
  return 0;
}
