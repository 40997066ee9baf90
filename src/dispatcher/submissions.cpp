#include "dispatcher/submissions.hpp"

#include "crypto/hash.hpp"
#include "dispatcher/deliveries.hpp"
#include "dispatcher/node_records.hpp"
#include "dispatcher/outcomes.hpp"

namespace taut::dispatcher {

namespace {

using frame::OutcomeState;

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

Sender sender_of(const Connection& from, const NodeId& inbox) {
  if (!from.is_anonymous() && from.node() == inbox) return Sender::owner;
  return from.is_registered() ? Sender::registered : Sender::unregistered;
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
  if (from.uploads.has(put.request)) return fail(Errc::violation, reasons::kRequestInUse);

  const Ticket ticket{from.id, put.request, put.submission, put.size};
  const bool is_whole = put.chunk.size() == put.size;
  const bool is_upload_too_many = !is_whole && from.uploads.size() >= common_.settings.limits.uploads_max;
  const bool has_room = common_.links.is_room_for_puts(from, ticket.charge()) && !is_upload_too_many;
  common_.links.charge(from, ticket);
  if (!has_room) {
    settle(common_, ticket, OutcomeState::full, kRetryWindowS);
    return {};
  }
  Submission submission{
      ticket,   put.inbox, sender_of(from, put.inbox), decltype(Submission::token)(put.token),
      put.keep, put.ttl_s, to_bytes(put.chunk)};
  if (is_whole) {
    submit(std::move(submission), at);
  } else {
    from.uploads.begin(std::move(submission), at.now);
  }
  return {};
}

Status Submissions::on_put_chunk(Connection& from, const frame::PutChunk& more, const Moment& at) {
  TAUT_TRY(std::optional<Submission> whole, from.uploads.take(more, at.now));
  if (whole) submit(*std::move(whole), at);
  return {};
}

void Submissions::abandon_stalled(Connection& connection, Instant now) {
  for (const Ticket& ticket : connection.uploads.give_up(now, common_.settings.limits.upload_idle_max)) {
    ++common_.counters.uploads_abandoned;
    settle(common_, ticket, OutcomeState::unknown);
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
      settle_failed(common_, submission.ticket, {Errc::unavailable, reasons::kNotNow});
    }
  }
}

// nullopt: may not put at all.
std::optional<Share> Submissions::share_of(const Resident& inbox, const Submission& submission) const {
  if (submission.sender == Sender::owner) return Share::own;
  const Share shown = inbox.access ? inbox.access->share_of(submission.token.view(), inbox.id) : Share::known;
  const bool is_welcome = common_.settings.policy == frame::Policy::open ||
                          submission.sender == Sender::registered ||
                          (inbox.access && shown != Share::stranger);
  if (!is_welcome) return std::nullopt;
  return shown;
}

// Where the owner has not said who his contacts are, there are no shares.
bool Submissions::is_room(const Resident& inbox, const Ticket& ticket) const {
  const Limits& limits = common_.settings.limits;
  if (common_.stored.bytes + ticket.size > limits.store_bytes_max) return false;
  const auto fits = [&](const Usage& used, const Usage& room) {
    return used.messages < room.messages && used.bytes + ticket.size <= room.bytes;
  };
  const Usage used = inbox.usage();
  if (!fits(used, limits.inbox_max)) return false;
  if (!inbox.access) return true;
  Usage known_share = limits.inbox_max;
  known_share -= limits.own_share;
  known_share -= limits.stranger_share;
  const std::array<Usage, kShareCount> rooms{limits.own_share, known_share, limits.stranger_share};
  const auto share = static_cast<std::size_t>(ticket.share);
  return fits(inbox.record->usage[share], rooms[share]);
}

void Submissions::place(Resident& inbox, Submission submission, const Moment& at) {
  Ticket& ticket = submission.ticket;
  const bool is_here = inbox.record && !inbox.is_revoked();
  const std::optional<Share> share = is_here ? share_of(inbox, submission) : std::nullopt;
  if (!share) return settle(common_, ticket, OutcomeState::declined);
  ticket.share = *share;
  if (submission.keep == frame::Keep::online_only) {
    // Whether the owner is there is none of a stranger's business.
    if (*share == Share::stranger) return settle(common_, ticket, OutcomeState::declined);
    return relays_.relay(inbox, submission, at);
  }
  const BodyHash hash = hash_of(submission.body);
  if (is_room(inbox, ticket)) return store(inbox, std::move(submission), hash, at);
  common_.issue(LookUpSubmission{inbox.id, ticket.submission}, RepeatPending{ticket, hash});
}

void Submissions::store(Resident& inbox, Submission submission, const BodyHash& hash, const Moment& at) {
  const Limits& limits = common_.settings.limits;
  const Ticket& ticket = submission.ticket;
  const std::chrono::seconds asked(submission.ttl_s);
  const WallTime expires = at.wall + (asked.count() == 0 ? limits.ttl_max : std::min(asked, limits.ttl_max));
  const WallTime forget = expires + limits.outcome_keep;
  const QueueNumber number = inbox.record->next_number++;
  const Usage more{1, ticket.size};
  inbox.add(ticket.share, more);
  common_.stored += more;
  common_.issue(PutMessage{inbox.id, ticket.submission, hash, number, ticket.share, at.wall, expires, forget,
                           std::move(submission.body)},
                PutPending{ticket, Pin(inbox), hash, number, at.wall, expires});
}

void Submissions::on_result(PutPending& pending, Result<Placed> result, const Moment& at) {
  const bool is_stored = result && !result->known;
  if (!is_stored) {
    Freed reserved{pending.inbox->id, {}};
    reserved.usage[static_cast<std::size_t>(pending.ticket.share)] = {1, pending.ticket.size};
    common_.freed(reserved);
  }
  if (!result) return settle_failed(common_, pending.ticket, result.error());
  if (!is_stored) {
    ++common_.counters.messages_repeated;
    return settle(common_, pending.ticket, outcome_of_repeat(*result->known, pending.hash, at.wall));
  }
  ++common_.counters.messages_stored;
  settle(common_, pending.ticket, OutcomeState::stored);
  deliveries_.push(*pending.inbox, {pending.number, pending.received, pending.expires, result->body}, at.now);
}

void Submissions::on_result(RepeatPending& pending, Result<std::optional<SubmissionRecord>> result,
                            const Moment& at) {
  if (!result) return settle_failed(common_, pending.ticket, result.error());
  if (!*result) return settle(common_, pending.ticket, OutcomeState::full, kRetryQuotaS);
  ++common_.counters.messages_repeated;
  settle(common_, pending.ticket, outcome_of_repeat(**result, pending.hash, at.wall));
}

void Submissions::on_outcome_query(Connection& from, const frame::OutcomeQuery& query) {
  Pin inbox = common_.residents.at(query.inbox);
  // Its record comes before what is known of the submission: they are one node's rows.
  load(common_, *inbox);
  common_.issue(LookUpSubmission{query.inbox, query.submission},
                QueryPending{from.id, query.request, query.submission, std::move(inbox)});
}

// Strangers get one answer, also to this question.
void Submissions::on_result(QueryPending& pending, Result<std::optional<SubmissionRecord>> result,
                            const Moment& at) {
  frame::Outcome outcome{pending.request, pending.submission, OutcomeState::unknown, 0, {}};
  if (!result || pending.inbox->phase != Resident::Phase::loaded) {
    outcome.state = OutcomeState::full;
    outcome.retry_after_s = kRetryStoreS;
  } else if (pending.inbox->access && (!*result || (*result)->share == Share::stranger)) {
    outcome.state = OutcomeState::taken;
  } else if (*result) {
    outcome.state = outcome_of(**result, at.wall);
  }
  common_.links.answer(pending.connection, outcome);
}

}  // namespace taut::dispatcher
