#include "store/bundle_table.hpp"

#include <algorithm>
#include <span>

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/rows.hpp"

namespace taut::store {

using namespace dispatcher;

namespace {

bool is_stored(const BundleEntry& entry) { return entry.state == EntryState::stored; }
bool is_forgotten(const BundleEntry& entry) { return entry.state == EntryState::forgotten; }

/// Rows whose low half is 0 stand for nothing in the index of submissions.
std::uint64_t after(std::uint64_t number) {
  const std::uint64_t next = number + 1;
  return static_cast<std::uint32_t>(EntryRow{next}.number()) == 0 ? next + 1 : next;
}

std::size_t bodies_size(std::span<const BundleEntry> entries) {
  std::size_t size = 0;
  for (const BundleEntry& entry : entries) size += entry.size;
  return size;
}

}  // namespace

Status BundleTable::load_all(const std::function<void(std::uint64_t, const Bundle&)>& visit) {
  TAUT_TRY(Query query, database_.query("SELECT id, inbox, entries FROM bundle ORDER BY id"));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    TAUT_TRY(BundleEntries entries, decode(query.bytes(2)));
    newest_ = query.u64(0);
    visit(newest_, {query.i64(1), std::move(entries)});
  }
}

Result<BundleTable::Kept*> BundleTable::kept(std::uint64_t number) {
  if (const auto found = kept_.find(number); found != kept_.end()) return &found->second;
  TAUT_TRY(Query query, database_.query("SELECT inbox, entries FROM bundle WHERE id = ?", number));
  TAUT_TRY(const bool is_there, query.step());
  if (!is_there) return nullptr;
  TAUT_TRY(BundleEntries entries, decode(query.bytes(1)));
  return &kept_.emplace(number, Kept{{query.i64(0), std::move(entries)}, {}, {}, {}}).first->second;
}

Result<const BundleTable::Bundle*> BundleTable::find(std::uint64_t number) {
  TAUT_TRY(const Kept* const found, kept(number));
  return found == nullptr ? nullptr : &found->bundle;
}

Result<EntryRow> BundleTable::add(NodeTable::Id inbox, const PutMessage& put) {
  std::uint64_t& number = growing_[inbox];
  Kept* into = number == 0 ? nullptr : &kept_.at(number);
  if (into == nullptr || into->bundle.entries.size() == EntryRow::kSlots ||
      into->bodies.size() + put.body.size() > kBodiesBytesMax) {
    number = newest_ = after(newest_);
    into = &kept_.emplace(number, Kept{{inbox, {}}, {}, Kept::Change::made, {}}).first->second;
  }
  BundleEntries& entries = into->bundle.entries;
  entries.push_back({put.number, put.submission, put.hash, put.received, put.expires, put.forget,
                     static_cast<std::uint32_t>(put.body.size()), put.share, EntryState::stored});
  append(into->bodies, put.body);
  return EntryRow{number, entries.size() - 1};
}

namespace {

/// Appends what a bundle holds and is asked for. False: there is more, and no room for it.
bool take(const BundleEntries& entries, ByteView bodies, const FetchMessages& fetch, Fetched& fetched) {
  std::size_t offset = 0;
  for (const BundleEntry& entry : entries) {
    const ByteView body = bodies.subspan(offset, entry.size);
    offset += entry.size;
    if (!is_stored(entry) || entry.number <= fetch.after) continue;
    const bool fits = fetched.messages.empty() || fetched.bytes.size() + entry.size <= fetch.bytes_max;
    if (!fits || fetched.messages.size() == fetch.count_max) return false;
    fetched.messages.push_back(
        {entry.number, entry.received, entry.expires, fetched.bytes.size(), entry.size});
    append(fetched.bytes, body);
  }
  return true;
}

}  // namespace

Result<Fetched> BundleTable::fetch(NodeTable::Id inbox, const FetchMessages& fetch) {
  TAUT_CHECK(flush_new_of(inbox));
  TAUT_TRY(Query query,
           database_.query("SELECT id, bytes FROM bodies WHERE inbox = ? AND last > ? ORDER BY last", inbox,
                           column_of(fetch.after)));
  Fetched fetched;
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return fetched;
    TAUT_TRY(const Bundle* const bundle, find(query.u64(0)));
    const ByteView bodies = query.bytes(1);
    if (bundle == nullptr || bodies_size(bundle->entries) != bodies.size())
      return fail(Errc::unavailable, reasons::kDamaged);
    if (take(bundle->entries, bodies, fetch, fetched)) continue;
    fetched.rest = Rest::more;
    return fetched;
  }
}

Result<std::optional<WallTime>> BundleTable::oldest(NodeTable::Id inbox) {
  TAUT_CHECK(flush_new_of(inbox));
  TAUT_TRY(Query query, database_.query("SELECT id FROM bodies WHERE inbox = ? ORDER BY last", inbox));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return std::nullopt;
    TAUT_TRY(const Bundle* const bundle, find(query.u64(0)));
    if (bundle == nullptr) return fail(Errc::unavailable, reasons::kDamaged);
    // Released in this transaction, its bodies go with flush().
    const auto first = std::ranges::find_if(bundle->entries, is_stored);
    if (first != bundle->entries.end()) return first->received;
  }
}

void BundleTable::set_state(Kept& kept, std::size_t slot, EntryState state) {
  BundleEntries& entries = kept.bundle.entries;
  if (is_stored(entries[slot])) kept.note_gone(slot);
  entries[slot].state = state;
  if (kept.change == Kept::Change::none) kept.change = Kept::Change::changed;
}

void BundleTable::Kept::note_gone(std::size_t slot) {
  const BundleEntries& entries = bundle.entries;
  const std::size_t offset = bodies_size({entries.begin(), slot});
  const std::size_t size = entries[slot].size;
  if (!gone.empty() && gone.back().offset + gone.back().size == offset)
    gone.back().size += size;
  else
    gone.push_back({offset, size});
}

Result<std::vector<std::uint64_t>> BundleTable::bundles_of(NodeTable::Id inbox, const QueueRange& range) {
  TAUT_TRY(Query query, database_.query("SELECT id FROM bodies WHERE inbox = ? AND last >= ? AND first <= ?"
                                        " ORDER BY last",
                                        inbox, column_of(range.first), column_of(range.last)));
  return all_rows<std::uint64_t>(query, [&] { return query.u64(0); });
}

Status BundleTable::release(NodeTable::Id inbox, const QueueRange& range, ShareUsage& freed) {
  TAUT_CHECK(flush_new_of(inbox));
  TAUT_TRY(const auto numbers, bundles_of(inbox, range));
  for (const std::uint64_t number : numbers) {
    TAUT_TRY(Kept* const bundle, kept(number));
    if (bundle == nullptr) return fail(Errc::unavailable, reasons::kDamaged);
    for (std::size_t slot = 0; slot < bundle->bundle.entries.size(); ++slot) {
      const BundleEntry& entry = bundle->bundle.entries[slot];
      if (!is_stored(entry) || entry.number < range.first || entry.number > range.last) continue;
      freed[static_cast<std::size_t>(entry.share)] += Usage{1, entry.size};
      set_state(*bundle, slot, EntryState::released);
    }
  }
  return {};
}

Status BundleTable::review(const RowChunk& chunk, const Judge& judge) {
  TAUT_CHECK(flush());
  TAUT_TRY(Query query,
           database_.query("SELECT id FROM bundle WHERE id BETWEEN ? AND ?",
                           EntryRow::of(chunk.first()).bundle, EntryRow::of(chunk.last()).bundle));
  TAUT_TRY(const auto numbers, all_rows<std::uint64_t>(query, [&] { return query.u64(0); }));
  for (const std::uint64_t number : numbers) {
    TAUT_TRY(Kept* const bundle, kept(number));
    for (std::size_t slot = 0; slot < bundle->bundle.entries.size(); ++slot) {
      const BundleEntry& entry = bundle->bundle.entries[slot];
      const EntryState state = judge({number, slot}, bundle->bundle.inbox, entry);
      if (state != entry.state) set_state(*bundle, slot, state);
    }
  }
  return {};
}

Status BundleTable::flush_new_of(NodeTable::Id inbox) {
  return growing_.contains(inbox) ? flush() : Status{};
}

Status BundleTable::flush() {
  for (const auto& [number, kept] : kept_) {
    if (kept.change == Kept::Change::made) TAUT_CHECK(insert(number, kept));
    if (kept.change == Kept::Change::changed) TAUT_CHECK(update(number, kept));
  }
  growing_.clear();
  kept_.clear();
  return {};
}

Status BundleTable::insert(std::uint64_t number, const Kept& kept) {
  const auto& [inbox, entries] = kept.bundle;
  TAUT_CHECK(database_.run("INSERT INTO bundle VALUES (?, ?, ?)", number, inbox, encode(entries)));
  return database_.run("INSERT INTO bodies VALUES (?, ?, ?, ?, ?)", number, inbox,
                       column_of(entries.front().number), column_of(entries.back().number), kept.bodies);
}

Status BundleTable::update(std::uint64_t number, const Kept& kept) {
  const BundleEntries& entries = kept.bundle.entries;
  if (!kept.gone.empty()) {
    if (std::ranges::none_of(entries, is_stored)) {
      TAUT_CHECK(database_.run("DELETE FROM bodies WHERE id = ?", number));
    } else {
      for (const auto& [offset, size] : kept.gone)
        TAUT_CHECK(
            database_.overwrite("bodies", "bytes", static_cast<std::int64_t>(number), offset, Bytes(size)));
    }
  }
  if (std::ranges::all_of(entries, is_forgotten))
    return database_.run("DELETE FROM bundle WHERE id = ?", number);
  return database_.run("UPDATE bundle SET entries = ? WHERE id = ?", encode(entries), number);
}

}  // namespace taut::store
