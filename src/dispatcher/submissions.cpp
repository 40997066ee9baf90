#include "dispatcher/submissions.hpp"

#include "crypto/hash.hpp"
#include "dispatcher/deliveries.hpp"
#include "dispatcher/node_records.hpp"

namespace taut::dispatcher {

namespace {

using frame::OutcomeState;

// When a sender may try again: at once after a burst, later when somebody has to read or clean up first.
constexpr std::uint32_t kRetryWindowS = 1;
constexpr std::uint32_t kRetryStoreS = 5;
constexpr std::uint32_t kRetryQuotaS = 60;

BodyHash hash_of(ByteView body) {
  const crypto::Digest digest = crypto::hash(crypto::HashId::sha256, {body});
  return BodyHash(digest.view().first<BodyHash::size_bytes>());
}

OutcomeState outcome_of(const SubmissionRecord& record, WallTime now) {
  switch (record.state) {
    case SubmissionState::stored:
      return record.expires <= now ? OutcomeState::expired : OutcomeState::stored;
    case SubmissionState::released:
      return OutcomeState::released;
    case SubmissionState::expired:
      return OutcomeState::expired;
  }
  return OutcomeState::unknown;
}

// The same message again has the same outcome; another message under its submission ID has none.
OutcomeState outcome_of_repeat(const SubmissionRecord& record, const BodyHash& hash, WallTime now) {
  return record.hash == hash ? outcome_of(record, now) : OutcomeState::declined;
}

}  // namespace

Status Submissions::on_put(Connection& from, const frame::Put& put, const Moment& at) {
  if (put.size > common_.settings.limits.message_bytes_max) {
    return fail(Errc::violation, reasons::kMessageTooLarge);
  }
  const auto same = [&](const Upload& upload) { return upload.submission.ticket.request == put.request; };
  if (std::ranges::any_of(from.uploads, same)) return fail(Errc::violation, reasons::kRequestInUse);

  const Ticket ticket{from.id, put.request, put.submission, put.size};
  const bool is_whole = put.chunk.size() == put.size;
  const bool is_upload_too_many = !is_whole && from.uploads.size() >= common_.settings.limits.uploads_max;
  const bool has_room = common_.links.is_room_for_puts(from, ticket.charge()) && !is_upload_too_many;
  common_.links.charge(from, ticket);
  if (!has_room) {
    settle(ticket, OutcomeState::full, kRetryWindowS);
    return {};
  }
  if (put.keep == frame::Keep::online_only) {
    settle(ticket, OutcomeState::declined);
    return {};
  }
  const Share share = put.inbox == from.node() ? Share::own : Share::known;
  Submission submission{ticket, put.inbox, share, put.ttl_s, to_bytes(put.chunk)};
  if (is_whole) {
    submit(std::move(submission), at);
  } else {
    from.uploads.push_back({std::move(submission), at.now});
  }
  return {};
}

Status Submissions::on_put_chunk(Connection& from, const frame::PutChunk& more, const Moment& at) {
  const auto upload = std::ranges::find(from.uploads, more.request,
                                        [](const Upload& one) { return one.submission.ticket.request; });
  // Refused or given up: its sender may not have heard yet.
  if (upload == from.uploads.end()) return {};
  Submission& submission = upload->submission;
  const std::size_t size = submission.ticket.size;
  if (more.offset != submission.body.size() || more.chunk.size() > size - submission.body.size()) {
    return fail(Errc::violation, reasons::kChunkOutOfPlace);
  }
  append(submission.body, more.chunk);
  upload->last_chunk = at.now;
  if (submission.body.size() < size) return {};
  Submission whole = std::move(submission);
  from.uploads.erase(upload);
  submit(std::move(whole), at);
  return {};
}

void Submissions::abandon_stalled(Connection& connection, Instant now) {
  const Duration idle_max = common_.settings.limits.upload_idle_max;
  std::vector<Ticket> abandoned;
  std::erase_if(connection.uploads, [&](const Upload& upload) {
    if (now - upload.last_chunk < idle_max) return false;
    abandoned.push_back(upload.submission.ticket);
    return true;
  });
  for (const Ticket& ticket : abandoned) {
    ++common_.counters.uploads_abandoned;
    settle(ticket, OutcomeState::unknown);
  }
}

void Submissions::submit(Submission submission, const Moment& at) {
  const Pin inbox = common_.residents.at(submission.inbox);
  if (inbox->phase == Resident::Phase::loaded) return place(*inbox, std::move(submission), at);
  inbox->waiting.push_back(std::move(submission));
  load(common_, *inbox);
}

void Submissions::resume(Resident& inbox, const Moment& at) {
  for (Submission& submission : std::exchange(inbox.waiting, {})) {
    if (inbox.phase == Resident::Phase::loaded) {
      place(inbox, std::move(submission), at);
    } else {
      fail_for_now(submission.ticket, {Errc::unavailable, reasons::kNotNow});
    }
  }
}

bool Submissions::is_room(const Resident& inbox, std::uint32_t size) const {
  const Limits& limits = common_.settings.limits;
  const Usage used = inbox.usage();
  return used.messages < limits.inbox_max.messages && used.bytes + size <= limits.inbox_max.bytes &&
         common_.stored.bytes + size <= limits.store_bytes_max;
}

void Submissions::place(Resident& inbox, Submission submission, const Moment& at) {
  const Ticket& ticket = submission.ticket;
  if (!inbox.record || inbox.is_revoked()) return settle(ticket, OutcomeState::declined);
  const BodyHash hash = hash_of(submission.body);
  if (!is_room(inbox, ticket.size)) {
    return common_.issue(LookUpSubmission{inbox.id, ticket.submission}, RepeatPending{ticket, hash});
  }
  const Limits& limits = common_.settings.limits;
  const std::chrono::seconds asked(submission.ttl_s);
  const WallTime expires = at.wall + (asked.count() == 0 ? limits.ttl_max : std::min(asked, limits.ttl_max));
  const WallTime forget = expires + limits.outcome_keep;
  const QueueNumber number = inbox.record->next_number++;
  const Usage more{1, ticket.size};
  inbox.record->usage[static_cast<std::size_t>(submission.share)] += more;
  common_.stored += more;
  common_.issue(PutMessage{inbox.id, ticket.submission, hash, number, submission.share, at.wall, expires,
                           forget, std::move(submission.body)},
                PutPending{ticket, Pin(inbox), hash, number, submission.share, at.wall, expires});
}

void Submissions::on_result(PutPending& pending, Result<Placed> result, const Moment& at) {
  const bool is_stored = result && !result->known;
  if (!is_stored) {
    const Usage reserved{1, pending.ticket.size};
    pending.inbox->record->usage[static_cast<std::size_t>(pending.share)] -= reserved;
    common_.stored -= reserved;
  }
  if (!result) return fail_for_now(pending.ticket, result.error());
  if (!is_stored) {
    ++common_.counters.messages_repeated;
    return settle(pending.ticket, outcome_of_repeat(*result->known, pending.hash, at.wall));
  }
  ++common_.counters.messages_stored;
  settle(pending.ticket, OutcomeState::stored);
  deliveries_.push(*pending.inbox, {pending.number, pending.received, pending.expires, result->body}, at.now);
}

void Submissions::on_result(RepeatPending& pending, Result<std::optional<SubmissionRecord>> result,
                            const Moment& at) {
  if (!result) return fail_for_now(pending.ticket, result.error());
  if (!*result) return settle(pending.ticket, OutcomeState::full, kRetryQuotaS);
  ++common_.counters.messages_repeated;
  settle(pending.ticket, outcome_of_repeat(**result, pending.hash, at.wall));
}

void Submissions::fail_for_now(const Ticket& ticket, const Error& error) {
  settle(ticket, OutcomeState::full, error.code == Errc::exhausted ? kRetryQuotaS : kRetryStoreS);
}

void Submissions::settle(const Ticket& ticket, frame::OutcomeState state, std::uint32_t retry_after_s) {
  if (state == OutcomeState::full) ++common_.counters.messages_full;
  if (state == OutcomeState::declined) ++common_.counters.messages_declined;
  common_.links.refund(ticket);
  if (Connection* connection = common_.links.find(ticket.connection)) {
    common_.links.send(*connection,
                       frame::Outcome{ticket.request, ticket.submission, state, retry_after_s, {}});
  }
}

Status Submissions::on_outcome_query(Connection& from, const frame::OutcomeQuery& query) {
  common_.issue(LookUpSubmission{query.inbox, query.submission},
                QueryPending{from.id, query.request, query.submission});
  return {};
}

void Submissions::on_result(QueryPending& pending, Result<std::optional<SubmissionRecord>> result,
                            const Moment& at) {
  frame::Outcome outcome{pending.request, pending.submission, OutcomeState::unknown, 0, {}};
  if (!result) {
    outcome.state = OutcomeState::full;
    outcome.retry_after_s = kRetryStoreS;
  } else if (*result) {
    outcome.state = outcome_of(**result, at.wall);
  }
  common_.links.answer(pending.connection, outcome);
}

}  // namespace taut::dispatcher
