#include "frame/access.hpp"

#include "crypto/hash.hpp"
#include "frame/fields.hpp"

namespace taut::frame {

namespace {

constexpr std::string_view kTokenLabel = "taut 1 DeliveryToken";

using Mac = decltype(DeliveryToken::mac);

Mac mac_of(const DeliveryKey& key, const NodeId& inbox, Rank rank, const DeliveryTokenId& id) {
  const Bytes tbs = wire::written([&](wire::Writer& out) {
    out.vector(as_bytes(kTokenLabel)).raw(inbox.view());
    write_enum(out, rank);
    out.raw(id.view());
  });
  const crypto::DerivedKey tag = crypto::hmac(crypto::HashId::sha256, key.expose(), {tbs});
  return Mac(tag.expose().first<Mac::size_bytes>());
}

}  // namespace

DeliveryToken DeliveryToken::mint(const DeliveryKey& key, const NodeId& inbox, Rank rank,
                                  const DeliveryTokenId& id) {
  return {rank, id, mac_of(key, inbox, rank, id)};
}

Result<DeliveryToken> DeliveryToken::open(ByteView bytes, const DeliveryKey& key, const NodeId& inbox) {
  wire::Reader in(bytes);
  DeliveryToken token;
  TAUT_TRY(token.rank, read_enum(in, Rank::known));
  TAUT_TRY(token.id, in.value<DeliveryTokenId>());
  TAUT_TRY(token.mac, in.value<Mac>());
  TAUT_CHECK(in.finish());
  const Mac expected = mac_of(key, inbox, token.rank, token.id);
  if (!equals_in_constant_time(expected.view(), token.mac.view())) {
    return fail(Errc::unauthentic, reasons::kBadTag);
  }
  return token;
}

Bytes DeliveryToken::written() const {
  return wire::written([&](wire::Writer& out) {
    write_enum(out, rank);
    out.raw(id.view()).raw(mac.view());
  });
}

Result<SetAccess> SetAccess::read(wire::Reader& in) {
  SetAccess access;
  TAUT_TRY(access.request, in.u32());
  TAUT_TRY(access.key, in.vector(DeliveryKey::size_bytes));
  TAUT_TRY(access.revoked,
           in.list([](wire::Reader& one) { return one.value<DeliveryTokenId>(); }, kRevokedTokensMax));
  TAUT_TRY(access.extensions, read_extensions(in));
  if (!access.key.empty() && access.key.size() != DeliveryKey::size_bytes) return malformed();
  if (!ascends(access.revoked)) return malformed();
  return access;
}

void SetAccess::write(wire::Writer& out) const {
  out.u32(request).vector(key);
  out.list(revoked, [](wire::Writer& inner, const DeliveryTokenId& one) { inner.raw(one.view()); });
  wire::write_extensions(out, extensions);
}

}  // namespace taut::frame
