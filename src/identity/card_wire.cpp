#include "identity/card_wire.hpp"

#include "base/utf8.hpp"

namespace taut::identity {

namespace {

using wire::Reader;
using wire::Writer;

constexpr std::array kKnownExtensions{kRevocationExtension};

void write_link_key(Writer& out, const LinkKey& key) { out.u16(key.suite).vector(key.key); }

Result<LinkKey> read_link_key(Reader& in) {
  TAUT_TRY(const std::uint16_t suite, in.u16());
  TAUT_TRY(const ByteView key, in.vector(kPublicKeyBytesMax));
  return LinkKey{suite, to_bytes(key)};
}

void write_sealing_key(Writer& out, const std::optional<SealingKey>& key) {
  out.present(key.has_value());
  if (key) out.u16(key->suite).vector(key->key).u64(key->not_after.unix_ms);
}

Result<std::optional<SealingKey>> read_sealing_key(Reader& in) {
  TAUT_TRY(const bool present, in.present());
  if (!present) return std::nullopt;
  TAUT_TRY(const std::uint16_t suite, in.u16());
  TAUT_TRY(const ByteView key, in.vector(kPublicKeyBytesMax));
  TAUT_TRY(const std::uint64_t not_after, in.u64());
  return SealingKey{suite, to_bytes(key), {not_after}};
}

}  // namespace

void write_dispatcher(Writer& out, const Dispatcher& dispatcher) {
  out.raw(dispatcher.node_id.view());
  write_link_key(out, dispatcher.link_key);
  out.list(dispatcher.addresses, write_address);
}

Result<Dispatcher> read_dispatcher(Reader& in) {
  TAUT_TRY(const NodeId node_id, in.value<NodeId>());
  TAUT_TRY(LinkKey link_key, read_link_key(in));
  TAUT_TRY(std::vector<Address> addresses, in.list(read_address, kAddressCountMax));
  return Dispatcher{node_id, std::move(link_key), std::move(addresses)};
}

namespace {

Status read_lists(Reader& in, Card& card) {
  TAUT_TRY(card.link_keys, in.list(read_link_key, kLinkKeyCountMax));
  TAUT_TRY(card.mls_suites, in.list([](Reader& one) { return one.u16(); }, kMlsSuiteCountMax));
  TAUT_TRY(card.sealing_key, read_sealing_key(in));
  TAUT_TRY(card.serves_at, in.list(read_address, kAddressCountMax));
  TAUT_TRY(card.dispatchers, in.list(read_dispatcher, kDispatcherCountMax));
  TAUT_TRY(card.extensions, wire::read_extensions(in, kKnownExtensions));
  return {};
}

/// A key of a suite that we know must be one, and one to which something can be sealed, or everything that is
/// meant for it would fail when it is too late; others are kept for those who know them.
Status check_key(std::uint16_t number, ByteView key) {
  if (key.empty() || key.size() > kPublicKeyBytesMax) return malformed();
  const crypto::Suite* suite = crypto::find_suite(number);
  if (suite == nullptr) return {};
  TAUT_TRY(const crypto::DhPublic checked, crypto::DhPublic::from_bytes(suite->dh, key));
  if (checked.is_low_order()) return malformed();
  return {};
}

Status check_addresses(const std::vector<Address>& addresses) {
  if (addresses.size() > kAddressCountMax) return malformed();
  for (const Address& address : addresses) {
    Bytes bytes = wire::written([&](Writer& out) { write_address(out, address); });
    Reader reader(bytes);
    TAUT_CHECK(read_address(reader));
  }
  return {};
}

Status check_keys(const Card& card) {
  if (card.link_keys.size() > kLinkKeyCountMax || card.mls_suites.size() > kMlsSuiteCountMax)
    return malformed();
  const auto not_ascending = [](const LinkKey& a, const LinkKey& b) { return a.suite >= b.suite; };
  if (std::ranges::adjacent_find(card.link_keys, not_ascending) != card.link_keys.end()) return malformed();
  for (const LinkKey& key : card.link_keys) TAUT_CHECK(check_key(key.suite, key.key));
  for (auto suite = card.mls_suites.begin(); suite != card.mls_suites.end(); ++suite)
    if (std::find(card.mls_suites.begin(), suite, *suite) != suite) return malformed();
  if (card.sealing_key) TAUT_CHECK(check_key(card.sealing_key->suite, card.sealing_key->key));
  return {};
}

Status check_dispatchers(const Card& card) {
  TAUT_CHECK(check_addresses(card.serves_at));
  if (!card.serves_at.empty() && card.link_keys.empty()) return malformed();
  if (card.dispatchers.size() > kDispatcherCountMax) return malformed();
  std::vector<NodeId> seen{card.node_id()};
  for (const Dispatcher& dispatcher : card.dispatchers) {
    if (std::ranges::find(seen, dispatcher.node_id) != seen.end()) return malformed();
    seen.push_back(dispatcher.node_id);
    if (dispatcher.addresses.empty()) return malformed();
    TAUT_CHECK(check_key(dispatcher.link_key.suite, dispatcher.link_key.key));
    TAUT_CHECK(check_addresses(dispatcher.addresses));
  }
  return {};
}

Status check_revocation(const Card& card) {
  const Bytes* data = wire::find_extension(card.extensions, kRevocationExtension);
  if ((data != nullptr) != (card.sequence == kFinalSequence)) return malformed();
  if (data == nullptr) return {};
  const bool says_nothing_else = card.name.empty() && card.link_keys.empty() && card.mls_suites.empty() &&
                                 !card.sealing_key && card.serves_at.empty() && card.dispatchers.empty() &&
                                 card.not_after == kEndOfTime;
  if (!says_nothing_else) return malformed();
  Reader in(*data);
  TAUT_TRY(const bool has_successor, in.present());
  if (has_successor) TAUT_CHECK(in.take(NodeId::size_bytes));
  return in.finish();
}

}  // namespace

Bytes card_tbs(const Card& card) {
  return wire::written([&](Writer& out) {
    out.u16(card.versions.lowest).u16(card.versions.highest);
    out.u16(static_cast<std::uint16_t>(card.signature_key.id)).vector(card.signature_key.bytes.view());
    out.u64(card.sequence).u64(card.not_after.unix_ms).vector(as_bytes(card.name));
    out.list(card.link_keys, write_link_key);
    out.list(card.mls_suites, [](Writer& inner, std::uint16_t suite) { inner.u16(suite); });
    write_sealing_key(out, card.sealing_key);
    out.list(card.serves_at, write_address).list(card.dispatchers, write_dispatcher);
    wire::write_extensions(out, card.extensions);
  });
}

Result<Card> parse_card_tbs(ByteView tbs) {
  Reader in(tbs);
  Card card;
  TAUT_TRY(card.versions.lowest, in.u16());
  TAUT_TRY(card.versions.highest, in.u16());
  TAUT_TRY(const std::uint16_t algorithm, in.u16());
  TAUT_TRY(const crypto::SignatureId signature_id, crypto::signature_id(algorithm));
  TAUT_TRY(const ByteView key, in.vector(crypto::kSignaturePublicBytesMax));
  TAUT_TRY(card.signature_key, crypto::SignaturePublic::from_bytes(signature_id, key));
  TAUT_TRY(card.sequence, in.u64());
  TAUT_TRY(card.not_after.unix_ms, in.u64());
  TAUT_TRY(const ByteView name, in.vector(kNameBytesMax));
  card.name = as_text(name);
  TAUT_CHECK(read_lists(in, card));
  TAUT_CHECK(in.finish());
  return card;
}

Status check_rules(const Card& card) {
  if (card.versions.lowest == 0 || card.versions.lowest > card.versions.highest) return malformed();
  if (card.name.size() > kNameBytesMax || !is_utf8_line(as_bytes(card.name)))
    return fail(Errc::malformed, reasons::kBadName);
  TAUT_CHECK(check_keys(card));
  TAUT_CHECK(check_dispatchers(card));
  return check_revocation(card);
}

}  // namespace taut::identity
