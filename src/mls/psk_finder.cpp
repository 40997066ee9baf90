#include "mls/group_state.hpp"

namespace taut::mls {

namespace {

/// A group's own resumption_psk of an epoch, the current one included.
const KdfSecret* own_resumption_psk(const GroupState& group, const ResumptionPskId& id) {
  if (group.epoch.context.group_id != id.psk_group_id) return nullptr;
  if (group.epoch.context.epoch == id.psk_epoch && !group.epoch.secrets.resumption_psk.empty())
    return &group.epoch.secrets.resumption_psk;
  return group.resumption_psks.find(id.psk_epoch);
}

}  // namespace

Result<SecretBytes> PskFinder::find(const PreSharedKeyId& id) const {
  if (const auto* external = std::get_if<ExternalPskId>(&id.id)) return source.external_psk(external->psk_id);
  const auto& resumption = std::get<ResumptionPskId>(id.id);
  for (const GroupState* known : {group, previous}) {
    if (known == nullptr) continue;
    if (const KdfSecret* psk = own_resumption_psk(*known, resumption)) return SecretBytes(psk->expose());
  }
  return source.resumption_psk(resumption.psk_group_id, resumption.psk_epoch);
}

Result<KdfSecret> PskFinder::psk_secret(const Suite& suite,
                                        std::span<const PreSharedKeyId* const> ids) const {
  std::vector<PskInput> inputs;
  inputs.reserve(ids.size());
  for (const PreSharedKeyId* id : ids) {
    TAUT_TRY(SecretBytes psk, find(*id));
    inputs.push_back({*id, std::move(psk)});
  }
  return derive_psk_secret(suite, inputs);
}

}  // namespace taut::mls
