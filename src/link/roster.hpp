#pragma once
// Which of a node's links lead to which peer: how many may be half open, and how a new session takes an
// old one's place (design §5). For owners that want one session per peer; a dispatcher, which serves
// several processes of one node at once, counts half-open links alone.

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "link/limits.hpp"

namespace taut::link {

class Roster {
 public:
  /// The owner's number for a link, never given twice.
  using LinkNumber = std::uint64_t;

  /// A half-open link names a peer (PeerClaimed).
  /// @return the peer's oldest half-open link, to be dropped, when it now has more than
  ///         kHalfOpenPerPeerMax. The oldest, for anybody can replay first messages: were the newest
  ///         refused, two of them would keep the peer itself out.
  std::optional<LinkNumber> claimed(LinkNumber link, const NodeId& peer);

  /// A link is no longer half open (PeerAuthenticated), or is gone before that.
  void settled(LinkNumber link, const NodeId& peer);

  /// From now on, what is for this peer goes over `link`.
  /// @return the link whose place it takes: nothing more is sent over it, and it is received from until
  ///         tick() says to close it
  std::optional<LinkNumber> replace(const NodeId& peer, LinkNumber link, Instant now);

  /// A link to this peer is gone, in whatever state.
  void closed(LinkNumber link, const NodeId& peer);

  /// none: there is no session.
  std::optional<LinkNumber> current(const NodeId& peer) const;
  std::size_t half_open_count() const;

  std::optional<Instant> next_deadline() const;
  /// @return replaced links whose time to be received from has passed
  std::vector<LinkNumber> tick(Instant now);

 private:
  struct Replaced {
    LinkNumber link;
    Instant until;
  };

  std::map<NodeId, std::deque<LinkNumber>> half_open_;
  std::map<NodeId, LinkNumber> current_;
  std::deque<Replaced> replaced_;  ///< in the order of their deadlines
};

}  // namespace taut::link
