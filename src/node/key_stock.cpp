#include "node/key_stock.hpp"

#include "introduction/leaf_certificate.hpp"
#include "node/believed_time.hpp"
#include "node/key_stock_records.hpp"
#include "node/lifetimes.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {

/// What an offer takes of a frame beside its KeyPackage.
constexpr std::size_t kOfferBytes = 32;

std::vector<crypto::SuiteId> offered_suites(const identity::SignedCard& card) {
  std::vector<crypto::SuiteId> suites;
  for (const std::uint16_t number : card.card().mls_suites) {
    const crypto::Suite* const suite = crypto::find_suite(number);
    if (suite != nullptr && suites.size() < frame::kKeyPackageSuitesMax) suites.push_back(suite->id);
  }
  return suites;
}

/// Makes KeyPackages and keeps their private halves, as many as go into one frame.
class BatchMaker {
 public:
  BatchMaker(Transaction& transaction, const identity::Identity& identity, WallTime now, Random& random)
      : transaction_(transaction), identity_(identity), now_(now), random_(random) {}

  /// What has expired is of no use once no envelope can bring a Welcome to it.
  Status clear_expired() {
    TAUT_TRY(const std::vector<KeyPackageRow> rows, transaction_.key_packages());
    own_ = rows.size();
    for (const KeyPackageRow& row : rows) {
      if (row.expires + kEnvelopeLife > now_) continue;
      TAUT_CHECK(transaction_.erase_key_package(row.ref));
      --own_;
    }
    return {};
  }
  Status make(crypto::SuiteId suite, mls::KeyPackageUse use, std::size_t count) {
    for (; count > 0 && own_ < kOwnKeyPackagesMax && refs.size() < frame::kOffersMax; --count) {
      TAUT_TRY(const mls::OwnKeyPackage made,
               introduction::make_key_package(identity_.signature_key(), {suite, now_.unix_ms, {}},
                                              mls::lifetime_from(now_, kKeyPackageLife), random_, use));
      const std::size_t size = made.message().size() + kOfferBytes;
      if (bytes_ + size > frame::kChunkBytesMax) return {};
      bytes_ += size;
      ++own_;
      const bool is_last_resort = use == mls::KeyPackageUse::last_resort;
      TAUT_CHECK(
          transaction_.put_key_package({to_bytes(made.ref.hash.view()), static_cast<std::uint16_t>(suite),
                                        is_last_resort, now_ + kKeyPackageLife, made.save()}));
      refs.push_back(to_bytes(made.ref.hash.view()));
    }
    return {};
  }

  std::vector<Bytes> refs;

 private:
  Transaction& transaction_;
  const identity::Identity& identity_;
  WallTime now_;
  Random& random_;
  std::size_t own_ = 0;
  std::size_t bytes_ = 0;
};

/// What is to be made of one suite.
struct Wanted {
  std::size_t once = 0;
  std::size_t last_resorts = 0;
};
Wanted wanted_of(crypto::SuiteId suite, std::span<const frame::KeyPackageCount> counts,
                 const KeyStockRecord& stock, std::size_t target, WallTime now) {
  const auto left =
      std::ranges::find(counts, static_cast<std::uint16_t>(suite), &frame::KeyPackageCount::suite);
  const bool is_new = left == counts.end();
  const bool is_used = !is_new && left->last_resort_uses > 0;
  const bool is_old = stock.renewed + kLastResortRotation <= now;
  const std::size_t in_stock = is_new ? 0 : left->stock;
  return {target - std::min(in_stock, target), is_new || is_used || is_old ? 1UL : 0UL};
}

/// A batch for this dispatcher, where one is needed: made, kept, and under way.
Status prepare(BatchMaker& maker, std::span<const crypto::SuiteId> suites,
               std::span<const frame::KeyPackageCount> counts, KeyStockRecord& stock, std::size_t target,
               WallTime now) {
  const bool is_first = stock.batch == 0;
  if (is_first) counts = {};  // whatever is there goes
  std::vector<std::pair<crypto::SuiteId, Wanted>> wanted;
  for (const crypto::SuiteId suite : suites)
    wanted.emplace_back(suite, wanted_of(suite, counts, stock, target, now));
  TAUT_CHECK(maker.clear_expired());
  // Last resorts first: they are there when the frame is full.
  for (const auto& [suite, want] : wanted)
    TAUT_CHECK(maker.make(suite, mls::KeyPackageUse::last_resort, want.last_resorts));
  const bool has_resorts = !maker.refs.empty();
  for (const auto& [suite, want] : wanted) TAUT_CHECK(maker.make(suite, mls::KeyPackageUse::once, want.once));
  if (maker.refs.empty()) return {};
  stock.batch = std::max(stock.batch + 1, now.unix_ms);
  stock.restock = is_first ? frame::Restock::replace : frame::Restock::add;
  if (has_resorts) stock.renewed = now;
  stock.under_way = std::move(maker.refs);
  return {};
}

/// The batch as it goes out. What has gone from the state meanwhile is left out.
struct Offers {
  std::vector<Bytes> packages;  ///< that the offers refer to
  std::vector<frame::KeyPackageOffer> offers;
};
Result<Offers> offers_of(Transaction& transaction, const KeyStockRecord& stock) {
  Offers made;
  made.packages.reserve(stock.under_way.size());
  for (const Bytes& ref : stock.under_way) {
    TAUT_TRY(const std::optional<KeyPackageRow> row, transaction.key_package(ref));
    if (!row) continue;
    TAUT_TRY(const mls::OwnKeyPackage own, mls::OwnKeyPackage::load(row->package.expose()));
    made.packages.push_back(own.message());
    const auto use = row->is_last_resort ? frame::PackageUse::last_resort : frame::PackageUse::once;
    made.offers.push_back({row->suite, use, row->expires, made.packages.back()});
  }
  return made;
}

}  // namespace

Status KeyStock::publish(const NodeId& dispatcher, std::span<const frame::KeyPackageCount> counts,
                         Session& session, const Moment& at) {
  if (open_.contains(dispatcher)) return {};
  KeyStockRecord stock;
  Offers made;
  TAUT_CHECK(store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<WallTime> now, believed_time(transaction, at.wall));
    if (!now || !at.wall) return {};  // who has no clock cannot say how long they hold
    TAUT_TRY(KeyStockRecords all, load_key_stocks(transaction));
    stock = all.of(dispatcher);
    if (stock.under_way.empty()) {
      TAUT_TRY(const identity::SignedCard card, own_card(transaction));
      BatchMaker maker(transaction, identity_, *now, random_);
      TAUT_CHECK(prepare(maker, offered_suites(card), counts, stock, target_, *now));
      if (stock.under_way.empty()) return {};
      all.put(stock);
      TAUT_CHECK(save_key_stocks(transaction, all));
    }
    TAUT_TRY(made, offers_of(transaction, stock));
    return {};
  }));
  if (stock.under_way.empty()) return {};
  const auto request = session.publish_key_packages(stock.batch, stock.restock, std::move(made.offers));
  open_[dispatcher] = {request, stock.batch};
  return {};
}

Status KeyStock::look(const NodeId& dispatcher, Session& session, const Moment& at) {
  KeyStockRecord stock;
  TAUT_CHECK(store_.read([&](Transaction& transaction) -> Status {
    TAUT_TRY(const KeyStockRecords all, load_key_stocks(transaction));
    stock = all.of(dispatcher);
    return {};
  }));
  if (stock.batch == 0 || !stock.under_way.empty()) return publish(dispatcher, {}, session, at);
  if (at.wall && stock.renewed + kLastResortRotation <= *at.wall) count(dispatcher, session);
  return {};
}

void KeyStock::count(const NodeId& dispatcher, Session& session) {
  if (!open_.contains(dispatcher)) open_[dispatcher] = {session.count_key_packages(), 0};
}

Status KeyStock::on_counted(const NodeId& dispatcher, const KeyPackagesCounted& counted, Session& session,
                            const Moment& at) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != counted.request) return {};
  open_.erase(open);
  return publish(dispatcher, counted.counts, session, at);
}

Result<bool> KeyStock::on_answer(const NodeId& dispatcher, const Answered& answer) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != answer.request) return false;
  const std::uint64_t batch = open->second.batch;
  open_.erase(open);
  using enum frame::AnswerStatus;
  if (answer.status != done && answer.status != stale && answer.status != full) return true;  // later, again
  TAUT_CHECK(store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(KeyStockRecords all, load_key_stocks(transaction));
    KeyStockRecord stock = all.of(dispatcher);
    if (stock.batch != batch) return {};  // another process has gone on
    if (answer.status != done)
      for (const Bytes& ref : stock.under_way) TAUT_CHECK(transaction.erase_key_package(ref));
    stock.under_way.clear();
    // A later batch is there, of a state that we do not know: all of it is replaced.
    if (answer.status == stale) stock.batch = 0;
    all.put(stock);
    return save_key_stocks(transaction, all);
  }));
  return true;
}

Status forget_key_stocks(Transaction& transaction) { return save_key_stocks(transaction, {}); }

}  // namespace taut::node
