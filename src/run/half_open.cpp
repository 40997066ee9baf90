#include "run/half_open.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "base/bytes.hpp"

namespace taut::run {

std::string source_of(const carrier::Address& remote) {
  std::array<Byte, 16> v6{};
  if (inet_pton(AF_INET6, remote.host.c_str(), v6.data()) != 1) return remote.host;
  constexpr std::array<Byte, 12> kMappedV4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const ByteView address(v6);
  const std::size_t size = equal(address.first(12), kMappedV4) ? 16 : 8;
  return std::string(as_text(address.first(size)));
}

std::optional<HalfOpen::Id> HalfOpen::add(Id id, const carrier::Address& remote) {
  const std::string source = source_of(remote);
  std::optional<Id> pushed_out;
  if (!carrier::is_loopback(remote) && per_source_[source] >= limits_.per_source_max)
    pushed_out = std::ranges::find(oldest_first_, source, &Entry::source)->id;
  else if (oldest_first_.size() >= limits_.in_all_max)
    pushed_out = oldest();
  if (pushed_out) remove(*pushed_out);
  ++per_source_[source];
  by_id_[id] = oldest_first_.insert(oldest_first_.end(), Entry{id, source});
  return pushed_out;
}

void HalfOpen::remove(Id id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  const auto counted = per_source_.find(found->second->source);
  if (--counted->second == 0) per_source_.erase(counted);
  oldest_first_.erase(found->second);
  by_id_.erase(found);
}

}  // namespace taut::run
