#include "store/package_table.hpp"

#include <algorithm>
#include <set>

#include "store/columns.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace dispatcher;

Result<PackageTable::Counts> PackageTable::counts(NodeTable::Id node) {
  TAUT_TRY(Query query, database_.query("SELECT suite, uses, (SELECT count(*) FROM key_package AS stock WHERE"
                                        " stock.node = key_suite.node AND stock.suite = key_suite.suite)"
                                        " FROM key_suite WHERE node = ? ORDER BY suite",
                                        node));
  return all_rows<frame::KeyPackageCount>(query, [&] {
    return frame::KeyPackageCount{static_cast<std::uint16_t>(query.u32(0)),
                                  static_cast<std::uint16_t>(query.u32(2)), query.u32(1)};
  });
}

Result<std::uint64_t> PackageTable::last_batch(NodeTable::Id node) {
  TAUT_TRY(Query query, database_.query("SELECT batch FROM key_batch WHERE node = ?", node));
  TAUT_TRY(const bool is_there, query.step());
  return is_there ? query.u64(0) : 0;
}

Result<bool> PackageTable::fits(NodeTable::Id node, const PublishPackages& publish) {
  Counts before;
  if (publish.restock == frame::Restock::add) {
    TAUT_TRY(before, counts(node));
  }
  std::set<std::uint16_t> suites;
  std::size_t stock = 0;
  for (const frame::KeyPackageCount& one : before) {
    suites.insert(one.suite);
    stock += one.stock;
  }
  for (const KeyPackage& one : publish.packages) {
    suites.insert(one.suite);
    stock += one.use == frame::PackageUse::once ? 1 : 0;
  }
  return stock <= publish.stock_max && suites.size() <= frame::kKeyPackageSuitesMax;
}

Result<Restocked> PackageTable::publish(NodeTable::Id node, const PublishPackages& publish) {
  Restocked restocked;
  TAUT_TRY(const std::uint64_t last, last_batch(node));
  TAUT_TRY(const bool is_room, fits(node, publish));
  if (publish.batch < last) {
    restocked.status = Restocked::Status::stale;
  } else if (publish.batch > last && !is_room) {
    restocked.status = Restocked::Status::full;
  } else if (publish.batch > last) {
    if (publish.restock == frame::Restock::replace) TAUT_CHECK(clear(node));
    for (const KeyPackage& one : publish.packages) TAUT_CHECK(add(node, one));
    TAUT_CHECK(
        database_.run("INSERT INTO key_batch VALUES (?, ?) ON CONFLICT DO UPDATE SET"
                      " batch = excluded.batch",
                      node, publish.batch));
  }
  TAUT_TRY(restocked.counts, counts(node));
  return restocked;
}

Status PackageTable::clear(NodeTable::Id node) {
  TAUT_CHECK(database_.run("DELETE FROM key_package WHERE node = ?", node));
  return database_.run("DELETE FROM key_suite WHERE node = ?", node);
}

Status PackageTable::add(NodeTable::Id node, const KeyPackage& one) {
  if (one.use == frame::PackageUse::last_resort) {
    return database_.run(
        "INSERT INTO key_suite VALUES (?, ?, 0, ?, ?) ON CONFLICT DO UPDATE SET uses = 0,"
        " expires = excluded.expires, last_resort = excluded.last_resort",
        node, one.suite, column_of(one.expires), one.package);
  }
  TAUT_CHECK(database_.run("INSERT INTO key_suite VALUES (?, ?, 0, 0, NULL) ON CONFLICT DO NOTHING", node,
                           one.suite));
  return database_.run("INSERT INTO key_package VALUES (NULL, ?, ?, ?, ?)", node, one.suite,
                       column_of(one.expires), one.package);
}

Result<Claimed> PackageTable::claim(NodeTable::Id node, const ClaimPackage& claim) {
  Claimed claimed;
  TAUT_TRY(Query query, database_.query("SELECT count(*) FROM key_package WHERE node = ? AND suite = ? AND"
                                        " expires > ?",
                                        node, claim.suite, column_of(claim.now)));
  TAUT_CHECK(query.step());
  if (query.u64(0) > claim.reserve) {
    TAUT_CHECK(take_one(node, claim, claimed));
  } else {
    TAUT_CHECK(copy_last_resort(node, claim, claimed));
  }
  TAUT_TRY(claimed.counts, counts(node));
  return claimed;
}

Status PackageTable::take_one(NodeTable::Id node, const ClaimPackage& claim, Claimed& claimed) {
  std::int64_t row = 0;
  {
    TAUT_TRY(Query query, database_.query("SELECT id, package FROM key_package WHERE node = ? AND suite = ?"
                                          " AND expires > ? ORDER BY id LIMIT 1",
                                          node, claim.suite, column_of(claim.now)));
    TAUT_CHECK(query.step());
    row = query.i64(0);
    claimed.package = to_bytes(query.bytes(1));
  }
  return database_.run("DELETE FROM key_package WHERE id = ?", row);
}

Status PackageTable::copy_last_resort(NodeTable::Id node, const ClaimPackage& claim, Claimed& claimed) {
  {
    TAUT_TRY(Query query, database_.query("SELECT last_resort FROM key_suite WHERE node = ? AND suite = ? AND"
                                          " last_resort IS NOT NULL AND expires > ?",
                                          node, claim.suite, column_of(claim.now)));
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    claimed.package = to_bytes(query.bytes(0));
    claimed.use = frame::PackageUse::last_resort;
  }
  return database_.run("UPDATE key_suite SET uses = uses + 1 WHERE node = ? AND suite = ?", node,
                       claim.suite);
}

Status PackageTable::remove(NodeTable::Id node) {
  TAUT_CHECK(clear(node));
  return database_.run("DELETE FROM key_batch WHERE node = ?", node);
}

Result<PackageTable::Expired> PackageTable::expire(WallTime now, std::size_t count_max) {
  const auto owners_of = [](Query& query) {
    return all_rows<NodeTable::Id>(query, [&] { return query.i64(0); });
  };
  TAUT_TRY(Query stock, database_.query("DELETE FROM key_package WHERE id IN (SELECT id FROM key_package"
                                        " WHERE expires <= ? LIMIT ?) RETURNING node",
                                        column_of(now), column_of(count_max)));
  TAUT_TRY(const auto of_stock, owners_of(stock));
  TAUT_TRY(Query resorts, database_.query("UPDATE key_suite SET last_resort = NULL WHERE last_resort IS NOT"
                                          " NULL AND expires <= ? RETURNING node",
                                          column_of(now)));
  TAUT_TRY(const auto of_resorts, owners_of(resorts));
  std::set<NodeTable::Id> owners(of_stock.begin(), of_stock.end());
  owners.insert(of_resorts.begin(), of_resorts.end());
  const bool is_more = of_stock.size() == count_max;
  return Expired{{owners.begin(), owners.end()}, is_more ? Rest::more : Rest::none};
}

}  // namespace taut::store
