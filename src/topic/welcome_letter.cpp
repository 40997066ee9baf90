#include "topic/welcome_letter.hpp"

#include "identity/node_id.hpp"

namespace taut::topic {

namespace {

constexpr std::string_view kLetterLabel = "WelcomeLetter";

std::unexpected<Error> bad_letter() { return fail(Errc::unauthentic, reasons::kBadWelcome); }

Result<WelcomeLetter> read_letter_tbs(ByteView tbs) {
  wire::Reader in(tbs);
  WelcomeLetter letter;
  TAUT_TRY(const std::uint16_t number, in.u16());
  TAUT_TRY(const crypto::SignatureId algorithm, crypto::signature_id(number));
  TAUT_TRY(const ByteView key, in.vector(crypto::kSignaturePublicBytesMax));
  TAUT_TRY(letter.signature_key, crypto::SignaturePublic::from_bytes(algorithm, key));
  TAUT_TRY(letter.log_id, in.value<LogId>());
  TAUT_TRY(letter.epoch, in.u64());
  TAUT_TRY(letter.position, in.u64());
  TAUT_TRY(letter.commit_hash, in.value<EntryHash>());
  TAUT_TRY(const ByteView welcome, in.vector());
  letter.welcome = to_bytes(welcome);
  TAUT_CHECK(in.finish());
  return letter;
}

}  // namespace

NodeId WelcomeLetter::welcomer() const { return identity::node_id_of(signature_key); }

Result<Bytes> sign_letter(const WelcomeLetter& letter, const crypto::SignatureKeyPair& identity) {
  if (letter.signature_key != identity.public_key) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes tbs = wire::written([&](wire::Writer& out) {
    out.u16(static_cast<std::uint16_t>(letter.signature_key.id)).vector(letter.signature_key.bytes.view());
    out.raw(letter.log_id.view()).u64(letter.epoch).u64(letter.position);
    out.raw(letter.commit_hash.view()).vector(letter.welcome);
  });
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(identity, crypto::kTautPrefix, kLetterLabel, tbs));
  return wire::written([&](wire::Writer& out) { out.vector(tbs).vector(signature.view()); });
}

Result<WelcomeLetter> read_letter(ByteView bytes) {
  wire::Reader in(bytes);
  const auto tbs = in.vector();
  const auto signature = in.vector(crypto::kSignatureBytesMax);
  if (!tbs || !signature || !in.finish()) return bad_letter();
  Result<WelcomeLetter> letter = read_letter_tbs(*tbs);
  if (!letter ||
      !crypto::verify_with_label(letter->signature_key, crypto::kTautPrefix, kLetterLabel, *tbs, *signature))
    return bad_letter();
  return letter;
}

}  // namespace taut::topic
