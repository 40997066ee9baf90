#pragma once
// Key packages: their owners leave a stock, others claim one at a time.

#include "dispatcher/common.hpp"
#include "dispatcher/moment.hpp"

namespace taut::dispatcher {

class KeyPackages {
 public:
  explicit KeyPackages(Common& common) : common_(common) {}

  void on_publish(Connection& from, const frame::PublishKeyPackages& publish);
  void on_claim(Connection& from, const frame::ClaimKeyPackage& claim, const Moment& at);
  void on_count(Connection& from, const frame::CountKeyPackages& count);

  void on_result(PackagesPending& pending, Result<Restocked> result, const Moment& at);
  void on_result(ClaimPending& pending, Result<Claimed> result, const Moment& at);
  void on_result(SweepPackagesPending& pending, Result<PackagesSwept> result, const Moment& at);

  /// Unless one is under way.
  void sweep(const Moment& at);
  /// The node's record has come, or could not be read.
  void resume(Resident& node, const Moment& at);
  /// A link of an owner is up: what he should hear.
  void greet(Connection& owner);

 private:
  void place(Resident& node, const PackageClaim& claim, const Moment& at);
  /// What is low, or was used as a last resort; empty: nothing to say.
  std::vector<frame::KeyPackageCount> low_of(const Resident& node) const;
  void take_counts(Resident& node, std::vector<frame::KeyPackageCount> counts);

  Common& common_;
  enum class Sweeping : std::uint8_t { no, yes } sweeping_ = Sweeping::no;
};

}  // namespace taut::dispatcher
