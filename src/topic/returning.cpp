// Being out of step, and being let in again (docs/protocol/topic.md, "Coming back").

#include "topic/arrival.hpp"
#include "topic/state.hpp"

namespace taut::topic {

Status Topic::State::diverge(Diverged::Why why, Time now) {
  header.standing = Standing::diverged;
  authentication.bar({});  // whom this history barred may be in the one that stays
  events.push_back(Diverged{why});
  for (const auto& [number, wish] : wishes) {
    journal.erase(record_key(RecordKind::wish, number));
    if (!wish.is_duty()) events.push_back(undone(wish, reasons::kDiverged));
  }
  wishes.clear();
  for (const auto& [number, welcome] : welcomes) journal.erase(record_key(RecordKind::welcome, number));
  welcomes.clear();
  pending.reset();
  journal.erase(record_key(RecordKind::pending));
  offers.clear();
  early.clear();
  early_bytes = 0;
  contest.reset();
  checkpoint_due.reset();
  acknowledge_at.reset();
  calm();
  ask_at.reset();
  gap_at.clear();
  drop_group();
  return introduce_again(now);
}

/// With the same identity and a newer certificate: members let it in without asking anybody.
Status Topic::State::introduce_again(Time now) {
  const Repeat before = returning ? returning->repeat : Repeat{};
  returning.reset();
  journal.erase(record_key(RecordKind::returning));
  if (!now.wall) return {};  // nobody would believe its lifetime; `tick` tries again
  header.sequence = std::max(header.sequence + 1, now.wall->unix_ms);
  TAUT_TRY(PreparedIntroduction made,
           prepare_introduction(surroundings, {header.suite, settings.log_id, header.sequence, nullptr},
                                *now.wall));
  Returning next{std::move(made.own), surroundings.random.make<SubmissionId>(),
                 wrapper.wrap(EntryKind::introduction, made.introduction, surroundings.random),
                 made.not_after};
  next.repeat = {now.instant + kResendFirst, kResendFirst * 2, before.count + 1};
  journal.put(record_key(RecordKind::returning), next.save());
  publish.push_back({EntryKind::introduction, next.entry_id, next.entry, 0, {}, {}});
  returning = std::move(next);
  return {};
}

/// Only a member whom we knew may let us in again; others may have joined since.
Status Topic::State::take_welcome(ByteView body, Time now) {
  if (!returning) return {};
  TAUT_TRY(const WelcomeLetter letter, read_letter(body));
  if (letter.log_id != settings.log_id) return fail(Errc::unauthentic, reasons::kBadWelcome);
  TAUT_TRY(mls::Group joined, mls::Group::join(hooks(), returning->own, letter.welcome));
  if (!senders.contains(letter.welcomer())) {
    retire_soon(returning->not_after, now.wall);
    return fail(Errc::unauthentic, reasons::kUnknownWelcomer);
  }
  TAUT_TRY(const Settings agreed, check_arrival(joined, letter));
  TAUT_TRY(const TopicId topic_id, introduction::topic_id_of(joined.context().group_id));
  if (topic_id != header.topic_id || agreed.log_id != settings.log_id || agreed.wrap_key != settings.wrap_key)
    return fail(Errc::unauthentic, reasons::kBadWelcome);
  TAUT_CHECK(adopt(std::move(joined), letter, now));
  returning.reset();
  journal.erase(record_key(RecordKind::returning));
  events.push_back(Returned{epoch()});
  std::erase_if(senders, [&](const auto& one) {
    if (participants.contains(one.first)) return false;
    one.second.forget(journal);
    return true;
  });
  return say_again(now);
}

}  // namespace taut::topic
