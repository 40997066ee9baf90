#pragma once
// The inside of an Endpoint. endpoint_dial.cpp begins links, endpoint_answer.cpp answers to those of
// others, endpoint_links.cpp runs them.

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "datagram/cookie.hpp"
#include "datagram/endpoint.hpp"
#include "datagram/gate.hpp"
#include "datagram/session.hpp"
#include "link/handshake.hpp"

namespace taut::datagram {

/// An initiation that waits for its response: of a new link, or of new keys for one.
struct Dialing {
  link::Handshake handshake;
  CallKeys call_keys;
  Bytes body;  ///< everything before the macs
  Mac mac1;
  std::optional<Cookie> cookie;
  SessionIndex our_index = 0;
  Instant began{};
  unsigned tries = 0;
  Instant next_try{};
  Duration retry = kHandshakeRetry;
};

struct Call {
  link::Remote remote;
  link::Purpose purpose;
  PeerAddress to;
};

struct Link {
  std::unique_ptr<Call> call;        ///< ours
  std::unique_ptr<Dialing> dialing;  ///< under way
  std::unique_ptr<Session> session;
  std::optional<Duration> keep_alive;
  Instant next_keep_alive{};
  std::optional<Instant> armed;  ///< its entry in the timers
};

/// What names an initiation: the same bytes, the same answer.
using CallId = std::array<Byte, 4 + 32>;

/// A response that was given, until the initiator's first packet under its keys proves that it was not
/// a replay. Until then nothing else has changed.
struct HalfOpen {
  CallId call{};
  link::Peer peer;
  PacketKeys keys;
  PeerAddress from;
  LinkId resumes = 0;
  Bytes response;  ///< again, when the same initiation comes again
  Instant began{};
  unsigned answers = 1;
  Instant until{};
};

struct Endpoint::State {
  State(const link::Local& of, link::Purposes purposes) : local(of), served(purposes), jar(of.random) {}

  // endpoint_dial.cpp
  Status begin(LinkId id, Link& link, SessionIndex resumes, Instant now, std::optional<WallTime> wall);
  void send_initiation(LinkId id, Link& link, Instant now);
  void receive_response(const Response& packet, const PeerAddress& from, Instant now, LinkEvents& events);
  void receive_cookie(const CookieReply& packet, Instant now);
  void give_up(LinkId id, Link& link, LinkEvents& events);

  // endpoint_answer.cpp
  void receive_initiation(const Initiation& packet, const PeerAddress& from, Instant now,
                          std::optional<WallTime> wall, LinkEvents& events);
  Status answer(const Initiation& packet, const link::LinkProtocol& protocol, const PeerAddress& from,
                Instant now, std::optional<WallTime> wall);
  bool prove(const Data& packet, Instant now, LinkEvents& events);
  HalfOpen take_half_open(std::unordered_map<SessionIndex, HalfOpen>::iterator at);
  void make_room_for(const NodeId& peer);
  void forget_half_open(Instant now);
  LinkId resumed_link(const Initiation& packet, const NodeId& peer) const;

  // endpoint_links.cpp
  LinkId receive_data(const Data& packet, const PeerAddress& from, Instant now, LinkEvents& events);
  void tick_link(LinkId id, Link& link, Instant now, std::optional<WallTime> wall, LinkEvents& events);
  void rearm(LinkId id, Link& link, Instant now);
  void erase(LinkId id);
  void append(LinkId id, LinkEvents& events);
  SessionIndex new_index();

  link::Local local;
  link::Purposes served;
  CookieJar jar;
  Gate gate;
  Counters counters;

  std::unordered_map<LinkId, Link> links;
  LinkId last_id = 0;
  std::unordered_map<SessionIndex, LinkId> by_index;
  std::unordered_map<SessionIndex, HalfOpen> half_open;
  std::map<CallId, SessionIndex> by_call;
  std::map<NodeId, std::vector<SessionIndex>> half_open_by_peer;  ///< the oldest first

  std::deque<std::pair<PeerAddress, Bytes>> outbox;  ///< handshake packets and cookie replies
  std::set<LinkId> ready;                            ///< links that may have a datagram
  std::set<std::pair<Instant, LinkId>> timers;
  link::Events scratch;
};

/// Handshake packets that wait for the socket; beyond it they are dropped, and asked for again.
inline constexpr std::size_t kOutboxMax = 1024;

}  // namespace taut::datagram
