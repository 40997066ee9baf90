#pragma once
// Sizes and times of links over datagrams (design §5; docs/protocol/datagram.md).

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace taut::datagram {

/// Longest UDP payload that is sent: fits the smallest path of IPv6 with room for tunnels.
inline constexpr std::size_t kDatagramBytesMax = 1200;
/// How far behind the newest a packet may arrive and still be told from a replay.
inline constexpr std::uint64_t kReplayWindowPackets = 8192;
/// What a receiver takes before its room above has taken anything; also the sender's bound.
inline constexpr std::size_t kStreamWindowBytes = 256 * 1024;
/// Separate pieces of a stream that may be missing at once; beyond it new islands are dropped.
inline constexpr std::size_t kStreamIslandsMax = 256;
/// Ranges that one acknowledgement names, newest first.
inline constexpr std::size_t kAckRangesMax = 32;

// RFC 9002 §6 and §7, its recommended constants.
inline constexpr std::uint64_t kPacketThreshold = 3;
inline constexpr Duration kGranularity = std::chrono::milliseconds(1);
inline constexpr Duration kInitialRtt = std::chrono::milliseconds(333);
inline constexpr Duration kAckDelayMax = std::chrono::milliseconds(25);
inline constexpr std::size_t kInitialWindowBytes = 10 * kDatagramBytesMax;
inline constexpr std::size_t kMinimumWindowBytes = 2 * kDatagramBytesMax;
inline constexpr int kPersistentCongestionThreshold = 3;
/// Back-off of probes stops growing here (2^4 times the base).
inline constexpr unsigned kProbeBackoffMax = 4;

/// Every second packet that wants one is acknowledged at once, a single one after this delay.
inline constexpr Duration kAckDelay = std::chrono::milliseconds(20);
/// Silence towards so many probes in a row means that the peer is gone (with back-off: about a minute).
inline constexpr unsigned kUnansweredProbesMax = 6;
/// A grown window is announced when it moved by this much.
inline constexpr std::size_t kWindowStepBytes = kStreamWindowBytes / 4;

}  // namespace taut::datagram
