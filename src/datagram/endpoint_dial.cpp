#include "datagram/endpoint_state.hpp"
#include "link/reasons.hpp"

namespace taut::datagram {

Status Endpoint::State::begin(LinkId id, Link& link, SessionIndex resumes, Instant now,
                              std::optional<WallTime> wall) {
  const link::Remote& remote = link.call->remote;
  TAUT_TRY(const link::LinkProtocol protocol, link::link_protocol(*remote.pattern, remote.suite));
  const link::Hello hello{remote.version, static_cast<std::uint8_t>(link.call->purpose), protocol.noise_name};
  const Bytes bound = datagram_prologue(hello, remote.node_id, resumes);
  TAUT_TRY(link::Handshake handshake, link::Handshake::initiate(local, protocol, remote, hello, bound, wall));
  TAUT_TRY(const Bytes message, handshake.write());

  const SessionIndex index = new_index();
  Dialing dialing{.handshake = std::move(handshake),
                  .call_keys = CallKeys::of(remote.link_key.view()),
                  .body = write_initiation_body(index, resumes, hello, message),
                  .mac1 = {},
                  .cookie = std::nullopt,
                  .our_index = index,
                  .began = now,
                  .next_try = now};
  dialing.mac1 = mac1_of(dialing.call_keys, dialing.body);
  link.dialing = std::make_unique<Dialing>(std::move(dialing));
  by_index[index] = id;
  send_initiation(id, link, now);
  return {};
}

void Endpoint::State::send_initiation(LinkId id, Link& link, Instant now) {
  Dialing& dialing = *link.dialing;
  Bytes datagram = dialing.body;
  taut::append(datagram, dialing.mac1.view());
  const Mac mac2 = dialing.cookie ? mac2_of(*dialing.cookie, datagram) : Mac{};
  taut::append(datagram, mac2.view());
  const PeerAddress& to = link.session ? link.session->address() : link.call->to;
  if (outbox.size() < kOutboxMax) outbox.emplace_back(to, std::move(datagram));
  ++dialing.tries;
  dialing.next_try = now + dialing.retry;
  dialing.retry = std::min(dialing.retry * 3 / 2, kHandshakeRetryMax);
  rearm(id, link, now);
}

void Endpoint::State::receive_response(const Response& packet, const PeerAddress& from, Instant now,
                                       LinkEvents& events) {
  const auto found = by_index.find(packet.receiver_index);
  if (found == by_index.end()) return void(++counters.unknown_session);
  const LinkId id = found->second;
  Link& link = links.at(id);
  if (!link.dialing || link.dialing->our_index != packet.receiver_index)
    return void(++counters.unknown_session);

  // Verified first; a forged response leaves the handshake as it was, and the true one may still come.
  if (!link.dialing->handshake.read(packet.noise_message)) return void(++counters.refused);
  auto transport = link.dialing->handshake.split();
  if (!transport) return void(++counters.refused);
  const link::Peer peer = *link.dialing->handshake.peer();
  PacketKeys keys(packet.receiver_index, packet.sender_index, *std::move(transport), now);
  const bool is_measured = link.dialing->tries == 1;
  const std::optional<Duration> round_trip =
      is_measured ? std::optional(now - link.dialing->began) : std::nullopt;
  link.dialing.reset();
  if (link.session) {
    link.session->renew(std::move(keys), now);
  } else {
    const auto renewal =
        link.call->remote.pattern->names_initiator() ? Session::Renewal::as_needed : Session::Renewal::never;
    link.session = std::make_unique<Session>(Session::Side::initiator, renewal, peer, std::move(keys), from,
                                             now, round_trip);
    ++counters.links;
    events.push_back({id, link::PeerAuthenticated{peer}});
  }
  rearm(id, link, now);
}

void Endpoint::State::receive_cookie(const CookieReply& packet, Instant now) {
  const auto found = by_index.find(packet.receiver_index);
  if (found == by_index.end()) return void(++counters.unknown_session);
  Link& link = links.at(found->second);
  if (!link.dialing || link.dialing->our_index != packet.receiver_index || link.dialing->cookie) return;
  auto cookie = open_cookie(link.dialing->call_keys, packet, link.dialing->mac1);
  if (!cookie) return void(++counters.refused);
  link.dialing->cookie = *std::move(cookie);
  send_initiation(found->second, link, now);
}

/// Nobody answered: a new link ends, an old one keeps its keys until they are overdue.
void Endpoint::State::give_up(LinkId id, Link& link, LinkEvents& events) {
  by_index.erase(link.dialing->our_index);
  link.dialing.reset();
  if (link.session) return;
  events.push_back({id, link::Closed{link::Ending::late, {Errc::unavailable, reasons::kDeadline}}});
}

}  // namespace taut::datagram
