#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace taut::mls {

/// How commits and proposals travel (RFC 9420 §6). SelfRemove and what comes from outside is always public.
enum class HandshakeFormat : std::uint8_t { private_message, public_message };

/// Past epochs are kept no longer, whatever the settings say.
inline constexpr Duration kPastEpochLifetimeMax = std::chrono::hours(24 * 366);

/// The bounds of one group at one member. Each is a named default; none changes what is valid.
struct Settings {
  HandshakeFormat handshake = HandshakeFormat::private_message;
  /// Past epochs whose late messages are still opened, and for how long.
  std::uint32_t past_epochs_max = 3;
  Duration past_epoch_lifetime = std::chrono::hours(24);
  /// Epochs whose resumption PSK is remembered, the current one not counted.
  std::uint32_t resumption_psks_max = 8;
  /// Proposals that wait for a commit, and their bytes; more are refused. Those from outside the group
  /// (external senders, people who want in) fill one half at most.
  std::uint32_t pending_proposals_max = 4'096;
  std::uint32_t pending_proposal_bytes_max = 16U << 20;
  /// PrivateMessages are padded to a multiple of this; 0 and 1: not at all.
  std::uint32_t padding_block_bytes = 0;
  /// Longest lifetime of a KeyPackage that this client proposes to add (§7.2).
  std::chrono::seconds key_package_lifetime_max = std::chrono::hours(24 * 120);

  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace taut::mls
