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
  return is_one_of<LoadTotals, LoadNode, LookUpSubmission, FetchMessages, LoadCard>(operation);
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
      messages_(database_),
      submissions_(database_, random) {}

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
  if (const Status loaded = tables->submissions_.load(tables->calendar_); !loaded)
    return std::unexpected(tables->failure());
  return tables;
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
  if (done) done = nodes_.flush();
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

StoreResult DispatcherTables::apply(const LoadTotals&) { return nodes_.totals(); }

StoreResult DispatcherTables::apply(const LoadNode& load) {
  TAUT_TRY(const auto* const node, nodes_.find(load.node));
  return node == nullptr ? std::optional<NodeRecord>() : node->record;
}

StoreResult DispatcherTables::apply(const AddNode& add) {
  TAUT_CHECK(nodes_.add(add.node));
  return Done{};
}

Result<std::optional<SubmissionRecord>> DispatcherTables::known(NodeTable::Id inbox,
                                                                const SubmissionId& submission) {
  TAUT_TRY(auto found, submissions_.find(inbox, submission));
  if (!found) return std::nullopt;
  if (found->record.state == SubmissionState::stored) {
    TAUT_TRY(const bool is_there, messages_.holds(found->row));
    if (!is_there) found->record.state = SubmissionState::released;
  }
  return found->record;
}

StoreResult DispatcherTables::apply(PutMessage& put) {
  TAUT_TRY(const auto* const inbox, nodes_.find(put.inbox));
  if (inbox == nullptr) return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_TRY(const auto before, known(inbox->id, put.submission));
  if (before) return Placed{before, std::move(put.body)};
  if (put.number < inbox->record.next_number) return fail(Errc::misuse, taut::reasons::kMisuse);
  TAUT_TRY(const RowNumber row, submissions_.add(inbox->id, put));
  TAUT_CHECK(messages_.add(row, inbox->id, put));
  calendar_.expect(row, std::min(put.expires, put.forget));
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
  TAUT_TRY(Fetched fetched, messages_.fetch(inbox->id, fetch));
  return fetched;
}

StoreResult DispatcherTables::apply(const ReleaseMessages& release) {
  Freed freed{release.inbox, {}};
  TAUT_TRY(const auto* const inbox, nodes_.find(release.inbox));
  if (inbox == nullptr) return freed;
  for (const QueueRange& range : release.ranges) TAUT_CHECK(messages_.release(inbox->id, range, freed.usage));
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

StoreResult DispatcherTables::apply(const Sweep& sweep) {
  // A chunk may hold little that is over: this many may be looked through for one sweep.
  constexpr int kChunksMax = 64;
  Swept swept;
  TAUT_TRY(swept.cards, nodes_.expire_cards(sweep.now, sweep.count_max));
  std::size_t room = sweep.count_max - static_cast<std::size_t>(swept.cards);
  for (int chunks = 0; room > 0 && chunks < kChunksMax; ++chunks) {
    const auto chunk = calendar_.take_due(sweep.now);
    if (!chunk) break;
    TAUT_CHECK(sweep_chunk(*chunk, sweep, swept, room));
  }
  const bool is_more = calendar_.is_due(sweep.now) || swept.cards == sweep.count_max;
  swept.rest = is_more ? dispatcher::Rest::more : dispatcher::Rest::none;
  return swept;
}

Status DispatcherTables::sweep_chunk(const RowChunk& chunk, const Sweep& sweep, Swept& swept,
                                     std::size_t& room) {
  TAUT_TRY(const auto expired, messages_.expire(chunk, sweep.now, room));
  TAUT_CHECK(note_expired(expired, swept));
  room -= expired.size();
  TAUT_TRY(const std::uint64_t forgotten, submissions_.forget(chunk, sweep.now, room));
  swept.submissions += forgotten;
  room -= static_cast<std::size_t>(forgotten);
  TAUT_TRY(const auto next_expiry, messages_.next_expiry(chunk));
  if (next_expiry) calendar_.expect(chunk.first(), *next_expiry);
  TAUT_TRY(const auto next_forget, submissions_.next_forget(chunk));
  if (next_forget) calendar_.expect(chunk.first(), *next_forget);
  return {};
}

Status DispatcherTables::note_expired(const std::vector<MessageTable::Expired>& expired, Swept& swept) {
  std::map<NodeTable::Id, ShareUsage> freed;
  for (const MessageTable::Expired& one : expired) {
    TAUT_CHECK(submissions_.mark_expired(one.row));
    freed[one.inbox][one.share] += Usage{1, one.size};
  }
  for (const auto& [inbox, usage] : freed) {
    TAUT_TRY(const NodeId name, nodes_.name_of(inbox));
    TAUT_TRY(NodeRecord* const record, nodes_.change(name));
    for (std::size_t share = 0; share < kShareCount; ++share) record->usage[share] -= usage[share];
    const auto same = std::ranges::find(swept.freed, name, &Freed::inbox);
    if (same == swept.freed.end()) {
      swept.freed.push_back({name, usage});
    } else {
      for (std::size_t share = 0; share < kShareCount; ++share) same->usage[share] += usage[share];
    }
  }
  return {};
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
