#include "dispatcher/log_appends.hpp"

#include "crypto/hash.hpp"
#include "dispatcher/outcomes.hpp"
#include "dispatcher/proven.hpp"

namespace taut::dispatcher {

namespace {

using frame::AppendState;

BodyHash hash_of_entry(ByteView body) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {body});
  return BodyHash(digest.view().first<BodyHash::size_bytes>());
}

bool fits_late_room(const LogKey& key, const LogSubmission& submission, const Limits& limits) {
  const std::uint64_t shares = submission.successor ? 2 : 1;
  return key.late.messages + 1 <= shares * limits.late_room.messages &&
         key.late.bytes + submission.body.size() <= shares * limits.late_room.bytes;
}

}  // namespace

Status LogAppends::on_append(Connection& from, const frame::Append& append, const Moment& at) {
  const Limits& limits = common_.settings.limits;
  if (append.size > limits.message_bytes_max) return fail(Errc::violation, reasons::kMessageTooLarge);
  if (from.log_uploads.has(append.request)) return fail(Errc::violation, reasons::kRequestInUse);

  const Ticket ticket{from.id, append.request, append.submission, append.size};
  const bool is_whole = append.chunk.size() == append.size;
  const bool is_upload_too_many = !is_whole && from.log_uploads.size() >= limits.uploads_max;
  const bool has_room = common_.links.is_room_for_puts(from, ticket.charge()) && !is_upload_too_many;
  common_.links.charge(from, ticket);
  if (!has_room) {
    settle(ticket, AppendState::full, 0, kRetryWindowS);
    return {};
  }
  LogSubmission submission{ticket, append.log, append.key, append.successor, to_bytes(append.chunk)};
  if (is_whole) {
    submit(from, std::move(submission), at);
  } else {
    from.log_uploads.begin(std::move(submission), at.now);
  }
  return {};
}

Status LogAppends::on_append_chunk(Connection& from, const frame::AppendChunk& more, const Moment& at) {
  TAUT_TRY(std::optional<LogSubmission> whole, from.log_uploads.take(more, at.now));
  if (whole) submit(from, *std::move(whole), at);
  return {};
}

void LogAppends::abandon_stalled(Connection& connection, Instant now) {
  for (const Ticket& ticket : connection.log_uploads.give_up(now, common_.settings.limits.upload_idle_max)) {
    ++common_.counters.uploads_abandoned;
    settle(ticket, AppendState::full, 0, kRetryWindowS);
  }
}

void LogAppends::submit(Connection& from, LogSubmission submission, const Moment& at) {
  const auto proven = open_proven(from, submission.log, submission.key, at.wall);
  if (!proven) return settle(submission.ticket, AppendState::refused);
  LogResident& log = proven->log;
  const BodyHash hash = hash_of_entry(submission.body);
  const auto obstacle = no_room(from, proven->key, submission, at.now);
  if (!obstacle) return store(log, proven->key, std::move(submission), hash, at);
  common_.issue(LookUpEntry{log.id, submission.ticket.submission},
                LateAppendPending{submission.ticket, LogPin(log), hash, *obstacle});
}

std::optional<AppendState> LogAppends::no_room(const Connection& from, const LogKey& key,
                                               const LogSubmission& submission, Instant now) {
  const Limits& limits = common_.settings.limits;
  const bool is_late = key.phase == LogKey::Phase::superseded;
  if (is_late && !fits_late_room(key, submission, limits)) return AppendState::superseded;
  const std::uint64_t reserved = submission.successor ? 0 : limits.commit_reserve_bytes;
  if (common_.entries.bytes + submission.body.size() + reserved > limits.log_store_bytes_max) {
    return AppendState::full;
  }
  if (!common_.may_spend(from, Spending::entry_bytes, submission.ticket.charge(), now)) {
    return AppendState::full;
  }
  return std::nullopt;
}

void LogAppends::store(LogResident& log, LogKey& key, LogSubmission submission, const BodyHash& hash,
                       const Moment& at) {
  const Limits& limits = common_.settings.limits;
  LogRecord& record = *log.record;
  const KeyNumber number = key.number;
  const Usage more{1, submission.body.size()};
  const bool is_late = key.phase == LogKey::Phase::superseded;
  if (is_late) key.late += more;
  LogChange change = use_key(record, number, at.wall, limits.log_keys);
  if (is_late && change.keys.empty()) change.keys.push_back(key);
  if (submission.successor) {  // may move the keys
    LogChange named = name_successor(record, number, *submission.successor, at.wall, limits.log_keys);
    std::ranges::move(named.keys, std::back_inserter(change.keys));
    change.dropped_keys = std::move(named.dropped_keys);
  }
  const bool has_dropped = !change.dropped_keys.empty();
  record.entries += more;
  common_.entries += more;
  AppendEntry entry{log.id,
                    record.next_number++,
                    number,
                    submission.ticket.submission,
                    hash,
                    at.wall,
                    std::move(change),
                    {limits.log_entries_max, record.retention.bytes},
                    std::move(submission.body)};
  AppendPending pending{submission.ticket, LogPin(log), hash, entry.number, number, at.wall};
  common_.issue(std::move(entry), std::move(pending));
  if (has_dropped) readings_.look_again(log, at);
}

void LogAppends::on_result(AppendPending& pending, Result<EntryPlaced> result, const Moment& at) {
  LogResident& log = *pending.log;
  const bool is_stored = result && !result->known;
  const Usage more{1, pending.ticket.size};
  const auto subtract = [&](const Usage& less) {
    common_.entries -= less;
    if (log.record) log.record->entries -= less;
  };
  if (!is_stored) subtract(more);
  if (!result) return settle_failed(pending.ticket, result.error());
  if (!is_stored) {
    ++common_.counters.entries_repeated;
    const bool is_same = result->known->hash == pending.hash;
    return is_same ? settle(pending.ticket, AppendState::stored, result->known->number)
                   : settle(pending.ticket, AppendState::refused);
  }
  ++common_.counters.entries_appended;
  if (log.record) note_entry(*log.record, pending.key, pending.number);
  if (result->freed.messages > 0) {
    subtract(result->freed);
    if (log.record) note_gone(*log.record, result->gone);
    common_.counters.entries_gone += result->freed.messages;
    common_.removed(at.now);
  }
  settle(pending.ticket, AppendState::stored, pending.number);
  readings_.push_entry(log, pending.key, {pending.number, pending.received, {}, result->body}, at);
}

void LogAppends::on_result(LateAppendPending& pending, Result<std::optional<EntryRecord>> result) {
  if (!result) return settle_failed(pending.ticket, result.error());
  if (*result && (*result)->hash == pending.hash) {
    ++common_.counters.entries_repeated;
    return settle(pending.ticket, AppendState::stored, (*result)->number);
  }
  const bool is_full = pending.otherwise == AppendState::full;
  settle(pending.ticket, pending.otherwise, 0, is_full ? kRetryQuotaS : 0);
}

void LogAppends::settle(const Ticket& ticket, AppendState state, LogNumber number,
                        std::uint32_t retry_after_s) {
  if (state == AppendState::full) ++common_.counters.entries_full;
  if (state == AppendState::refused || state == AppendState::superseded) ++common_.counters.entries_refused;
  common_.links.refund(ticket);
  Connection* const connection = common_.links.find(ticket.connection);
  if (connection == nullptr) return;
  common_.links.send(*connection, frame::Appended{ticket.request, state, number, retry_after_s, {}});
}

void LogAppends::settle_failed(const Ticket& ticket, const Error& error) {
  settle(ticket, AppendState::full, 0, error.code == Errc::exhausted ? kRetryQuotaS : kRetryStoreS);
}

}  // namespace taut::dispatcher
