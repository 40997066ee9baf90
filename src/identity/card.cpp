#include "identity/card.hpp"

#include "identity/card_wire.hpp"
#include "identity/node_id.hpp"

namespace taut::identity {

namespace {

struct Parts {
  ByteView tbs;
  ByteView signature;
};

Result<Parts> split(ByteView bytes) {
  if (bytes.size() > kCardBytesMax) return fail(Errc::malformed, reasons::kTooLarge);
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kCardFormat) return fail(Errc::incompatible, reasons::kBadFrame);
  TAUT_TRY(const ByteView tbs, in.vector());
  TAUT_TRY(const ByteView signature, in.vector(crypto::kSignatureBytesMax));
  TAUT_CHECK(in.finish());
  return Parts{tbs, signature};
}

}  // namespace

Result<std::uint16_t> common_version(const VersionRange& a, const VersionRange& b) {
  const std::uint16_t highest = std::min(a.highest, b.highest);
  if (highest < std::max(a.lowest, b.lowest)) return fail(Errc::incompatible, reasons::kSuiteRefused);
  return highest;
}

Result<std::uint64_t> next_sequence(std::uint64_t last, std::optional<WallTime> now) {
  if (last >= kFinalSequence - 1) return fail(Errc::exhausted, reasons::kKeyExhausted);
  const std::uint64_t clock = now ? std::min(now->unix_ms, kFinalSequence - 1) : 0;
  return std::max(last + 1, clock);
}

NodeId Card::node_id() const { return node_id_of(signature_key); }

const LinkKey* Card::link_key(crypto::SuiteId suite) const {
  const auto found = std::ranges::find(link_keys, static_cast<std::uint16_t>(suite), &LinkKey::suite);
  return found == link_keys.end() ? nullptr : &*found;
}

std::vector<Dispatcher> Card::inboxes() const {
  std::vector<Dispatcher> all;
  if (!serves_at.empty()) all.push_back({node_id(), link_keys.front(), serves_at});
  all.insert(all.end(), dispatchers.begin(), dispatchers.end());
  return all;
}

bool Card::is_revocation() const { return wire::find_extension(extensions, kRevocationExtension) != nullptr; }

SignedCard::SignedCard(Card card, Bytes bytes)
    : card_(std::move(card)), node_id_(card_.node_id()), bytes_(std::move(bytes)) {}

Result<SignedCard> SignedCard::restore(ByteView bytes) {
  TAUT_TRY(const Parts parts, split(bytes));
  TAUT_TRY(Card card, parse_card_tbs(parts.tbs));
  TAUT_CHECK(check_rules(card));
  if (!equal(card_tbs(card), parts.tbs)) return malformed();
  return SignedCard(std::move(card), to_bytes(bytes));
}

Result<SignedCard> SignedCard::parse(ByteView bytes) {
  TAUT_TRY(SignedCard card, restore(bytes));
  TAUT_TRY(const Parts parts, split(bytes));
  TAUT_CHECK(crypto::verify_with_label(card.card().signature_key, crypto::kTautPrefix, kCardLabel, parts.tbs,
                                       parts.signature));
  return card;
}

Result<SignedCard> SignedCard::sign(const Card& card, const crypto::SignatureKeyPair& key) {
  if (card.signature_key != key.public_key || !check_rules(card)) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes tbs = card_tbs(card);
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(key, crypto::kTautPrefix, kCardLabel, tbs));
  Bytes bytes =
      wire::written([&](wire::Writer& out) { out.u8(kCardFormat).vector(tbs).vector(signature.view()); });
  if (bytes.size() > kCardBytesMax) return fail(Errc::misuse, reasons::kTooLarge);
  return SignedCard(card, std::move(bytes));
}

Result<SignedCard> SignedCard::revoke(const crypto::SignatureKeyPair& key, const Revocation& revocation) {
  Card card;
  card.signature_key = key.public_key;
  card.sequence = kFinalSequence;
  card.extensions.push_back({kRevocationExtension, wire::written([&](wire::Writer& out) {
                               out.present(revocation.successor.has_value());
                               if (revocation.successor) out.raw(revocation.successor->view());
                             })});
  return sign(card, key);
}

std::optional<Revocation> SignedCard::revocation() const {
  const Bytes* data = wire::find_extension(card_.extensions, kRevocationExtension);
  if (data == nullptr) return std::nullopt;
  if (data->size() == 1) return Revocation{};
  return Revocation{NodeId(ByteView(*data).subspan<1, NodeId::size_bytes>())};
}

Status SignedCard::check_at(std::optional<WallTime> now) const {
  return Validity{{}, card_.not_after}.check_at(now);
}

Status SignedCard::check_replaces(const SignedCard& held) const {
  if (node_id_ != held.node_id_) return fail(Errc::misuse, reasons::kIdentityMismatch);
  if (card_.sequence <= held.card_.sequence) return fail(Errc::replayed, reasons::kOldCard);
  return {};
}

}  // namespace taut::identity
