#pragma once
// Entries that are kept in memory while something holds them, and the most recent others.

#include <list>
#include <map>
#include <utility>

namespace taut::dispatcher {

/// Keeps an entry in memory.
/// @tparam Entry  has `pins`
template <class Entry>
class Pinned {
 public:
  Pinned() = default;
  explicit Pinned(Entry& entry) : entry_(&entry) { ++entry.pins; }
  Pinned(Pinned&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  Pinned& operator=(Pinned&& other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() {
    if (entry_ != nullptr) --entry_->pins;
  }

  explicit operator bool() const { return entry_ != nullptr; }
  Entry& operator*() const { return *entry_; }
  Entry* operator->() const { return entry_; }

 private:
  Entry* entry_ = nullptr;
};

/// @tparam Entry  has `id`, `pins`, and a list iterator `recency`
template <class Id, class Entry>
class Recent {
 public:
  explicit Recent(std::size_t kept_max) : kept_max_(kept_max) {}

  /// The entry of this ID; a new one is as its default constructor made it.
  Pinned<Entry> at(const Id& id) {
    const auto [found, is_new] = by_id_.try_emplace(id);
    Entry& entry = found->second;
    if (is_new) {
      entry.id = id;
      entry.recency = recent_.insert(recent_.begin(), &entry);
    } else {
      recent_.splice(recent_.begin(), recent_, entry.recency);
    }
    Pinned<Entry> pin(entry);
    if (is_new) make_room();
    return pin;
  }
  /// nullptr: not in memory.
  Entry* find(const Id& id) {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &found->second;
  }
  std::size_t size() const { return by_id_.size(); }

 private:
  /// How many pinned entries one insertion looks past for something to drop.
  static constexpr int kPassedMax = 8;

  void make_room() {
    for (int passed = 0; by_id_.size() > kept_max_ && passed < kPassedMax;) {
      Entry& oldest = *recent_.back();
      if (oldest.pins > 0) {
        recent_.splice(recent_.begin(), recent_, oldest.recency);
        ++passed;
        continue;
      }
      recent_.pop_back();
      by_id_.erase(Id(oldest.id));
    }
  }

  std::size_t kept_max_;
  // An ordered tree: whoever names IDs at will cannot make it slow, as he could a hash table.
  std::map<Id, Entry> by_id_;
  std::list<Entry*> recent_;  ///< the latest in front
};

}  // namespace taut::dispatcher
