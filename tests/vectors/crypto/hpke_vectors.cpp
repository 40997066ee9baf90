// RFC 9180, appendix A: every intermediate value that the public interface shows, in both roles.

#include "crypto/hpke.hpp"
#include "support/seeded_random.hpp"
#include "support/vectors.hpp"

using namespace taut;
using namespace taut::crypto;
using namespace taut::test;

namespace {

hpke::Algorithms algorithms(const Json& vector) {
  const std::map<int, DhId> kems{
      {0x10, DhId::p256}, {0x11, DhId::p384}, {0x12, DhId::p521}, {0x20, DhId::x25519}, {0x21, DhId::x448}};
  const std::map<int, HashId> kdfs{{1, HashId::sha256}, {2, HashId::sha384}, {3, HashId::sha512}};
  const int aead = vector.at("aead_id");
  const bool export_only = aead == 0xffff;
  return {kems.at(vector.at("kem_id")), kdfs.at(vector.at("kdf_id")),
          export_only ? AeadId::aes128gcm : static_cast<AeadId>(aead), export_only};
}

/// The pair that DeriveKeyPair makes, if it is the vector's.
DhKeyPair derived(const Json& vector, DhId kem, const std::string& who) {
  DhKeyPair pair = DhKeyPair::derive(kem, hex(vector, "ikm" + who)).value();
  CHECK(equal(pair.private_key.expose(), hex(vector, "sk" + who + "m")));
  CHECK(equal(pair.public_key.view(), hex(vector, "pk" + who + "m")));
  return pair;
}

bool encryptions_hold(const Json& vector, hpke::Context& sender, hpke::Context& recipient) {
  bool holds = true;
  for (const Json& one : vector.value("encryptions", Json::array())) {
    const Bytes aad = hex(one, "aad");
    Bytes forged = hex(one, "ct");
    forged.back() ^= 1;
    holds &= !recipient.open(aad, forged).has_value();  // and the sequence number stays
    holds &= sender.seal(aad, hex(one, "pt")).value() == hex(one, "ct");
    holds &= recipient.open(aad, hex(one, "ct")).value() == hex(one, "pt");
  }
  return holds;
}

bool exports_hold(const Json& vector, const hpke::Context& sender, const hpke::Context& recipient) {
  bool holds = !vector.at("exports").empty();
  for (const Json& one : vector.at("exports")) {
    const Bytes context = hex(one, "exporter_context");
    const std::size_t size = one.at("L");
    holds &= equal(sender.export_secret(context, size).value().expose(), hex(one, "exported_value"));
    holds &= equal(recipient.export_secret(context, size).value().expose(), hex(one, "exported_value"));
  }
  return holds;
}

bool holds(const Json& vector) {
  const hpke::Algorithms chosen = algorithms(vector);
  const DhKeyPair recipient = derived(vector, chosen.kem, "R");
  const DhKeyPair ephemeral = derived(vector, chosen.kem, "E");
  const Bytes info = hex(vector, "info");
  hpke::Options at_sender;
  hpke::Options at_recipient;

  Bytes psk_bytes;
  Bytes psk_id;
  hpke::Psk psk;
  if (vector.contains("psk")) {
    psk_bytes = hex(vector, "psk");
    psk_id = hex(vector, "psk_id");
    psk = {psk_bytes, psk_id};
    at_sender.psk = at_recipient.psk = &psk;
  }
  std::optional<DhKeyPair> sender_key;
  if (vector.contains("ikmS")) {
    sender_key = derived(vector, chosen.kem, "S");
    at_sender.sender_key = &*sender_key;
    at_recipient.sender_public = &sender_key->public_key;
  }
  const int mode = (at_sender.psk != nullptr ? 1 : 0) + (at_sender.sender_key != nullptr ? 2 : 0);
  if (mode != vector.at("mode")) return false;

  hpke::SenderContext sender =
      hpke::setup_sender_with(chosen, recipient.public_key, info, ephemeral, at_sender).value();
  hpke::Context opened =
      hpke::setup_recipient(chosen, hex(vector, "enc"), recipient, info, at_recipient).value();
  return equal(sender.enc.view(), hex(vector, "enc")) && encryptions_hold(vector, sender.context, opened) &&
         exports_hold(vector, sender.context, opened);
}

}  // namespace

TEST_CASE("RFC 9180's vectors: key pairs, ciphertexts and exports, in all four modes") {
  Tally tally(vector_folder("hpke") / "rfc9180-trimmed.json");
  for (const Json& vector : tally.content()) {
    tally.expect(holds(vector), "mode " + vector.at("mode").dump() + ", KEM " + vector.at("kem_id").dump() +
                                    ", KDF " + vector.at("kdf_id").dump() + ", AEAD " +
                                    vector.at("aead_id").dump());
  }
}
