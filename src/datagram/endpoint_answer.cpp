#include "datagram/endpoint_state.hpp"

namespace taut::datagram {
namespace {

CallId call_id_of(const Initiation& packet) {
  CallId id{};
  for (std::size_t i = 0; i < 4; ++i) id[i] = static_cast<Byte>(packet.sender_index >> 8 * i);
  const ByteView ephemeral =
      packet.noise_message.first(std::min<std::size_t>(32, packet.noise_message.size()));
  std::ranges::copy(ephemeral, id.begin() + 4);
  return id;
}

}  // namespace

// Cheap checks first: what is spoken here, one HMAC, what was answered before, the gate; then the first
// Diffie-Hellman. Whatever fails is counted and not answered.
void Endpoint::State::receive_initiation(const Initiation& packet, const PeerAddress& from, Instant now,
                                         std::optional<WallTime> wall, LinkEvents&) {
  const auto protocol = link::protocol_for(packet.hello, served);
  if (!protocol) return void(++counters.refused);
  const identity::LinkKeyPair* ours = local.identity.link_key(protocol->suite);
  if (ours == nullptr) return void(++counters.refused);
  const CallKeys keys = CallKeys::of(ours->pair.public_key.view());
  if (!equals_in_constant_time(mac1_of(keys, packet.before_macs).view(), packet.mac1.view())) {
    return void(++counters.refused);
  }
  if (const auto known = by_call.find(call_id_of(packet)); known != by_call.end()) {
    HalfOpen& given = half_open.at(known->second);
    if (given.from != from || outbox.size() >= kOutboxMax) return;
    outbox.emplace_back(from, given.response);
    ++given.answers;
    return;
  }
  const bool shown = packet.mac2 != Mac{} && jar.recognises(packet, from, now);
  switch (gate.knock(from, shown ? Gate::Cookie::shown : Gate::Cookie::none, now)) {
    case Gate::Verdict::rate_limited:
      return void(++counters.rate_limited);
    case Gate::Verdict::need_cookie:
      ++counters.need_cookie;
      if (outbox.size() < kOutboxMax) outbox.emplace_back(from, jar.reply(keys, packet, from, now));
      return;
    case Gate::Verdict::enter:
      break;
  }
  if (!answer(packet, *protocol, from, now, wall)) ++counters.refused;
}

Status Endpoint::State::answer(const Initiation& packet, const link::LinkProtocol& protocol,
                               const PeerAddress& from, Instant now, std::optional<WallTime> wall) {
  if (links.size() + half_open.size() >= kLinksMax) return fail(Errc::exhausted, reasons::kQuota);
  const Bytes bound = datagram_prologue(packet.hello, local.identity.node_id(), packet.resumes);
  TAUT_TRY(link::Handshake handshake, link::Handshake::respond(local, protocol, packet.hello, bound, wall));
  TAUT_CHECK(handshake.read(packet.noise_message));
  const std::optional<NodeId> peer = handshake.peer()->node_id;
  const LinkId resumes = peer ? resumed_link(packet, *peer) : 0;
  if (packet.resumes != 0 && resumes == 0) return fail(Errc::unavailable, reasons::kNotNow);

  TAUT_TRY(const Bytes message, handshake.write());
  TAUT_TRY(noise::Transport transport, handshake.split());
  if (peer) make_room_for(*peer);
  const SessionIndex index = new_index();
  Bytes response = write_response(index, packet.sender_index, message);
  if (response.size() > packet.size_bytes()) return fail(Errc::violation, reasons::kTooLarge);
  const CallId call = call_id_of(packet);
  half_open.emplace(index, HalfOpen{.call = call,
                                    .peer = *handshake.peer(),
                                    .keys = PacketKeys(index, packet.sender_index, std::move(transport), now),
                                    .from = from,
                                    .resumes = resumes,
                                    .response = response,
                                    .began = now,
                                    .until = now + kHandshakeDeadline});
  by_call[call] = index;
  if (peer) half_open_by_peer[*peer].push_back(index);
  gate.half_open_began(from);
  timers.emplace(now + kHandshakeDeadline, LinkId{0});
  ++counters.handshakes;
  if (outbox.size() < kOutboxMax) outbox.emplace_back(from, std::move(response));
  return {};
}

/// The oldest goes, for anybody can repeat first messages that he saw: were the newest refused, two of them
/// would keep the peer itself out.
void Endpoint::State::make_room_for(const NodeId& peer) {
  const auto theirs = half_open_by_peer.find(peer);
  if (theirs == half_open_by_peer.end() || theirs->second.size() < kHalfOpenPerPeerMax) return;
  take_half_open(half_open.find(theirs->second.front()));
}

/// The link whose keys the initiation wants to renew; 0: none, or somebody else's.
LinkId Endpoint::State::resumed_link(const Initiation& packet, const NodeId& peer) const {
  if (packet.resumes == 0) return 0;
  const auto found = by_index.find(packet.resumes);
  if (found == by_index.end()) return 0;
  const Link& link = links.at(found->second);
  const bool is_theirs = link.session && link.session->peer().node_id == peer &&
                         link.session->side() == Session::Side::responder && !link.session->is_closed();
  return is_theirs ? found->second : 0;
}

/// The first packet under the keys of a response: only now does the handshake have an effect.
/// @return  whether the packet opens
bool Endpoint::State::prove(const Data& packet, Instant now, LinkEvents& events) {
  const auto found = half_open.find(packet.receiver_index);
  if (found == half_open.end()) return false;
  Bytes payload;
  if (!found->second.keys.open(packet, payload)) return false;
  HalfOpen proven = take_half_open(found);

  if (const auto resumed = links.find(proven.resumes); resumed != links.end()) {
    resumed->second.session->renew(std::move(proven.keys), now);
    by_index[packet.receiver_index] = proven.resumes;
    return true;
  }
  if (proven.resumes != 0) return false;
  const LinkId id = ++last_id;
  Link& link = links[id];
  const std::optional<Duration> round_trip =
      proven.answers == 1 ? std::optional(now - proven.began) : std::nullopt;
  const auto renewal = proven.peer.node_id ? Session::Renewal::as_needed : Session::Renewal::never;
  link.session = std::make_unique<Session>(Session::Side::responder, renewal, proven.peer,
                                           std::move(proven.keys), proven.from, now, round_trip);
  by_index[packet.receiver_index] = id;
  ++counters.links;
  events.push_back({id, link::PeerAuthenticated{proven.peer}});
  return true;
}

void Endpoint::State::forget_half_open(Instant now) {
  for (auto at = half_open.begin(); at != half_open.end();) {
    const auto next = std::next(at);
    if (at->second.until <= now) take_half_open(at);
    at = next;
  }
}

HalfOpen Endpoint::State::take_half_open(std::unordered_map<SessionIndex, HalfOpen>::iterator at) {
  HalfOpen taken = std::move(at->second);
  half_open.erase(at);
  by_call.erase(taken.call);
  if (const auto& node = taken.peer.node_id) {
    std::vector<SessionIndex>& theirs = half_open_by_peer[*node];
    std::erase(theirs, taken.keys.our_index());
    if (theirs.empty()) half_open_by_peer.erase(*node);
  }
  gate.half_open_ended(taken.from);
  return taken;
}

}  // namespace taut::datagram
