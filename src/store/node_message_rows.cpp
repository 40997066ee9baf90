// What a node sends and receives: counters, outgoing messages, streams, held messages, items.

#include "store/columns.hpp"
#include "store/failure.hpp"
#include "store/node_transaction.hpp"
#include "store/rows.hpp"
#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace taut::store {

using namespace node;

namespace {

Bytes packed(const std::vector<Submission>& submissions) {
  return wire::written([&](wire::Writer& out) {
    for (const Submission& one : submissions) out.raw(one.dispatcher.view()).raw(one.id.view());
  });
}

/// @errors damaged: not a whole number of copies
Result<std::vector<Submission>> unpacked(ByteView bytes) {
  std::vector<Submission> submissions;
  wire::Reader in(bytes);
  while (!in.empty()) {
    const auto dispatcher = in.value<NodeId>();
    const auto id = in.value<SubmissionId>();
    if (!dispatcher || !id) return fail(Errc::unavailable, reasons::kDamaged);
    submissions.push_back({*dispatcher, *id});
  }
  return submissions;
}

/// An enumeration whose numbers go from 0 to `last`.
template <class Choice>
Result<Choice> choice_in(const Query& query, int column, Choice last) {
  const std::int64_t number = query.i64(column);
  if (number < 0 || number > static_cast<std::int64_t>(last))
    return fail(Errc::unavailable, reasons::kDamaged);
  return static_cast<Choice>(number);
}

Result<OutgoingRow> outgoing_in(const Query& query) {
  TAUT_TRY(const MessageId message, query.value<MessageId>(1));
  TAUT_TRY(const NodeId recipient, query.value<NodeId>(2));
  TAUT_TRY(std::vector<Submission> copies, unpacked(query.bytes(4)));
  TAUT_TRY(const Keep keep, choice_in(query, 7, Keep::online_only));
  TAUT_TRY(const Until until, choice_in(query, 8, Until::nothing));
  TAUT_TRY(const Stage stage, choice_in(query, 9, Stage::released));
  return OutgoingRow{query.u64(0),
                     message,
                     recipient,
                     WallTime{query.u64(3)},
                     to_bytes(query.bytes(5)),
                     std::move(copies),
                     WallTime{query.u64(6)},
                     keep,
                     until,
                     stage};
}

}  // namespace

Result<std::size_t> NodeTransaction::count(Sql sql) {
  TAUT_TRY(Query query, database_.query(sql));
  TAUT_CHECK(query.step());
  return static_cast<std::size_t>(query.u64(0));
}

Result<Counter> NodeTransaction::next_counter(const NodeId& recipient) {
  TAUT_TRY(Query query, database_.query("SELECT next FROM counter WHERE recipient = ?", recipient));
  TAUT_TRY(const bool is_there, query.step());
  return is_there ? query.u64(0) : 0;
}

Status NodeTransaction::set_next_counter(const NodeId& recipient, Counter next) {
  return database_.run("INSERT INTO counter VALUES (?, ?) ON CONFLICT DO UPDATE SET next = excluded.next",
                       recipient, next);
}

Status NodeTransaction::clear_counters() { return database_.run("DELETE FROM counter"); }

Result<RowNumber> NodeTransaction::add_outgoing(const OutgoingRow& row) {
  TAUT_CHECK(database_.run(
      "INSERT INTO outgoing (message_id, recipient, created, copies, envelope, expires, keep, until, stage)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.message_id, row.recipient, row.created.unix_ms, packed(row.submissions), row.envelope,
      row.expires.unix_ms, column_of(static_cast<std::uint64_t>(row.keep)),
      column_of(static_cast<std::uint64_t>(row.until)), column_of(static_cast<std::uint64_t>(row.stage))));
  return new_row();
}

Result<std::vector<OutgoingRow>> NodeTransaction::outgoing(RowNumber after, std::size_t count_max) {
  TAUT_TRY(Query query,
           database_.query("SELECT number, message_id, recipient, created, copies, envelope, expires, keep,"
                           " until, stage FROM outgoing WHERE number > ? ORDER BY number LIMIT ?",
                           column_of(after), column_of(count_max)));
  return all_rows<OutgoingRow>(query, [&] { return outgoing_in(query); });
}

Status NodeTransaction::set_stage(RowNumber number, Stage stage) {
  return database_.run("UPDATE outgoing SET stage = ?1 WHERE number = ?2 AND stage < ?1",
                       column_of(static_cast<std::uint64_t>(stage)), column_of(number));
}

Status NodeTransaction::erase_outgoing(RowNumber number) {
  return database_.run("DELETE FROM outgoing WHERE number = ?", number);
}

Result<std::size_t> NodeTransaction::outgoing_count() {
  return count("SELECT count(*) FROM outgoing WHERE until <> 3");  // Until::nothing
}

Result<std::vector<node::Transaction::Unreleased>> NodeTransaction::unreleased(const NodeId& recipient) {
  TAUT_TRY(Query query,
           database_.query("SELECT number, message_id, stage FROM outgoing"
                           " WHERE recipient = ? AND until = 1 ORDER BY number",  // Until::released
                           recipient));
  return all_rows<Unreleased>(query, [&]() -> Result<Unreleased> {
    TAUT_TRY(const MessageId message, query.value<MessageId>(1));
    TAUT_TRY(const Stage stage, choice_in(query, 2, Stage::released));
    return Unreleased{query.u64(0), message, stage};
  });
}

Result<std::vector<node::Transaction::ReleaseRow>> NodeTransaction::releases() {
  TAUT_TRY(Query query,
           database_.query("SELECT number, recipient, expires FROM outgoing"
                           " WHERE until = 3 ORDER BY number"));  // Until::nothing
  return all_rows<ReleaseRow>(query, [&]() -> Result<ReleaseRow> {
    TAUT_TRY(const NodeId recipient, query.value<NodeId>(1));
    return ReleaseRow{query.u64(0), recipient, {query.u64(2)}};
  });
}

Result<std::size_t> NodeTransaction::releases_to(const NodeId& recipient) {
  TAUT_TRY(Query query,
           database_.query("SELECT count(*) FROM outgoing WHERE until = 3 AND recipient = ?", recipient));
  TAUT_CHECK(query.step());
  return static_cast<std::size_t>(query.u64(0));
}

Result<std::optional<StreamRow>> NodeTransaction::stream(const NodeId& sender, StreamId stream) {
  TAUT_TRY(Query query,
           database_.query("SELECT record, newest_key FROM stream WHERE sender = ? AND stream = ?", sender,
                           stream));
  return first_row<StreamRow>(
      query, [&] { return StreamRow{sender, stream, to_bytes(query.bytes(0)), query.u64(1)}; });
}

Status NodeTransaction::put_stream(const StreamRow& row) {
  return database_.run(
      "INSERT INTO stream VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
      " newest_key = excluded.newest_key, record = excluded.record",
      row.sender, row.stream, column_of(row.newest_key), row.record);
}

Result<bool> NodeTransaction::seen(const NodeId& sender, const MessageId& message) {
  TAUT_TRY(Query query,
           database_.query("SELECT 1 FROM seen WHERE sender = ? AND message = ?", sender, message));
  return query.step();
}

Status NodeTransaction::remember(const NodeId& sender, const MessageId& message,
                                 SealingKeyNumber newest_key) {
  return database_.run("INSERT INTO seen VALUES (?, ?, ?)", sender, message, column_of(newest_key));
}

Status NodeTransaction::forget_up_to(SealingKeyNumber newest_key) {
  TAUT_CHECK(database_.run("DELETE FROM stream WHERE newest_key <= ?", column_of(newest_key)));
  return database_.run("DELETE FROM seen WHERE newest_key <= ?", column_of(newest_key));
}

Result<bool> NodeTransaction::hold(const HeldRow& row) {
  TAUT_CHECK(
      database_.run("INSERT INTO held (sender, stream, counter, record) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    row.sender, row.stream, sorted_column_of(row.counter), row.record));
  return database_.changed_rows() == 1;
}

Result<std::optional<HeldRow>> NodeTransaction::first_held(const NodeId& sender, StreamId stream) {
  TAUT_TRY(Query query, database_.query("SELECT counter, record FROM held WHERE sender = ? AND stream = ?"
                                        " ORDER BY counter LIMIT 1",
                                        sender, stream));
  return first_row<HeldRow>(query, [&] {
    return HeldRow{sender, stream, from_sorted_column(query.i64(0)), to_bytes(query.bytes(1))};
  });
}

Status NodeTransaction::erase_held(const NodeId& sender, StreamId stream, Counter counter) {
  return database_.run("DELETE FROM held WHERE sender = ? AND stream = ? AND counter = ?", sender, stream,
                       sorted_column_of(counter));
}

Result<std::vector<node::Transaction::StreamName>> NodeTransaction::streams_with_held() {
  TAUT_TRY(Query query, database_.query("SELECT DISTINCT sender, stream FROM held ORDER BY sender, stream"));
  return all_rows<StreamName>(query, [&]() -> Result<StreamName> {
    TAUT_TRY(const NodeId sender, query.value<NodeId>(0));
    return StreamName{sender, query.u64(1)};
  });
}

Result<RowNumber> NodeTransaction::add_item(ByteView record) {
  TAUT_CHECK(database_.run("INSERT INTO item (offered, record) VALUES (0, ?)", record));
  return new_row();
}

Result<std::vector<ItemRow>> NodeTransaction::items(std::size_t count_max) {
  TAUT_TRY(Query query, database_.query("SELECT number, offered, record FROM item ORDER BY number LIMIT ?",
                                        column_of(count_max)));
  return all_rows<ItemRow>(query, [&] {
    const auto offered = query.i64(1) == 0 ? Offered::never : Offered::before;
    return ItemRow{query.u64(0), offered, to_bytes(query.bytes(2))};
  });
}

Status NodeTransaction::mark_offered(RowNumber number) {
  return database_.run("UPDATE item SET offered = 1 WHERE number = ?", number);
}

Status NodeTransaction::erase_item(RowNumber number) {
  return database_.run("DELETE FROM item WHERE number = ?", number);
}

Result<std::size_t> NodeTransaction::item_count() { return count("SELECT count(*) FROM item"); }

}  // namespace taut::store
