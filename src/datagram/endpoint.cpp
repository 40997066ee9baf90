#include "datagram/endpoint.hpp"

#include <limits>

#include "base/overloaded.hpp"
#include "datagram/endpoint_state.hpp"
#include "link/reasons.hpp"

namespace taut::datagram {

Endpoint::Endpoint(const link::Local& local, link::Purposes served)
    : state_(std::make_unique<State>(local, served)) {}
Endpoint::Endpoint(Endpoint&&) noexcept = default;
Endpoint::~Endpoint() = default;

Result<LinkId> Endpoint::dial(const link::Remote& remote, link::Purpose purpose, const PeerAddress& to,
                              Instant now, std::optional<WallTime> wall) {
  if (state_->links.size() >= kLinksMax) return fail(Errc::exhausted, reasons::kQuota);
  const LinkId id = ++state_->last_id;
  Link& link = state_->links[id];
  link.call = std::make_unique<Call>(Call{remote, purpose, to});
  if (const Status begun = state_->begin(id, link, 0, now, wall); !begun) {
    state_->erase(id);
    return std::unexpected(begun.error());
  }
  return id;
}

LinkId Endpoint::receive(const PeerAddress& from, ByteView datagram, Instant now,
                         std::optional<WallTime> wall, LinkEvents& events) {
  LinkId link = 0;
  const auto packet = read_packet(datagram);
  if (!packet) {
    ++state_->counters.malformed;
    return link;
  }
  std::visit(Overloaded{
                 [&](const Initiation& one) { state_->receive_initiation(one, from, now, wall, events); },
                 [&](const Response& one) { state_->receive_response(one, from, now, events); },
                 [&](const CookieReply& one) { state_->receive_cookie(one, now); },
                 [&](const Data& one) { link = state_->receive_data(one, from, now, events); },
             },
             *packet);
  return link;
}

Status Endpoint::send(LinkId link, ByteView frame) {
  const auto found = state_->links.find(link);
  if (found == state_->links.end() || !found->second.session) return fail(Errc::unavailable, reasons::kEnded);
  state_->ready.insert(link);
  return found->second.session->send(frame);
}

std::size_t Endpoint::waiting_bytes(LinkId link) const {
  const auto found = state_->links.find(link);
  const bool is_open = found != state_->links.end() && found->second.session;
  return is_open ? found->second.session->waiting_bytes() : 0;
}

void Endpoint::close(LinkId link, Instant now) {
  const auto found = state_->links.find(link);
  if (found == state_->links.end()) return;
  if (!found->second.session) return state_->erase(link);
  found->second.session->close(now);
  state_->rearm(link, found->second, now);
}

void Endpoint::abandon(LinkId link, Instant now) {
  const auto found = state_->links.find(link);
  if (found == state_->links.end()) return;
  if (!found->second.session) return state_->erase(link);
  found->second.session->abandon(now);
  state_->rearm(link, found->second, now);
}

void Endpoint::pause(LinkId link) {
  const auto found = state_->links.find(link);
  if (found != state_->links.end() && found->second.session) found->second.session->pause();
}

void Endpoint::resume(LinkId link, Instant now, LinkEvents& events) {
  const auto found = state_->links.find(link);
  if (found == state_->links.end() || !found->second.session) return;
  found->second.session->resume(now, state_->scratch);
  state_->append(link, events);
  state_->rearm(link, found->second, now);
}

void Endpoint::keep_alive(LinkId link, Duration interval, Instant now) {
  const auto found = state_->links.find(link);
  if (found == state_->links.end()) return;
  found->second.keep_alive = interval;
  found->second.next_keep_alive = now + interval;
  state_->rearm(link, found->second, now);
}

bool Endpoint::next_datagram(PeerAddress& to, Bytes& out, Instant now) {
  out.clear();
  if (!state_->outbox.empty()) {
    to = state_->outbox.front().first;
    out = std::move(state_->outbox.front().second);
    state_->outbox.pop_front();
    return true;
  }
  while (!state_->ready.empty()) {
    const LinkId id = *state_->ready.begin();
    Link& link = state_->links.at(id);
    if (link.session->next_datagram(out, now)) {
      to = link.session->address();
      return true;
    }
    state_->rearm(id, link, now);
    state_->ready.erase(id);
  }
  return false;
}

std::optional<Instant> Endpoint::next_deadline() const {
  if (state_->timers.empty()) return std::nullopt;
  return state_->timers.begin()->first;
}

void Endpoint::tick(Instant now, std::optional<WallTime> wall, LinkEvents& events) {
  // Each link once: a deadline that does not move with its tick is one that waits for next_datagram.
  const auto due_end = state_->timers.upper_bound({now, std::numeric_limits<LinkId>::max()});
  const std::vector<std::pair<Instant, LinkId>> due(state_->timers.begin(), due_end);
  state_->timers.erase(state_->timers.begin(), due_end);
  for (const auto& [at, id] : due) {
    if (id == 0) {
      state_->forget_half_open(now);
      continue;
    }
    Link& link = state_->links.at(id);
    link.armed.reset();
    state_->tick_link(id, link, now, wall, events);
  }
}

const link::Peer* Endpoint::peer(LinkId link) const {
  const auto found = state_->links.find(link);
  const bool is_open = found != state_->links.end() && found->second.session;
  return is_open ? &found->second.session->peer() : nullptr;
}

const PeerAddress* Endpoint::address(LinkId link) const {
  const auto found = state_->links.find(link);
  const bool is_open = found != state_->links.end() && found->second.session;
  return is_open ? &found->second.session->address() : nullptr;
}

std::size_t Endpoint::link_count() const { return state_->links.size(); }
std::size_t Endpoint::half_open_count() const { return state_->half_open.size(); }
const Counters& Endpoint::counters() const { return state_->counters; }

void Endpoint::rest(Instant now) {
  for (auto& [id, link] : state_->links) {
    if (link.session) link.session->rest(now);
  }
}

}  // namespace taut::datagram
