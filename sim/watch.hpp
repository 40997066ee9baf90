#pragma once
// What must never be seen outside: patterns that are searched in every byte on the wire and on a dispatcher's
// disk, and numbers that may be used once.

#include <bitset>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"

namespace taut::sim {

/// Many patterns, one pass.
class Patterns {
 public:
  /// @pre at least 8 bytes
  void add(std::string name, ByteView bytes);
  /// @return  the name of one that is there; nullptr: none is
  const std::string* find_in(ByteView bytes) const;

 private:
  static std::size_t slot(const Byte* at);
  std::bitset<65536> slots_;
  std::vector<std::pair<std::string, Bytes>> patterns_;
};

/// Each name stands for one value, for ever.
class Once {
 public:
  /// @return  false: the name stood for another value before
  bool is_new_or_same(std::uint64_t name, ByteView value);

 private:
  std::unordered_map<std::uint64_t, std::uint64_t> values_;
};

std::uint64_t fingerprint(ByteView bytes, std::uint64_t start = 0);

}  // namespace taut::sim
