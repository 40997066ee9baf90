#include "datagram/endpoint_state.hpp"
#include "link/reasons.hpp"

namespace taut::datagram {

LinkId Endpoint::State::receive_data(const Data& packet, const PeerAddress& from, Instant now,
                                     LinkEvents& events) {
  auto found = by_index.find(packet.receiver_index);
  if (found == by_index.end()) {
    if (!prove(packet, now, events)) {
      ++counters.unknown_session;
      return 0;
    }
    found = by_index.find(packet.receiver_index);
  }
  const LinkId id = found->second;
  Link& link = links.at(id);
  if (!link.session) {
    ++counters.unknown_session;
    return 0;
  }
  link.session->receive(packet, from, now, scratch);
  append(id, events);
  rearm(id, link, now);
  return id;
}

void Endpoint::State::append(LinkId id, LinkEvents& events) {
  for (const link::Event& event : scratch) events.push_back({id, event});
  scratch.clear();
}

/// After anything that happened to a link: it may have something to say, and its timer may have moved.
void Endpoint::State::rearm(LinkId id, Link& link, Instant now) {
  std::optional<Instant> at;
  const auto consider = [&at](std::optional<Instant> other) {
    if (other) at = at ? std::min(*at, *other) : *other;
  };
  if (link.dialing) consider(link.dialing->next_try);
  if (link.session) {
    ready.insert(id);
    consider(link.session->next_deadline());
    consider(link.session->last_heard() + kSilenceMax);
    if (link.keep_alive && !link.session->is_closed()) consider(link.next_keep_alive);
    if (link.session->wants_renewal() && !link.dialing) consider(now);
  }
  if (at == link.armed) return;
  if (link.armed) timers.erase({*link.armed, id});
  if (at) timers.emplace(*at, id);
  link.armed = at;
}

void Endpoint::State::tick_link(LinkId id, Link& link, Instant now, std::optional<WallTime> wall,
                                LinkEvents& events) {
  if (link.dialing && now >= link.dialing->began + kHandshakeDeadline) {
    give_up(id, link, events);
    if (!link.session) return erase(id);
  } else if (link.dialing && now >= link.dialing->next_try) {
    send_initiation(id, link, now);
  }
  if (link.session) {
    Session& session = *link.session;
    session.tick(now, scratch);
    append(id, events);
    for (const SessionIndex index : session.expired_indices(now)) by_index.erase(index);
    if (session.is_over(now)) return erase(id);
    if (now - session.last_heard() >= kSilenceMax) {
      if (!session.is_closed())
        events.push_back({id, link::Closed{link::Ending::late, {Errc::unavailable, reasons::kDeadline}}});
      return erase(id);
    }
    if (link.keep_alive && now >= link.next_keep_alive) {
      session.ping();
      link.next_keep_alive = now + *link.keep_alive;
    }
    // A renewal that fails is tried again until the session gives up by itself.
    if (session.wants_renewal() && !link.dialing) {
      if (!begin(id, link, session.keys().their_index(), now, wall)) session.close(now);
    }
  }
  rearm(id, link, now);
}

void Endpoint::State::erase(LinkId id) {
  const auto found = links.find(id);
  if (found->second.armed) timers.erase({*found->second.armed, id});
  if (found->second.dialing) by_index.erase(found->second.dialing->our_index);
  if (found->second.session) {
    for (const SessionIndex index : found->second.session->indices()) by_index.erase(index);
  }
  ready.erase(id);
  links.erase(found);
}

SessionIndex Endpoint::State::new_index() {
  while (true) {
    const auto index = static_cast<SessionIndex>(local.random.u64());
    if (index != 0 && !by_index.contains(index) && !half_open.contains(index)) return index;
  }
}

}  // namespace taut::datagram
