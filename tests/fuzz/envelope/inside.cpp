// The inside of an envelope with fixed keys: the input gets behind the AEAD as a plaintext, and behind
// the signature as what follows the sender's key.

#include "envelope/envelope.hpp"
#include "identity/node_id.hpp"
#include "support/people.hpp"
#include "support/require.hpp"

using namespace taut;
using namespace taut::envelope;

namespace {

namespace hpke = crypto::hpke;

struct Ends {
  identity::Identity mallory = test::person(66);
  NodeId bob = test::person(2).node_id();
  std::vector<identity::SealingKeyPair> keys;
  identity::SealingKeyHash key_hash;
  Bytes context;
  Ends() {
    test::SeededRandom random(22);
    keys.push_back(identity::SealingKeyPair::create(test::kDefaultSuite[0], test::kNow, random).value());
    key_hash = keys[0].public_part().hash();
    context = context_bytes(1, bob, key_hash);
  }
};

const Ends& ends() {
  static const Ends both;
  return both;
}

template <class MakePlaintext>
Result<Letter> sent(MakePlaintext make_plaintext) {
  const Ends& both = ends();
  test::SeededRandom random(44);
  auto sender = hpke::setup_sender(hpke_algorithms(crypto::suite(test::kDefaultSuite[0])),
                                   both.keys[0].pair.public_key, both.context, random)
                    .value();
  const Binding binding{both.bob, both.key_hash, sender.enc.view()};
  const Bytes ciphertext = sender.context.seal(both.context, make_plaintext(binding)).value();
  const Bytes envelope = wire::written([&](wire::Writer& out) {
    out.u8(1).u16(1).raw(both.key_hash.view().first<kKeyHintBytes>());
    out.vector(sender.enc.view()).vector(ciphertext);
  });
  return open(envelope, both.bob, both.keys);
}

/// LetterTBS and Plaintext as docs/protocol/envelope.md has them, around any bytes.
Bytes signed_plaintext(ByteView after_key, const Binding& binding) {
  const crypto::SignatureKeyPair& signer = ends().mallory.signature_key();
  const Bytes letter = wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(signer.public_key.id)).vector(signer.public_key.bytes.view());
    out.raw(after_key);
  });
  const Bytes tbs = wire::written([&](wire::Writer& out) {
    out.raw(ends().mallory.node_id().view()).raw(binding.recipient.view()).raw(binding.sealing_key.view());
    out.vector(binding.enc).raw(letter);
  });
  const auto signature = crypto::sign_with_label(signer, crypto::kTautPrefix, "Envelope", tbs).value();
  return wire::written([&](wire::Writer& out) { out.vector(letter).vector(signature.view()); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  TAUT_REQUIRE(!sent([&](const Binding&) { return to_bytes(input); }).has_value());

  const Result<Letter> letter =
      sent([&](const Binding& binding) { return signed_plaintext(input, binding); });
  if (!letter) return 0;
  TAUT_REQUIRE(letter->sender() == ends().mallory.node_id());
  TAUT_REQUIRE(letter->content.body.size() <= kContentBytesMax);
  TAUT_REQUIRE(!letter->sender_card || letter->sender_card->node_id() == letter->sender());
  return 0;
}
