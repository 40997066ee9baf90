#include "mls/psk.hpp"

#include <cassert>

namespace taut::mls {

KdfSecret derive_psk_secret(const Suite& suite, std::span<const PskInput> psks) {
  assert(psks.size() <= kPskCountMax);
  const auto zero = KdfSecret::of_size(crypto::hash_size(suite.hash));
  KdfSecret psk_secret = KdfSecret::copy_of(zero);
  std::uint16_t index = 0;
  for (const PskInput& one : psks) {
    const KdfSecret extracted = crypto::hkdf_extract(suite.hash, zero.expose(), {one.psk.expose()});
    // struct { PreSharedKeyID id; uint16 index; uint16 count; } PSKLabel;
    const Bytes psk_label = wire::written([&](wire::Writer& out) {
      one.id.write(out);
      out.u16(index).u16(static_cast<std::uint16_t>(psks.size()));
    });
    const KdfSecret input = expand_with_label(suite, extracted.expose(), "derived psk", psk_label);
    psk_secret = crypto::hkdf_extract(suite.hash, input.expose(), {psk_secret.expose()});
    ++index;
  }
  return psk_secret;
}

PreSharedKeyId make_psk_id(const Suite& suite, std::variant<ExternalPskId, ResumptionPskId> id,
                           Random& random) {
  PreSharedKeyId made{std::move(id), Bytes(crypto::hash_size(suite.hash))};
  random.fill(made.psk_nonce);
  return made;
}

}  // namespace taut::mls
