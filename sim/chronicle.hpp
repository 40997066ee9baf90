#pragma once
// What happened: a hash of every event (two runs of one plan must agree), how often each fault and state was
// met, and the first invariant that did not hold.

#include <iosfwd>
#include <map>
#include <optional>
#include <string>

#include "base/bytes.hpp"
#include "sim/plan.hpp"
#include "sim/schedule.hpp"

namespace taut::sim {

struct Violation {
  std::string_view invariant;
  std::string detail;
};

/// Occurrences by group and name. Both are constants of the program.
using Tally = std::map<std::pair<std::string_view, std::string_view>, std::uint64_t>;

class Chronicle {
 public:
  /// @param aloud  where every event is printed as it happens; may be nullptr
  Chronicle(const Schedule& schedule, std::ostream* aloud) : schedule_(schedule), aloud_(aloud) {}

  void note(MachineId who, std::string_view what, std::uint64_t a = 0, std::uint64_t b = 0);
  /// The same, and the bytes count too.
  void note_bytes(MachineId who, std::string_view what, std::uint64_t a, ByteView bytes);
  void hit(std::string_view group, std::string_view name) { ++tally_[{group, name}]; }
  /// The first one counts: what follows from it is noise.
  void violate(std::string_view invariant, std::string detail);
  void require(bool holds, std::string_view invariant, std::string_view detail) {
    if (!holds) violate(invariant, std::string(detail));
  }

  std::uint64_t hash() const { return hash_; }
  const Tally& tally() const { return tally_; }
  const std::optional<Violation>& violation() const { return violation_; }

 private:
  void mix(std::uint64_t value);
  void mix(ByteView bytes);

  const Schedule& schedule_;
  std::ostream* aloud_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  Tally tally_;
  std::optional<Violation> violation_;
};

}  // namespace taut::sim
