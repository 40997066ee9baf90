#include "node/copy_watch.hpp"

#include <limits>

#include "node/own_dispatchers.hpp"
#include "node/sealing_keys.hpp"
#include "node/self.hpp"

namespace taut::node {

namespace {
/// Two processes on one state file may leave records at the same time.
constexpr unsigned kLooksMax = 3;
}  // namespace

void CopyWatch::look(const NodeId& dispatcher, Session& session) {
  if (open_.contains(dispatcher)) return;
  open_[dispatcher].request = session.look_up_state();
}

Result<CopyWatch::Seen> CopyWatch::on_state(const NodeId& dispatcher, const StateFound& found,
                                            Session& session, const Moment& at) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != found.request) return Seen{};
  // Nobody but we can sign one: what does not verify says nothing.
  std::optional<StateRecord> record;
  if (found.record) {
    const auto parsed = parse_state_record(*found.record, identity_.signature_key().public_key);
    if (parsed) record = *parsed;
  }
  Copy copy = Copy::none;
  StateRecord next;
  TAUT_CHECK(store_.write([&](Transaction& transaction) -> Status {
    TAUT_TRY(const std::optional<SecretBytes> known, transaction.value(ValueKey::progress));
    if (!known) TAUT_CHECK(begin_incarnation(transaction, random_));
    TAUT_TRY(copy, take_in(transaction, dispatcher, record, at));
    TAUT_TRY(Progress progress, load_progress(transaction));
    progress.current.sequence = std::max(progress.current.sequence, record ? record->sequence : 0) + 1;
    next = progress.current;
    return save_progress(transaction, progress);
  }));
  TAUT_TRY(const Bytes bytes, signed_record(next, identity_.signature_key()));
  open->second.request = session.publish_state(next.sequence, bytes);
  return Seen{true, copy};
}

Result<Copy> CopyWatch::take_in(Transaction& transaction, const NodeId& dispatcher,
                                const std::optional<StateRecord>& found, const Moment& at) {
  if (!found) return Copy::none;
  TAUT_TRY(const Progress progress, load_progress(transaction));
  const Copy copy = judge(progress, *found, dispatcher);
  if (copy == Copy::none) return copy;
  TAUT_CHECK(save_notice(transaction, {copy, dispatcher, at.wall.value_or(WallTime{})}));
  if (copy == Copy::rolled_back) TAUT_CHECK(begin_anew(transaction, at));
  return copy;
}

/// Counters and keys of a snapshot have been used by what lived after it.
Status CopyWatch::begin_anew(Transaction& transaction, const Moment& at) {
  TAUT_CHECK(begin_incarnation(transaction, random_));
  TAUT_TRY(Progress progress, load_progress(transaction));
  // However far it got, other dispatchers need not tell it again.
  progress.before->sequence = std::numeric_limits<std::uint64_t>::max();
  TAUT_CHECK(save_progress(transaction, progress));
  TAUT_CHECK(renew_stream(transaction, random_));
  TAUT_TRY(const SealingKeys keys, load_sealing_keys(transaction));
  TAUT_CHECK(add_sealing_key(transaction, keys.pairs.back().suite, at.wall, random_));
  TAUT_TRY(const identity::Identity identity, load_identity(transaction));
  TAUT_CHECK(sign_card(transaction, identity, at.wall));
  return {};
}

Result<CopyWatch::Seen> CopyWatch::on_answer(const NodeId& dispatcher, const Answered& answer,
                                             Session& session, const Moment&) {
  const auto open = open_.find(dispatcher);
  if (open == open_.end() || open->second.request != answer.request) return Seen{};
  if (answer.status == frame::AnswerStatus::stale && ++open->second.attempts < kLooksMax) {
    open->second.request = session.look_up_state();
    return Seen{true, Copy::none};
  }
  open_.erase(open);
  if (answer.status == frame::AnswerStatus::done)
    TAUT_CHECK(store_.write([&](Transaction& transaction) { return note_told(transaction, dispatcher); }));
  return Seen{true, Copy::none};
}

Status CopyWatch::note_told(Transaction& transaction, const NodeId& dispatcher) const {
  TAUT_TRY(Progress progress, load_progress(transaction));
  TAUT_TRY(const std::vector<OwnDispatcher> own, own_dispatchers(transaction));
  // Those that are not in use any more need not be known.
  std::erase_if(progress.told, [&](const NodeId& one) {
    const auto is_it = [&](const OwnDispatcher& dispatcher_in_use) {
      return dispatcher_in_use.card.node_id() == one;
    };
    return one == dispatcher || std::ranges::none_of(own, is_it);
  });
  progress.told.push_back(dispatcher);
  return save_progress(transaction, progress);
}

}  // namespace taut::node
