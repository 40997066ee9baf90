#pragma once
// Connections that have not proven who they are: few in all, and few of each source, so that whoever
// opens many pushes out his own (docs/protocol/dispatcher.md, "Limits").

#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "carrier/address.hpp"

namespace taut::run {

struct HalfOpenLimits {
  std::size_t in_all_max = 1024;
  std::size_t per_source_max = 8;  ///< not for loopback: all of this machine's users share it
};

/// An IPv4 address, or the /64 network of an IPv6 address, which one owner has whole.
std::string source_of(const carrier::Address& remote);

class HalfOpen {
 public:
  using Id = std::uint64_t;

  explicit HalfOpen(const HalfOpenLimits& limits) : limits_(limits) {}

  /// @return  who has to go for it: the oldest of its source, else the oldest of all
  std::optional<Id> add(Id id, const carrier::Address& remote);
  /// It has proven itself, or is gone.
  void remove(Id id);
  std::optional<Id> oldest() const {
    if (oldest_first_.empty()) return std::nullopt;
    return oldest_first_.front().id;
  }
  std::size_t count() const { return oldest_first_.size(); }

 private:
  struct Entry {
    Id id;
    std::string source;
  };

  HalfOpenLimits limits_;
  std::list<Entry> oldest_first_;
  std::unordered_map<Id, std::list<Entry>::iterator> by_id_;
  std::unordered_map<std::string, std::size_t> per_source_;
};

}  // namespace taut::run
