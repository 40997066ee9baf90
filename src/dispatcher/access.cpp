#include "dispatcher/access.hpp"

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::dispatcher {

Result<Access> Access::parse(ByteView note) {
  wire::Reader in(note);
  Access access;
  TAUT_TRY(access.key, in.value<frame::DeliveryKey>());
  TAUT_TRY(access.revoked, in.list([](wire::Reader& one) { return one.value<frame::DeliveryTokenId>(); }));
  TAUT_CHECK(in.finish());
  return access;
}

Bytes Access::written() const {
  return wire::written([&](wire::Writer& out) {
    out.raw(key.expose());
    out.list(revoked, [](wire::Writer& inner, const frame::DeliveryTokenId& one) { inner.raw(one.view()); });
  });
}

Share Access::share_of(ByteView token, const NodeId& inbox) const {
  const auto opened = frame::DeliveryToken::open(token, key, inbox);
  if (!opened || std::ranges::binary_search(revoked, opened->id)) return Share::stranger;
  return opened->rank == frame::Rank::own ? Share::own : Share::known;
}

}  // namespace taut::dispatcher
