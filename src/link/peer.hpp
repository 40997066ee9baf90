#pragma once
// Who is at the other end of a link, and what for.

#include "base/ids.hpp"
#include "identity/card.hpp"
#include "identity/identity.hpp"
#include "link/noise_names.hpp"

namespace taut::link {

/// What a link is for. Bound by the prologue: a link made for one cannot be turned into another.
enum class Purpose : std::uint8_t { peer = 1, dispatcher = 2, channel = 3 };
inline constexpr std::uint8_t kPurposeMax = 3;

/// The purposes that a listener serves.
class Purposes {
 public:
  constexpr Purposes() = default;
  constexpr Purposes(std::initializer_list<Purpose> served) {
    for (const Purpose one : served) bits_ |= bit(one);
  }
  /// The same, also for initiators that do not say who they are (NK).
  constexpr Purposes or_anonymous() const {
    Purposes more = *this;
    more.takes_anonymous_ = true;
    return more;
  }
  constexpr bool takes_anonymous() const { return takes_anonymous_; }
  constexpr bool contains(Purpose one) const { return (bits_ & bit(one)) != 0; }

 private:
  static constexpr unsigned bit(Purpose one) { return 1U << static_cast<unsigned>(one); }
  unsigned bits_ = 0;
  bool takes_anonymous_ = false;
};

/// Whom to call: what a card says of its node, for one suite.
struct Remote {
  NodeId node_id;
  crypto::SuiteId suite;
  crypto::DhPublic link_key;
  std::uint16_t version;  ///< the highest that both speak; a refusal never leads to a lower one
  const LinkPattern* pattern = &kIk;
};

/// The first of our suites that the card offers, and the highest common version.
/// @errors incompatible: suite_refused, version_refused; malformed (bad_key)
Result<Remote> remote_of(const identity::Card& card, const identity::Identity& ours);
/// A dispatcher as a card of somebody else's names it: its own version range is not known there.
/// @errors incompatible (suite_refused): we have no key for its suite; malformed (bad_key)
Result<Remote> remote_of(const identity::Dispatcher& dispatcher, const identity::Identity& ours);
/// The same for a call that shows nothing of ours: any suite that links have will do.
/// @errors as above
Result<Remote> anonymous_remote_of(const identity::Dispatcher& dispatcher);

/// Who was found at the other end: its key is proven, and its certificate was verified.
struct Peer {
  std::optional<NodeId> node_id;  ///< none: an initiator that did not say
  SessionId session_id;           ///< first 16 bytes of the handshake hash: the same at both ends
  crypto::SuiteId suite;
  Purpose purpose;
  std::uint16_t version;
  std::uint64_t link_key_sequence;  ///< of its certificate; lower than one seen before: an old key
};

}  // namespace taut::link
