#pragma once
// The messages of all inboxes, in bundles. What changes in a transaction is kept in memory until flush(),
// so that a bundle is written once, however many operations touch it.

#include <functional>
#include <map>

#include "store/bundle.hpp"
#include "store/calendar.hpp"
#include "store/node_table.hpp"

namespace taut::store {

class BundleTable {
 public:
  struct Bundle {
    NodeTable::Id inbox = 0;
    BundleEntries entries;
  };

  explicit BundleTable(Database& database) : database_(database) {}

  /// Every bundle, once, at the beginning.
  Status load_all(const std::function<void(std::uint64_t number, const Bundle& bundle)>& visit);

  /// @return  where it is; rows grow
  Result<EntryRow> add(NodeTable::Id inbox, const dispatcher::PutMessage& put);
  /// nullptr: no such bundle any more. Valid until flush().
  Result<const Bundle*> find(std::uint64_t number);
  Result<dispatcher::Fetched> fetch(NodeTable::Id inbox, const dispatcher::FetchMessages& fetch);
  /// When the oldest message of an inbox came.
  Result<std::optional<WallTime>> oldest(NodeTable::Id inbox);
  /// Removes a range of an inbox; `freed` grows.
  Status release(NodeTable::Id inbox, const dispatcher::QueueRange& range, dispatcher::ShareUsage& freed);

  /// Looks at each entry of some bundles, and takes the state that `judge` gives it.
  using Judge = std::function<EntryState(EntryRow row, NodeTable::Id inbox, const BundleEntry& entry)>;
  Status review(const RowChunk& chunk, const Judge& judge);

  /// Writes what has changed. Before every commit.
  Status flush();

 private:
  /// One transaction's worth of one inbox.
  static constexpr std::size_t kBodiesBytesMax = std::size_t{64} << 10;

  struct Kept {
    Bundle bundle;
    Bytes bodies;  ///< of a new one
    enum class Change : std::uint8_t { none, made, changed } change = Change::none;
    /// Bodies to overwrite, if others beside them stay.
    struct Part {
      std::size_t offset;
      std::size_t size;
    };
    std::vector<Part> gone;

    void note_gone(std::size_t slot);
  };

  /// nullptr: no such bundle.
  Result<Kept*> kept(std::uint64_t number);
  Result<std::vector<std::uint64_t>> bundles_of(NodeTable::Id inbox, const dispatcher::QueueRange& range);
  static void set_state(Kept& kept, std::size_t slot, EntryState state);
  Status insert(std::uint64_t number, const Kept& kept);
  Status update(std::uint64_t number, const Kept& kept);
  Status flush_new_of(NodeTable::Id inbox);

  Database& database_;
  std::map<std::uint64_t, Kept> kept_;
  std::map<NodeTable::Id, std::uint64_t> growing_;  ///< the newest bundle of an inbox, while it takes more
  std::uint64_t newest_ = 0;
};

}  // namespace taut::store
