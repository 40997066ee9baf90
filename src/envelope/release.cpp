#include "envelope/release.hpp"

#include "identity/node_id.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::envelope {

namespace {

constexpr std::string_view kReleaseLabel = "Release";

void write_ids(wire::Writer& out, std::span<const MessageId> released) {
  out.list(released, [](wire::Writer& inner, const MessageId& one) { inner.raw(one.view()); });
}

Bytes release_tbs(const NodeId& releaser, const NodeId& sender, std::span<const MessageId> released) {
  return wire::written([&](wire::Writer& out) {
    out.raw(releaser.view()).raw(sender.view());
    write_ids(out, released);
  });
}

}  // namespace

Result<Content> sign_release(const NodeId& sender, std::span<const MessageId> released,
                             const crypto::SignatureKeyPair& releaser) {
  if (released.empty() || released.size() > kReleasedMax) return fail(Errc::misuse, reasons::kMisuse);
  const Bytes tbs = release_tbs(identity::node_id_of(releaser.public_key), sender, released);
  TAUT_TRY(const crypto::Signature signature,
           crypto::sign_with_label(releaser, crypto::kTautPrefix, kReleaseLabel, tbs));
  Bytes body = wire::written([&](wire::Writer& out) {
    write_ids(out, released);
    out.vector(signature.view());
  });
  return Content{ContentType::release, std::move(body)};
}

Result<std::vector<MessageId>> open_release(ByteView body, const NodeId& sender,
                                            const crypto::SignaturePublic& releaser) {
  wire::Reader in(body);
  TAUT_TRY(std::vector<MessageId> released,
           in.list([](wire::Reader& one) { return one.value<MessageId>(); }, kReleasedMax));
  if (released.empty()) return malformed();
  TAUT_TRY(const ByteView signature, in.vector(crypto::kSignatureBytesMax));
  TAUT_CHECK(in.finish());
  const Bytes tbs = release_tbs(identity::node_id_of(releaser), sender, released);
  TAUT_CHECK(crypto::verify_with_label(releaser, crypto::kTautPrefix, kReleaseLabel, tbs, signature));
  return released;
}

}  // namespace taut::envelope
