#include "dispatcher/key_packages.hpp"

#include "dispatcher/node_records.hpp"

namespace taut::dispatcher {

namespace {

using frame::AnswerStatus;

// More than any stock: nothing but the last resort.
constexpr std::uint64_t kAllReserved = ~std::uint64_t{0};

AnswerStatus status_of_restock(const Result<Restocked>& result) {
  if (!result) return result.error().code == Errc::exhausted ? AnswerStatus::full : AnswerStatus::unavailable;
  switch (result->status) {
    case Restocked::Status::taken:
      return AnswerStatus::done;
    case Restocked::Status::stale:
      return AnswerStatus::stale;
    case Restocked::Status::full:
      return AnswerStatus::full;
    case Restocked::Status::not_here:
      return AnswerStatus::refused;
  }
  return AnswerStatus::unavailable;
}

}  // namespace

void KeyPackages::on_publish(Connection& from, const frame::PublishKeyPackages& publish) {
  if (!from.is_registered()) {
    return common_.links.answer(from.id, frame::Answer{publish.request, AnswerStatus::refused, {}});
  }
  PublishPackages operation{
      from.node(), publish.batch, publish.restock, {}, common_.settings.limits.key_packages_max};
  for (const frame::KeyPackageOffer& one : publish.offers) {
    operation.packages.push_back({one.suite, one.use, one.expires, to_bytes(one.package)});
  }
  common_.issue(std::move(operation), PackagesPending{from.id, publish.request, Pin(*from.resident)});
}

void KeyPackages::on_result(PackagesPending& pending, Result<Restocked> result, const Moment& at) {
  if (result) {
    take_counts(*pending.node, std::move(result->counts));
    common_.removed(at.now);  // a last resort may have gone, or all
  }
  common_.links.answer(pending.connection, frame::Answer{pending.request, status_of_restock(result), {}});
}

void KeyPackages::on_claim(Connection& from, const frame::ClaimKeyPackage& claim, const Moment& at) {
  PackageClaim asked{from.id, claim.request, claim.suite, decltype(PackageClaim::token)(claim.token)};
  const Pin node = common_.residents.at(claim.node);
  if (node->phase == Resident::Phase::loaded) return place(*node, asked, at);
  node->waiting_claims.push_back(asked);
  load(common_, *node);
}

void KeyPackages::resume(Resident& node, const Moment& at) {
  for (const PackageClaim& claim : std::exchange(node.waiting_claims, {})) {
    if (node.phase == Resident::Phase::loaded) {
      place(node, claim, at);
    } else {
      common_.links.answer(claim.connection, frame::Answer{claim.request, AnswerStatus::unavailable, {}});
    }
  }
}

// Contacts may have the last one. Strangers leave some for them, and when too much comes from where they
// are, they get what does not run out.
void KeyPackages::place(Resident& node, const PackageClaim& claim, const Moment& at) {
  const Connection* const from = common_.links.find(claim.connection);
  if (from == nullptr) return;
  if (!node.record || node.is_revoked()) {
    return common_.links.answer(claim.connection, frame::KeyPackageAnswer{claim.request, std::nullopt, {}});
  }
  const Share share = node.access ? node.access->share_of(claim.token.view(), node.id) : Share::stranger;
  std::uint64_t reserve = 0;
  if (share == Share::stranger) {
    const bool may_take = common_.may_spend(*from, Spending::claims, 1, at.now);
    reserve = may_take ? common_.settings.limits.key_package_reserve : kAllReserved;
  }
  common_.issue(ClaimPackage{node.id, claim.suite, at.wall, reserve},
                ClaimPending{claim.connection, claim.request, Pin(node)});
}

void KeyPackages::on_result(ClaimPending& pending, Result<Claimed> result, const Moment& at) {
  if (!result) {
    const frame::Answer unavailable{pending.request, AnswerStatus::unavailable, {}};
    return common_.links.answer(pending.connection, unavailable);
  }
  frame::KeyPackageAnswer answer{pending.request, std::nullopt, {}};
  if (result->package) {
    answer.package = *result->package;
    const bool is_last = result->use == frame::PackageUse::last_resort;
    ++(is_last ? common_.counters.last_resorts_claimed : common_.counters.key_packages_claimed);
    if (!is_last) common_.removed(at.now);
  }
  take_counts(*pending.node, std::move(result->counts));
  common_.links.answer(pending.connection, answer);
}

// Told when it becomes so, and again with each link; not with every claim.
void KeyPackages::take_counts(Resident& node, std::vector<frame::KeyPackageCount> counts) {
  if (!node.record) return;
  const auto before = low_of(node);
  node.record->packages = std::move(counts);
  const auto after = low_of(node);
  const auto is_news = [&](const frame::KeyPackageCount& now) {
    const auto was = std::ranges::find(before, now.suite, &frame::KeyPackageCount::suite);
    return was == before.end() || (was->last_resort_uses == 0 && now.last_resort_uses > 0);
  };
  if (std::ranges::none_of(after, is_news)) return;
  for (Connection* owner : node.connections) {
    if (owner->phase == Connection::Phase::open)
      common_.links.send(*owner, frame::KeyPackageNotice{after, {}});
  }
}

std::vector<frame::KeyPackageCount> KeyPackages::low_of(const Resident& node) const {
  std::vector<frame::KeyPackageCount> low;
  for (const frame::KeyPackageCount& one : node.record->packages) {
    if (one.stock <= common_.settings.limits.key_package_reserve || one.last_resort_uses > 0)
      low.push_back(one);
  }
  return low;
}

void KeyPackages::greet(Connection& owner) {
  if (!owner.is_registered()) return;
  auto low = low_of(*owner.resident);
  if (!low.empty()) common_.links.send(owner, frame::KeyPackageNotice{std::move(low), {}});
}

void KeyPackages::on_count(Connection& from, const frame::CountKeyPackages& count) {
  if (!from.is_registered()) {
    return common_.links.answer(from.id, frame::Answer{count.request, AnswerStatus::refused, {}});
  }
  common_.links.answer(from.id, frame::KeyPackageCounts{count.request, from.resident->record->packages, {}});
}

void KeyPackages::sweep(const Moment& at) {
  if (std::exchange(sweeping_, Sweeping::yes) == Sweeping::yes) return;
  common_.issue(SweepPackages{at.wall, common_.settings.limits.sweep_rows_max}, SweepPackagesPending{});
}

void KeyPackages::on_result(SweepPackagesPending&, Result<PackagesSwept> result, const Moment& at) {
  sweeping_ = Sweeping::no;
  if (!result || result->owners.empty()) return;
  common_.removed(at.now);
  for (PackagesSwept::Owner& owner : result->owners) {
    if (Resident* const node = common_.residents.find(owner.node))
      take_counts(*node, std::move(owner.counts));
  }
  if (result->rest == Rest::more) sweep(at);
}

}  // namespace taut::dispatcher
