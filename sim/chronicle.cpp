#include "sim/chronicle.hpp"

#include <iomanip>
#include <ostream>

namespace taut::sim {

void Chronicle::mix(std::uint64_t value) {
  hash_ = (hash_ ^ value) * 0x9e3779b97f4a7c15;
  hash_ ^= hash_ >> 29;
}

void Chronicle::mix(ByteView bytes) {
  mix(bytes.size());
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    mix(word);
  }
  for (const Byte byte : bytes) mix(byte);
}

void Chronicle::note(MachineId who, std::string_view what, std::uint64_t a, std::uint64_t b) {
  mix(static_cast<std::uint64_t>(schedule_.now().since_start.count()));
  mix(as_bytes(what));
  mix(who);
  mix(a);
  mix(b);
  if (aloud_ == nullptr) return;
  const double seconds = std::chrono::duration<double>(schedule_.now().since_start).count() - 3600;
  *aloud_ << std::fixed << std::setprecision(6) << std::setw(12) << seconds << "  m" << who << "  " << what
          << ' ' << a << ' ' << b << '\n';
}

void Chronicle::note_bytes(MachineId who, std::string_view what, std::uint64_t a, ByteView bytes) {
  note(who, what, a, bytes.size());
  mix(bytes);
}

void Chronicle::violate(std::string_view invariant, std::string detail) {
  if (violation_) return;
  note(0, invariant);
  violation_ = Violation{invariant, std::move(detail)};
}

}  // namespace taut::sim
