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
inline constexpr Duration kAckDelayMax = std::chrono::milliseconds(10);
inline constexpr std::size_t kInitialWindowBytes = 10 * kDatagramBytesMax;
/// Four times RFC 9002's: with two packets in flight only timers find what was lost, and a path that loses
/// a third of them by chance, as radio does, would carry next to nothing. Probes back off all the same.
inline constexpr std::size_t kMinimumWindowBytes = 8 * kDatagramBytesMax;
inline constexpr int kPersistentCongestionThreshold = 3;
/// The back-off of probes ends here, or at the base if that is longer.
inline constexpr Duration kProbeDelayMax = std::chrono::seconds(2);
inline constexpr unsigned kProbeDoublingsMax = 16;

/// Every second packet that wants one is acknowledged at once, a single one after this delay: long enough
/// for a dispatcher's answer to take the acknowledgement with it.
inline constexpr Duration kAckDelay = std::chrono::milliseconds(5);
/// Silence towards more probes than these, and for so long, means that the peer is gone.
inline constexpr unsigned kUnansweredProbesMax = 6;
inline constexpr Duration kUnansweredMax = std::chrono::seconds(15);
/// A grown window is announced when it moved by this much.
inline constexpr std::size_t kWindowStepBytes = kStreamWindowBytes / 4;

// ---------------------------------------------------------------------- handshakes and keys
/// Again after this long without an answer, then half as long again, up to the other.
inline constexpr Duration kHandshakeRetry = std::chrono::milliseconds(250);
inline constexpr Duration kHandshakeRetryMax = std::chrono::seconds(1);
/// A handshake that nobody completed is forgotten.
inline constexpr Duration kHandshakeDeadline = std::chrono::seconds(10);
/// Half-open handshakes: of one peer, of one source, and in all.
inline constexpr std::size_t kHalfOpenPerPeerMax = 2;
inline constexpr std::size_t kHalfOpenPerSourceMax = 8;
inline constexpr std::size_t kHalfOpenMax = 1024;
/// From here on a cookie is asked for before any Diffie-Hellman ...
inline constexpr std::size_t kHalfOpenUnderLoad = 128;
/// ... and also beyond so many handshakes in one second.
inline constexpr unsigned kHandshakesPerSecondUnderLoad = 200;
/// What one source may begin: so many at once, and then so many in a second.
inline constexpr double kSourceBurst = 20;
inline constexpr double kSourcePerSecond = 20;
/// Sources that are remembered; when all are busy, everybody needs a cookie.
inline constexpr std::size_t kSourcesMax = 4096;

/// The initiator renews keys that were used beyond this age or count.
inline constexpr Duration kRekeyAfter = std::chrono::seconds(120);
inline constexpr std::uint64_t kRekeyAfterPackets = std::uint64_t{1} << 20;
inline constexpr Duration kResponderPatience = std::chrono::seconds(30);
/// After the first use beyond that age, so long until the link ends.
inline constexpr Duration kRekeyGrace = std::chrono::seconds(60);
/// Keys that were renewed still open late packets for this long.
inline constexpr Duration kOldKeysLife = std::chrono::seconds(30);
/// How long a closing link waits for the other end.
inline constexpr Duration kClosingDeadline = std::chrono::seconds(15);
/// A closed link answers repeated packets for this long.
inline constexpr Duration kLinger = std::chrono::seconds(3);
/// A link that says nothing for so long gives up memory that it can make anew.
inline constexpr Duration kIdleAfter = std::chrono::seconds(2);
/// Links of one endpoint, and how long one may be silent.
inline constexpr std::size_t kLinksMax = 16384;
inline constexpr Duration kSilenceMax = std::chrono::hours(24);

}  // namespace taut::datagram
