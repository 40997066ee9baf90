#include "sim/watch.hpp"

namespace taut::sim {

std::size_t Patterns::slot(const Byte* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, 4);
  return (word * 0x9e3779b1U) >> 16;
}

void Patterns::add(std::string name, ByteView bytes) {
  slots_.set(slot(bytes.data()));
  patterns_.emplace_back(std::move(name), to_bytes(bytes));
}

const std::string* Patterns::find_in(ByteView bytes) const {
  for (std::size_t at = 0; at + 4 <= bytes.size(); ++at) {
    if (!slots_.test(slot(bytes.data() + at))) continue;
    const ByteView rest = bytes.subspan(at);
    for (const auto& [name, pattern] : patterns_)
      if (rest.size() >= pattern.size() && equal(rest.first(pattern.size()), pattern)) return &name;
  }
  return nullptr;
}

std::uint64_t fingerprint(ByteView bytes, std::uint64_t start) {
  std::uint64_t hash = start ^ 0xcbf29ce484222325;
  for (const Byte byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

bool Once::is_new_or_same(std::uint64_t name, ByteView value) {
  const auto [found, is_new] = values_.try_emplace(name, fingerprint(value));
  return is_new || found->second == fingerprint(value);
}

}  // namespace taut::sim
