#pragma once

#include <variant>

#include "mls/codec.hpp"

namespace taut::mls {

enum class ResumptionPskUsage : std::uint8_t { application = 1, reinit = 2, branch = 3 };

/// struct {
///   PSKType psktype;
///   select (PreSharedKeyID.psktype) {
///     case external:
///       opaque psk_id<V>;
///     case resumption:
///       ResumptionPSKUsage usage;
///       opaque psk_group_id<V>;
///       uint64 psk_epoch;
///   };
///   opaque psk_nonce<V>;
/// } PreSharedKeyID;                                                              RFC 9420 §8.4
struct ExternalPskId {
  Bytes psk_id;
  friend auto operator<=>(const ExternalPskId&, const ExternalPskId&) = default;
};
struct ResumptionPskId {
  ResumptionPskUsage usage = ResumptionPskUsage::application;
  GroupId psk_group_id;
  std::uint64_t psk_epoch = 0;
  friend auto operator<=>(const ResumptionPskId&, const ResumptionPskId&) = default;
};
struct PreSharedKeyId {
  std::variant<ExternalPskId, ResumptionPskId> id;
  Bytes psk_nonce;

  static Result<PreSharedKeyId> read(wire::Reader& in);
  void write(wire::Writer& out) const;
  friend auto operator<=>(const PreSharedKeyId&, const PreSharedKeyId&) = default;
};

}  // namespace taut::mls
