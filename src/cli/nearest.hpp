#pragma once
// Which name somebody meant who mistyped one.

#include <optional>
#include <span>
#include <string>

namespace taut::cli {

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
std::size_t edit_distance(std::string_view one, std::string_view other);

/// nullopt: none is near (a third of the letters, and never more than three, may differ).
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> names);

/// ", did you mean 'NAME'?" or nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string> names);

}  // namespace taut::cli
