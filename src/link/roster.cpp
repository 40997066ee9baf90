#include "link/roster.hpp"

namespace taut::link {

std::optional<Roster::LinkNumber> Roster::claimed(LinkNumber link, const NodeId& peer) {
  std::deque<LinkNumber>& links = half_open_[peer];
  links.push_back(link);
  if (links.size() <= kHalfOpenPerPeerMax) return std::nullopt;
  const LinkNumber oldest = links.front();
  links.pop_front();
  return oldest;
}

void Roster::settled(LinkNumber link, const NodeId& peer) {
  const auto claims = half_open_.find(peer);
  if (claims == half_open_.end()) return;
  std::erase(claims->second, link);
  if (claims->second.empty()) half_open_.erase(claims);
}

std::optional<Roster::LinkNumber> Roster::replace(const NodeId& peer, LinkNumber link, Instant now) {
  const auto [place, is_first] = current_.try_emplace(peer, link);
  if (is_first || place->second == link) return std::nullopt;
  const LinkNumber old = std::exchange(place->second, link);
  replaced_.push_back({old, now + kReplacedReceivable});
  return old;
}

void Roster::closed(LinkNumber link, const NodeId& peer) {
  settled(link, peer);
  if (current(peer) == link) current_.erase(peer);
  std::erase_if(replaced_, [&](const Replaced& one) { return one.link == link; });
}

std::optional<Roster::LinkNumber> Roster::current(const NodeId& peer) const {
  const auto found = current_.find(peer);
  return found == current_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Roster::half_open_count() const {
  std::size_t total = 0;
  for (const auto& [peer, links] : half_open_) total += links.size();
  return total;
}

std::optional<Instant> Roster::next_deadline() const {
  if (replaced_.empty()) return std::nullopt;
  return replaced_.front().until;
}

std::vector<Roster::LinkNumber> Roster::tick(Instant now) {
  std::vector<LinkNumber> due;
  while (!replaced_.empty() && replaced_.front().until <= now) {
    due.push_back(replaced_.front().link);
    replaced_.pop_front();
  }
  return due;
}

}  // namespace taut::link
