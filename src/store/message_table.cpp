#include "store/message_table.hpp"

#include "store/columns.hpp"
#include "store/failure.hpp"

namespace taut::store {

using namespace dispatcher;

Status MessageTable::add(RowNumber row, NodeTable::Id inbox, const PutMessage& put) {
  return database_.run("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row, inbox,
                       column_of(put.number), static_cast<int>(put.share), column_of(put.received),
                       column_of(put.expires), put.body.size(), put.body);
}

Result<bool> MessageTable::holds(RowNumber row) {
  TAUT_TRY(Query query, database_.query("SELECT 1 FROM message WHERE id = ?", row));
  return query.step();
}

Result<Fetched> MessageTable::fetch(NodeTable::Id inbox, const FetchMessages& fetch) {
  Fetched fetched;
  TAUT_TRY(Query query, database_.query("SELECT number, received, expires, size, body FROM message"
                                        " WHERE inbox = ? AND number > ? ORDER BY number",
                                        inbox, column_of(fetch.after)));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return fetched;
    const auto size = static_cast<std::size_t>(query.u64(3));
    const bool fits = fetched.messages.empty() || fetched.bytes.size() + size <= fetch.bytes_max;
    if (!fits || fetched.messages.size() == fetch.count_max) {
      fetched.rest = Rest::more;
      return fetched;
    }
    const ByteView body = query.bytes(4);
    if (body.size() != size) return fail(Errc::unavailable, reasons::kDamaged);
    fetched.messages.push_back(
        {query.u64(0), WallTime{query.u64(1)}, WallTime{query.u64(2)}, fetched.bytes.size(), size});
    append(fetched.bytes, body);
  }
}

namespace {

/// @errors damaged: no share has this number
Result<std::size_t> share_in(const Query& query, int column) {
  const std::uint64_t share = query.u64(column);
  if (share >= kShareCount) return fail(Errc::unavailable, reasons::kDamaged);
  return static_cast<std::size_t>(share);
}

}  // namespace

Status MessageTable::release(NodeTable::Id inbox, const QueueRange& range, ShareUsage& freed) {
  TAUT_TRY(Query query, database_.query("DELETE FROM message WHERE inbox = ? AND number BETWEEN ? AND ?"
                                        " RETURNING share, size",
                                        inbox, column_of(range.first), column_of(range.last)));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    TAUT_TRY(const std::size_t share, share_in(query, 0));
    freed[share] += Usage{1, query.u64(1)};
  }
}

Result<std::vector<MessageTable::Expired>> MessageTable::expire(const RowChunk& chunk, WallTime now,
                                                                std::size_t count_max) {
  std::vector<Expired> expired;
  TAUT_TRY(Query query, database_.query("DELETE FROM message WHERE id IN (SELECT id FROM message"
                                        " WHERE id BETWEEN ? AND ? AND expires <= ? LIMIT ?)"
                                        " RETURNING id, inbox, share, size",
                                        chunk.first(), chunk.last(), column_of(now), column_of(count_max)));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return expired;
    TAUT_TRY(const std::size_t share, share_in(query, 2));
    expired.push_back({query.u64(0), query.i64(1), share, query.u64(3)});
  }
}

Result<std::optional<WallTime>> MessageTable::next_expiry(const RowChunk& chunk) {
  TAUT_TRY(Query query, database_.query("SELECT min(expires) FROM message WHERE id BETWEEN ? AND ?",
                                        chunk.first(), chunk.last()));
  TAUT_CHECK(query.step());
  if (query.is_null(0)) return std::nullopt;
  return WallTime{query.u64(0)};
}

}  // namespace taut::store
