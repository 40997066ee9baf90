#include "store/dispatcher_tables.hpp"

#include <algorithm>
#include <thread>

#include "store/dispatcher_schema.hpp"

namespace taut::store {

using namespace dispatcher;

namespace {

template <class... Kinds>
bool is_one_of(const Operation& operation) {
  return (std::holds_alternative<Kinds>(operation) || ...);
}

bool only_reads(const Operation& operation) {
  return is_one_of<LoadTotals, LoadNode, LookUpSubmission, FetchMessages, LoadCard, ListNodes, DescribeNodes,
                   LoadLog, LookUpEntry, FetchEntries>(operation);
}

/// An operation that was refused before it changed anything.
bool is_refusal(const Error& error) {
  return error.reason == taut::reasons::kMisuse || error.reason == taut::reasons::kQuota;
}

}  // namespace

DispatcherTables::DispatcherTables(FileLock lock, Database database, Random& random)
    : lock_(std::move(lock)),
      database_(std::move(database)),
      nodes_(database_),
      bundles_(database_),
      submissions_(random),
      tokens_(database_),
      logs_(database_, random),
      packages_(database_) {}

Opened<std::unique_ptr<DispatcherTables>> DispatcherTables::open(const std::filesystem::path& file,
                                                                 Random& random) {
  if (auto folder = ensure_private_folder(std::filesystem::absolute(file).parent_path()); !folder)
    return std::unexpected(std::move(folder).error());
  auto lock = FileLock::take(file.string() + ".lock");
  if (!lock) return std::unexpected(std::move(lock).error());
  auto database =
      store::open(file, kDispatcherSchema,
                  {.cache_bytes_max = std::size_t{16} << 20, .checkpoints = Checkpoints::by_owner});
  if (!database) return std::unexpected(std::move(database).error());
  std::unique_ptr<DispatcherTables> tables(
      new DispatcherTables(std::move(*lock), std::move(*database), random));
  if (!tables->load()) return std::unexpected(tables->failure());
  return tables;
}

Status DispatcherTables::load() {
  TAUT_CHECK(logs_.load());
  return bundles_.load_all([this](std::uint64_t number, const BundleTable::Bundle& bundle) {
    for (std::size_t slot = 0; slot < bundle.entries.size(); ++slot) {
      const BundleEntry& entry = bundle.entries[slot];
      if (entry.state == EntryState::forgotten) continue;
      const RowNumber row = EntryRow{number, slot}.number();
      submissions_.insert(static_cast<std::uint64_t>(bundle.inbox), entry.submission, row);
      calendar_.expect(
          row, entry.state == EntryState::stored ? std::min(entry.expires, entry.forget) : entry.forget);
    }
  });
}

DispatcherTables::Results DispatcherTables::carry_out(Operations operations) {
  Results results;
  results.reserve(operations.size());
  while (!operations.empty()) {
    const auto end = std::ranges::find_if(operations, is_one_of<Erase>);
    const auto count = static_cast<std::size_t>(end - operations.begin());
    carry_out_together(operations.first(count), results);
    operations = operations.subspan(count);
    if (operations.empty()) break;
    results.push_back(erase());
    operations = operations.subspan(1);
  }
  return results;
}

void DispatcherTables::carry_out_together(Operations operations, Results& results) {
  if (operations.empty()) return;
  const std::size_t before = results.size();
  const auto fail_all = [&](const Error& error) {
    results.resize(before);
    results.resize(before + operations.size(), std::unexpected(error));
  };
  if (is_stopped()) return fail_all({Errc::unavailable, reasons::kStopped});
  auto transaction = std::ranges::all_of(operations, only_reads) ? Transaction::to_read(database_)
                                                                 : Transaction::to_write(database_);
  if (!transaction) return fail_all(transaction.error());
  Status done = apply_all(operations, results);
  if (done) done = bundles_.flush();
  if (done) done = nodes_.flush();
  if (done) done = logs_.flush();
  if (done) done = transaction->commit();
  if (done) return;
  // What is in memory is ahead of what is on disk.
  is_stopped_ = true;
  fail_all(done.error());
}

Status DispatcherTables::apply_all(Operations operations, Results& results) {
  for (Operation& operation : operations) {
    results.push_back(std::visit([this](auto& one) { return apply(one); }, operation));
    const StoreResult& result = results.back();
    if (result || is_refusal(result.error())) continue;
    // A damaged page is the trouble of who reads it; after anything worse SQLite has ended the transaction.
    if (!only_reads(operation) || !database_.is_in_transaction()) return std::unexpected(result.error());
  }
  return {};
}

StoreResult DispatcherTables::apply(const LoadTotals&) {
  TAUT_TRY(Totals totals, nodes_.totals());
  TAUT_CHECK(logs_.count(totals));
  return totals;
}

StoreResult DispatcherTables::apply(const LoadNode& load) {
  TAUT_TRY(const auto* const node, nodes_.find(load.node));
  if (node == nullptr) return std::optional<NodeRecord>();
  NodeRecord record = node->record;
  TAUT_TRY(record.packages, packages_.counts(node->id));
  return std::optional(std::move(record));
}

StoreResult DispatcherTables::apply(const AddNode& add) {
  TAUT_TRY(const auto* const before, nodes_.find(add.node));
  if (before != nullptr) return Admission::admitted;
  if (add.token) {
    TAUT_TRY(const Admission admission, tokens_.spend(*add.token, add.now));
    if (admission == Admission::refused) return admission;
  }
  TAUT_CHECK(nodes_.add(add.node));
  return Admission::admitted;
}

StoreResult DispatcherTables::apply(const RemoveNode& remove) {
  constexpr QueueRange kAll{0, std::numeric_limits<QueueNumber>::max()};
  Freed freed{remove.node, {}};
  TAUT_TRY(const auto* const node, nodes_.find(remove.node));
  if (node == nullptr) return freed;
  TAUT_CHECK(bundles_.release(node->id, kAll, freed.usage));
  TAUT_CHECK(packages_.remove(node->id));
  TAUT_CHECK(nodes_.remove(remove.node));
  return freed;
}

StoreResult DispatcherTables::apply(const AddToken& add) {
  TAUT_CHECK(tokens_.add(add));
  return Done{};
}

StoreResult DispatcherTables::apply(const SaveNote& save) {
  TAUT_CHECK(nodes_.save_note(save));
  return Done{};
}

StoreResult DispatcherTables::apply(const ListNodes& list) {
  TAUT_TRY(Listed listed, nodes_.list(list));
  TAUT_CHECK(fill_oldest(listed));
  return listed;
}

StoreResult DispatcherTables::apply(const DescribeNodes& describe) {
  TAUT_TRY(Listed listed, nodes_.describe(describe));
  TAUT_CHECK(fill_oldest(listed));
  return listed;
}

Status DispatcherTables::fill_oldest(Listed& listed) {
  for (NodeRow& row : listed.rows) {
    TAUT_TRY(const auto* const node, nodes_.find(row.node));
    if (node == nullptr) return fail(Errc::unavailable, reasons::kDamaged);
    TAUT_TRY(row.oldest, bundles_.oldest(node->id));
  }
  return {};
}

Result<std::optional<SubmissionRecord>> DispatcherTables::known(NodeTable::Id inbox,
                                                                const SubmissionId& submission) {
  std::optional<SubmissionRecord> record;
  Status status;
  const auto look = [&](RowNumber number) -> Status {
    const EntryRow row = EntryRow::of(number);
    TAUT_TRY(const auto* const bundle, bundles_.find(row.bundle));
    if (bundle == nullptr || row.slot >= bundle->entries.size())
      return fail(Errc::unavailable, reasons::kDamaged);
    const BundleEntry& entry = bundle->entries[row.slot];
    if (bundle->inbox != inbox || entry.submission != submission) return {};
    record =
        SubmissionRecord{entry.hash, static_cast<SubmissionState>(entry.state), entry.share, entry.expires};
    return {};
  };
  submissions_.find(static_cast<std::uint64_t>(inbox), submission, [&](RowNumber row) {
    status = look(row);
    return !status || record;
  });
  TAUT_CHECK(status);
  return record;
}

StoreResult DispatcherTables::apply(PutMessage& put) {
  TAUT_TRY(const auto* const inbox, nodes_.find(put.inbox));
  if (inbox == nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_TRY(const auto before, known(inbox->id, put.submission));
  if (before) return Placed{before, std::move(put.body)};
  if (put.number < inbox->record.next_number) return fail(Errc::misuse, taut::reasons::kMisuse);
  if (submissions_.size() >= kSubmissionsMax) return fail(Errc::exhausted, taut::reasons::kQuota);
  TAUT_TRY(const EntryRow row, bundles_.add(inbox->id, put));
  submissions_.insert(static_cast<std::uint64_t>(inbox->id), put.submission, row.number());
  calendar_.expect(row.number(), std::min(put.expires, put.forget));
  TAUT_TRY(NodeRecord* const record, nodes_.change(put.inbox));
  record->next_number = put.number + 1;
  record->usage[static_cast<std::size_t>(put.share)] += Usage{1, put.body.size()};
  return Placed{std::nullopt, std::move(put.body)};
}

StoreResult DispatcherTables::apply(const LookUpSubmission& look_up) {
  TAUT_TRY(const auto* const inbox, nodes_.find(look_up.inbox));
  if (inbox == nullptr) return std::optional<SubmissionRecord>();
  TAUT_TRY(auto record, known(inbox->id, look_up.submission));
  return record;
}

StoreResult DispatcherTables::apply(const FetchMessages& fetch) {
  TAUT_TRY(const auto* const inbox, nodes_.find(fetch.inbox));
  if (inbox == nullptr) return Fetched{};
  TAUT_TRY(Fetched fetched, bundles_.fetch(inbox->id, fetch));
  return fetched;
}

StoreResult DispatcherTables::apply(const ReleaseMessages& release) {
  Freed freed{release.inbox, {}};
  TAUT_TRY(const auto* const inbox, nodes_.find(release.inbox));
  if (inbox == nullptr) return freed;
  for (const QueueRange& range : release.ranges) TAUT_CHECK(bundles_.release(inbox->id, range, freed.usage));
  TAUT_TRY(NodeRecord* const record, nodes_.change(release.inbox));
  for (std::size_t share = 0; share < kShareCount; ++share) record->usage[share] -= freed.usage[share];
  return freed;
}

StoreResult DispatcherTables::apply(const SaveCard& save) {
  TAUT_CHECK(nodes_.save_card(save));
  return Done{};
}

StoreResult DispatcherTables::apply(const LoadCard& load) {
  TAUT_TRY(auto card, nodes_.load_card(load.node));
  return card;
}

/// One sweep on its way from chunk to chunk.
class DispatcherTables::Sweeping {
 public:
  Sweeping(DispatcherTables& tables, const Sweep& sweep)
      : tables_(tables), sweep_(sweep), room_(sweep.count_max) {}

  Result<Swept> run() {
    // A chunk may hold little that is over: this many may be looked through for one sweep.
    constexpr int kChunksMax = 256;
    TAUT_TRY(swept_.cards, tables_.nodes_.expire_cards(sweep_.now, room_));
    room_ -= static_cast<std::size_t>(swept_.cards);
    TAUT_TRY(swept_.tokens, tables_.tokens_.expire(sweep_.now, room_));
    room_ -= static_cast<std::size_t>(swept_.tokens);
    for (int chunks = 0; room_ > 0 && chunks < kChunksMax; ++chunks) {
      const auto chunk = tables_.calendar_.take_due(sweep_.now);
      if (!chunk) break;
      TAUT_CHECK(tables_.bundles_.review(*chunk,
                                         [this](EntryRow row, NodeTable::Id inbox, const BundleEntry& entry) {
                                           return judge(row, inbox, entry);
                                         }));
    }
    TAUT_CHECK(note_freed());
    const bool is_more = tables_.calendar_.is_due(sweep_.now) || room_ == 0;
    swept_.rest = is_more ? dispatcher::Rest::more : dispatcher::Rest::none;
    if (!is_more) {
      TAUT_TRY(swept_.lapsed, tables_.nodes_.lapsed(sweep_.count_max));
    }
    return std::move(swept_);
  }

 private:
  /// Over, if there is room for one more, else expected again.
  bool is_over(WallTime when, EntryRow row) {
    if (when <= sweep_.now && room_ > 0) {
      --room_;
      return true;
    }
    tables_.calendar_.expect(row.number(), when);
    return false;
  }

  EntryState judge(EntryRow row, NodeTable::Id inbox, const BundleEntry& entry) {
    EntryState state = entry.state;
    if (state == EntryState::forgotten) return state;
    if (state == EntryState::stored && is_over(entry.expires, row)) {
      freed_[inbox][static_cast<std::size_t>(entry.share)] += Usage{1, entry.size};
      state = EntryState::expired;
    }
    if (state != EntryState::stored && is_over(entry.forget, row)) {
      tables_.submissions_.erase(static_cast<std::uint64_t>(inbox), entry.submission, row.number());
      ++swept_.submissions;
      state = EntryState::forgotten;
    }
    return state;
  }

  Status note_freed() {
    for (const auto& [inbox, usage] : freed_) {
      TAUT_TRY(const NodeId name, tables_.nodes_.name_of(inbox));
      TAUT_TRY(NodeRecord* const record, tables_.nodes_.change(name));
      for (std::size_t share = 0; share < kShareCount; ++share) record->usage[share] -= usage[share];
      swept_.freed.push_back({name, usage});
    }
    return {};
  }

  DispatcherTables& tables_;
  const Sweep& sweep_;
  std::size_t room_;
  Swept swept_;
  std::map<NodeTable::Id, ShareUsage> freed_;
};

StoreResult DispatcherTables::apply(const Sweep& sweep) {
  TAUT_TRY(Swept swept, Sweeping(*this, sweep).run());
  return swept;
}

StoreResult DispatcherTables::apply(const AddLog& add) {
  TAUT_CHECK(logs_.add(add));
  return Done{};
}

StoreResult DispatcherTables::apply(const ChangeLog& change) {
  TAUT_CHECK(logs_.change(change));
  return Done{};
}

StoreResult DispatcherTables::apply(const PublishPackages& publish) {
  TAUT_TRY(const auto* const node, nodes_.find(publish.node));
  if (node == nullptr) return Restocked{Restocked::Status::not_here, {}};
  return packages_.publish(node->id, publish);
}

StoreResult DispatcherTables::apply(const ClaimPackage& claim) {
  TAUT_TRY(const auto* const node, nodes_.find(claim.node));
  if (node == nullptr) return Claimed{};
  return packages_.claim(node->id, claim);
}

StoreResult DispatcherTables::apply(const SweepPackages& sweep) {
  PackagesSwept swept;
  TAUT_TRY(const auto expired, packages_.expire(sweep.now, sweep.count_max));
  swept.rest = expired.rest;
  std::map<NodeId, std::vector<frame::KeyPackageCount>> counts;
  for (const NodeTable::Id owner : expired.owners) {
    TAUT_TRY(const NodeId name, nodes_.name_of(owner));
    TAUT_TRY(counts[name], packages_.counts(owner));
  }
  for (auto& [name, left] : counts) swept.owners.push_back({name, std::move(left)});
  return swept;
}

StoreResult DispatcherTables::apply(const Erase&) { return fail(Errc::misuse, taut::reasons::kMisuse); }

StoreResult DispatcherTables::erase() {
  if (is_stopped()) return fail(Errc::unavailable, reasons::kStopped);
  // Another process may be looking: never for long.
  constexpr int kTries = 20;
  constexpr std::chrono::milliseconds kPause{50};
  Status done = database_.truncate_log();
  for (int tries = 1; tries < kTries && !done && done.error().reason == reasons::kBusy; ++tries) {
    std::this_thread::sleep_for(kPause);
    done = database_.truncate_log();
  }
  TAUT_CHECK(done);
  return Done{};
}

void DispatcherTables::shorten_log() {
  if (!database_.shorten_log()) is_stopped_ = true;
}

DispatcherTables::Rest DispatcherTables::shrink() {
  // So much stays: it will be needed again soon.
  constexpr std::uint64_t kSparePagesMax = 256;
  const auto free = is_stopped() ? Result<std::uint64_t>(0) : database_.free_pages();
  if (!free || *free <= kSparePagesMax) return Rest::none;
  const Status done = database_.shrink();
  return done && *free > 2 * kSparePagesMax ? Rest::more : Rest::none;
}

}  // namespace taut::store
