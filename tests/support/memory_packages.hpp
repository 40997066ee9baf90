#pragma once
// Key packages of one node, as the store in memory keeps them.

#include <map>

#include "dispatcher/store.hpp"

namespace taut::test {

struct MemoryPackages {
  struct Suite {
    std::vector<dispatcher::KeyPackage> stock;  ///< in the order of their publication
    std::optional<dispatcher::KeyPackage> last_resort;
    std::uint32_t last_resort_uses = 0;
  };

  std::uint64_t batch = 0;
  std::map<std::uint16_t, Suite> suites;

  std::vector<frame::KeyPackageCount> counts() const {
    std::vector<frame::KeyPackageCount> all;
    for (const auto& [number, suite] : suites) {
      all.push_back({number, static_cast<std::uint16_t>(suite.stock.size()), suite.last_resort_uses});
    }
    return all;
  }

  dispatcher::Restocked publish(const dispatcher::PublishPackages& publish, bool& is_dirty) {
    using Status = dispatcher::Restocked::Status;
    if (publish.batch < batch) return {Status::stale, counts()};
    if (publish.batch == batch) return {Status::taken, counts()};
    std::map<std::uint16_t, Suite> restocked;
    if (publish.restock == frame::Restock::add) restocked = suites;
    for (const dispatcher::KeyPackage& one : publish.packages) {
      Suite& suite = restocked[one.suite];
      if (one.use == frame::PackageUse::once) {
        suite.stock.push_back(one);
      } else {
        suite.last_resort = one;
        suite.last_resort_uses = 0;
      }
    }
    std::size_t stock = 0;
    for (const auto& [number, suite] : restocked) stock += suite.stock.size();
    if (stock > publish.stock_max || restocked.size() > frame::kKeyPackageSuitesMax) {
      return {Status::full, counts()};
    }
    suites = std::move(restocked);
    batch = publish.batch;
    is_dirty |= publish.restock == frame::Restock::replace;
    return {Status::taken, counts()};
  }

  dispatcher::Claimed claim(const dispatcher::ClaimPackage& claim, bool& is_dirty) {
    dispatcher::Claimed claimed;
    const auto found = suites.find(claim.suite);
    if (found != suites.end()) {
      Suite& suite = found->second;
      const auto good = [&](const dispatcher::KeyPackage& one) { return one.expires > claim.now; };
      const auto count = static_cast<std::uint64_t>(std::ranges::count_if(suite.stock, good));
      if (count > claim.reserve) {
        const auto first = std::ranges::find_if(suite.stock, good);
        claimed.package = std::move(first->package);
        suite.stock.erase(first);
        is_dirty = true;
      } else if (suite.last_resort && good(*suite.last_resort)) {
        claimed.package = suite.last_resort->package;
        claimed.use = frame::PackageUse::last_resort;
        ++suite.last_resort_uses;
      }
    }
    claimed.counts = counts();
    return claimed;
  }

  /// Whether some went.
  bool sweep(WallTime now) {
    std::size_t gone = 0;
    for (auto& [number, suite] : suites) {
      gone += std::erase_if(suite.stock, [&](const auto& one) { return one.expires <= now; });
      if (suite.last_resort && suite.last_resort->expires <= now) {
        suite.last_resort.reset();
        ++gone;
      }
    }
    return gone > 0;
  }
};

}  // namespace taut::test
