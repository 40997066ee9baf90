#include "store/submission_table.hpp"

#include "store/columns.hpp"
#include "store/failure.hpp"

namespace taut::store {

using namespace dispatcher;

Status SubmissionTable::load(Calendar& calendar) {
  TAUT_TRY(Query highest, database_.query("SELECT coalesce(max(id), 0) FROM message"));
  TAUT_CHECK(highest.step());
  newest_ = highest.u64(0);
  TAUT_TRY(Query query,
           database_.query("SELECT id, inbox, submission, min(expires, forget) FROM submission ORDER BY id"));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return {};
    const RowNumber row = query.u64(0);
    TAUT_TRY(const SubmissionId submission, query.value<SubmissionId>(2));
    index_.insert(query.u64(1), submission, row);
    calendar.expect(row, WallTime{query.u64(3)});
    newest_ = std::max(newest_, row);
  }
}

Result<std::optional<SubmissionTable::Found>> SubmissionTable::find(NodeTable::Id inbox,
                                                                    const SubmissionId& submission) {
  std::optional<Found> found;
  Status status;
  const auto look = [&](RowNumber row) -> Status {
    TAUT_TRY(Query query, database_.query("SELECT hash, expires, expired FROM submission"
                                          " WHERE id = ? AND inbox = ? AND submission = ?",
                                          row, inbox, submission));
    TAUT_TRY(const bool is_it, query.step());
    if (!is_it) return {};
    TAUT_TRY(const BodyHash hash, query.value<BodyHash>(0));
    const auto state = query.i64(2) != 0 ? SubmissionState::expired : SubmissionState::stored;
    found = Found{row, {hash, state, WallTime{query.u64(1)}}};
    return {};
  };
  index_.find(static_cast<std::uint64_t>(inbox), submission, [&](RowNumber row) {
    status = look(row);
    return !status || found;
  });
  TAUT_CHECK(status);
  return found;
}

Result<RowNumber> SubmissionTable::add(NodeTable::Id inbox, const PutMessage& put) {
  if (index_.size() >= kSubmissionsMax) return fail(Errc::exhausted, taut::reasons::kQuota);
  const RowNumber row = SubmissionIndex::after_row(newest_);
  TAUT_CHECK(database_.run("INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?, 0)", row, inbox, put.submission,
                           put.hash, column_of(put.expires), column_of(put.forget)));
  newest_ = row;
  index_.insert(static_cast<std::uint64_t>(inbox), put.submission, row);
  return row;
}

Status SubmissionTable::mark_expired(RowNumber row) {
  return database_.run("UPDATE submission SET expired = 1 WHERE id = ?", row);
}

Result<std::uint64_t> SubmissionTable::forget(const RowChunk& chunk, WallTime now, std::size_t count_max) {
  std::uint64_t count = 0;
  TAUT_TRY(Query query, database_.query("DELETE FROM submission WHERE id IN (SELECT id FROM submission"
                                        " WHERE id BETWEEN ? AND ? AND forget <= ? LIMIT ?)"
                                        " RETURNING id, inbox, submission",
                                        chunk.first(), chunk.last(), column_of(now), column_of(count_max)));
  for (;;) {
    TAUT_TRY(const bool is_there, query.step());
    if (!is_there) return count;
    TAUT_TRY(const SubmissionId submission, query.value<SubmissionId>(2));
    index_.erase(query.u64(1), submission, query.u64(0));
    ++count;
  }
}

Result<std::optional<WallTime>> SubmissionTable::next_forget(const RowChunk& chunk) {
  TAUT_TRY(Query query, database_.query("SELECT min(forget) FROM submission WHERE id BETWEEN ? AND ?",
                                        chunk.first(), chunk.last()));
  TAUT_CHECK(query.step());
  if (query.is_null(0)) return std::nullopt;
  return WallTime{query.u64(0)};
}

}  // namespace taut::store
