#include "mls/psk_id.hpp"

namespace taut::mls {
namespace {

enum class PskType : std::uint8_t { external = 1, resumption = 2 };

Result<ResumptionPskId> read_resumption(wire::Reader& in) {
  TAUT_TRY(const std::uint8_t usage, in.u8());
  if (usage < 1 || usage > static_cast<std::uint8_t>(ResumptionPskUsage::branch)) return malformed();
  TAUT_TRY(GroupId group_id, read_opaque<GroupId>(in));
  TAUT_TRY(const std::uint64_t epoch, in.u64());
  return ResumptionPskId{static_cast<ResumptionPskUsage>(usage), std::move(group_id), epoch};
}

}  // namespace

Result<PreSharedKeyId> PreSharedKeyId::read(wire::Reader& in) {
  PreSharedKeyId made;
  TAUT_TRY(const std::uint8_t type, in.u8());
  switch (static_cast<PskType>(type)) {
    case PskType::external: {
      TAUT_TRY(Bytes psk_id, read_bytes(in));
      made.id = ExternalPskId{std::move(psk_id)};
      break;
    }
    case PskType::resumption: {
      TAUT_TRY(made.id, read_resumption(in));
      break;
    }
    default:
      return malformed();
  }
  TAUT_TRY(made.psk_nonce, read_bytes(in));
  return made;
}

void PreSharedKeyId::write(wire::Writer& out) const {
  if (const auto* external = std::get_if<ExternalPskId>(&id)) {
    out.u8(static_cast<std::uint8_t>(PskType::external)).vector(external->psk_id);
  } else {
    const auto& resumption = std::get<ResumptionPskId>(id);
    out.u8(static_cast<std::uint8_t>(PskType::resumption)).u8(static_cast<std::uint8_t>(resumption.usage));
    out.vector(resumption.psk_group_id.view()).u64(resumption.psk_epoch);
  }
  out.vector(psk_nonce);
}

}  // namespace taut::mls
