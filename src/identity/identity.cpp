#include "identity/identity.hpp"

#include <set>

#include "identity/node_id.hpp"
#include "identity/secret_form.hpp"

namespace taut::identity {

namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kStateBytesMax = 8192;

std::unexpected<Error> misuse() { return fail(Errc::misuse, reasons::kMisuse); }

Validity validity_from(std::optional<WallTime> now) {
  if (!now) return {};
  const auto skew = static_cast<std::uint64_t>(std::chrono::milliseconds(kClockSkew).count());
  return {{now->unix_ms - std::min(now->unix_ms, skew)}, *now + kLinkKeyLife};
}

void write_link_key_pair(wire::Writer& out, const LinkKeyPair& key) {
  write_link_key_certificate(out, key.certificate);
  out.vector(key.pair.private_key.expose());
}

Result<LinkKeyPair> read_link_key_pair(wire::Reader& in, const crypto::SignaturePublic& signature_key) {
  TAUT_TRY(LinkKeyCertificate certificate, read_link_key_certificate(in));
  TAUT_TRY(const ByteView private_key, in.vector(crypto::kDhPrivateBytesMax));
  TAUT_TRY(crypto::DhKeyPair pair,
           crypto::DhKeyPair::from_private(crypto::suite(certificate.suite).dh, private_key));
  const LinkKeyClaim claim{certificate.suite, pair.public_key};
  TAUT_CHECK(verify_link_key(certificate, signature_key, claim, std::nullopt));
  return LinkKeyPair{std::move(pair), certificate};
}

Result<crypto::SignatureKeyPair> read_signature_key(wire::Reader& in) {
  TAUT_TRY(const std::uint16_t number, in.u16());
  TAUT_TRY(const crypto::SignatureId id, crypto::signature_id(number));
  TAUT_TRY(const ByteView private_key, in.vector(crypto::SignaturePrivate::size_bytes_max));
  return crypto::SignatureKeyPair::from_private(id, private_key);
}

}  // namespace

Identity::Identity(crypto::SignatureKeyPair signature_key, std::vector<LinkKeyPair> link_keys)
    : signature_key_(std::move(signature_key)),
      node_id_(node_id_of(signature_key_.public_key)),
      link_keys_(std::move(link_keys)) {}

Result<Identity> Identity::create(std::span<const crypto::SuiteId> suites, std::optional<WallTime> now,
                                  Random& random) {
  // A card lists link keys in the order of their suites.
  const std::set<crypto::SuiteId> ordered(suites.begin(), suites.end());
  if (suites.empty() || suites.size() > kLinkKeyCountMax || ordered.size() != suites.size()) return misuse();
  const crypto::SignatureId algorithm = crypto::suite(suites.front()).signature;
  TAUT_TRY(crypto::SignatureKeyPair signature_key, crypto::SignatureKeyPair::generate(algorithm, random));
  std::vector<LinkKeyPair> link_keys;
  for (const crypto::SuiteId suite : ordered) {
    const std::uint64_t sequence = link_keys.size() + 1;
    TAUT_TRY(LinkKeyPair key,
             LinkKeyPair::create(suite, signature_key, validity_from(now), sequence, random));
    link_keys.push_back(std::move(key));
  }
  return Identity(std::move(signature_key), std::move(link_keys));
}

Result<Identity> Identity::renewed(LinkKeys keys, std::optional<WallTime> now, Random& random) const {
  std::uint64_t sequence = 0;
  for (const LinkKeyPair& key : link_keys_) sequence = std::max(sequence, key.certificate.sequence);
  std::vector<LinkKeyPair> renewed;
  for (const LinkKeyPair& key : link_keys_) {
    const crypto::SuiteId suite = key.certificate.suite;
    TAUT_TRY(crypto::DhKeyPair pair, keys == LinkKeys::kept
                                         ? Result<crypto::DhKeyPair>(crypto::DhKeyPair::copy_of(key.pair))
                                         : crypto::DhKeyPair::generate(crypto::suite(suite).dh, random));
    TAUT_TRY(LinkKeyPair made,
             LinkKeyPair::certify(std::move(pair), suite, signature_key_, validity_from(now), ++sequence));
    renewed.push_back(std::move(made));
  }
  TAUT_TRY(crypto::SignatureKeyPair signature_key,
           crypto::SignatureKeyPair::from_private(signature_key_.public_key.id,
                                                  signature_key_.private_key.expose()));
  return Identity(std::move(signature_key), std::move(renewed));
}

const LinkKeyPair* Identity::link_key(crypto::SuiteId suite) const {
  const auto found =
      std::ranges::find(link_keys_, suite, [](const auto& key) { return key.certificate.suite; });
  return found == link_keys_.end() ? nullptr : &*found;
}

Card Identity::card() const {
  Card card;
  card.signature_key = signature_key_.public_key;
  for (const LinkKeyPair& key : link_keys_) {
    const auto number = static_cast<std::uint16_t>(key.certificate.suite);
    card.link_keys.push_back({number, to_bytes(key.pair.public_key.view())});
    // A group's members sign with its suite's algorithm (RFC 9420 §7.2).
    if (crypto::suite(key.certificate.suite).signature == signature_key_.public_key.id)
      card.mls_suites.push_back(number);
  }
  return card;
}

SecretBytes Identity::serialise() const {
  return written_secret(kStateBytesMax, [&](wire::Writer& out) {
    out.u8(kFormat)
        .u16(static_cast<std::uint16_t>(signature_key_.public_key.id))
        .vector(signature_key_.private_key.expose())
        .list(link_keys_, write_link_key_pair);
  });
}

Result<Identity> Identity::parse(ByteView bytes) {
  wire::Reader in(bytes);
  TAUT_TRY(const std::uint8_t format, in.u8());
  if (format != kFormat) return fail(Errc::incompatible, reasons::kBadFrame);
  TAUT_TRY(crypto::SignatureKeyPair signature_key, read_signature_key(in));
  TAUT_TRY(std::vector<LinkKeyPair> link_keys,
           in.list([&](wire::Reader& one) { return read_link_key_pair(one, signature_key.public_key); },
                   kLinkKeyCountMax));
  TAUT_CHECK(in.finish());
  return Identity(std::move(signature_key), std::move(link_keys));
}

Result<Identity> Identity::copy_of(const Identity& other) { return parse(other.serialise().expose()); }

}  // namespace taut::identity
