#pragma once
// Key packages of a dispatcher's nodes.

#include "dispatcher/store.hpp"
#include "store/node_table.hpp"

namespace taut::store {

class PackageTable {
 public:
  using Counts = std::vector<frame::KeyPackageCount>;

  explicit PackageTable(Database& database) : database_(database) {}

  Result<Counts> counts(NodeTable::Id node);
  Result<dispatcher::Restocked> publish(NodeTable::Id node, const dispatcher::PublishPackages& publish);
  Result<dispatcher::Claimed> claim(NodeTable::Id node, const dispatcher::ClaimPackage& claim);
  /// Everything of a node.
  Status remove(NodeTable::Id node);
  struct Expired {
    std::vector<NodeTable::Id> owners;  ///< whose packages went
    dispatcher::Rest rest = dispatcher::Rest::none;
  };
  /// Stock of at most count_max, and every last resort.
  Result<Expired> expire(WallTime now, std::size_t count_max);

 private:
  Result<std::uint64_t> last_batch(NodeTable::Id node);
  Result<bool> fits(NodeTable::Id node, const dispatcher::PublishPackages& publish);
  Status clear(NodeTable::Id node);
  Status add(NodeTable::Id node, const dispatcher::KeyPackage& package);
  Status take_one(NodeTable::Id node, const dispatcher::ClaimPackage& claim, dispatcher::Claimed& claimed);
  Status copy_last_resort(NodeTable::Id node, const dispatcher::ClaimPackage& claim,
                          dispatcher::Claimed& claimed);

  Database& database_;
};

}  // namespace taut::store
