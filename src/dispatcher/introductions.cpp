#include "dispatcher/introductions.hpp"

#include "dispatcher/proven.hpp"

namespace taut::dispatcher {

// Who introduces himself hears the same, at once, whatever comes of it.
void Introductions::on_introduce(Connection& from, const frame::Introduce& introduce, const Moment& at) {
  common_.links.answer(from.id, frame::Introduced{introduce.request, {}});
  if (!common_.may_spend(from, Spending::introductions, 1, at.now)) {
    ++common_.counters.introductions_dropped;
    return;
  }
  Introduction introduction{introduce.submission, introduce.ttl_s, to_bytes(introduce.introduction)};
  const LogPin log = common_.logs.at(introduce.log);
  if (log->phase == LogResident::Phase::loaded) return handle(*log, std::move(introduction), at);
  log->waiting.emplace_back(std::move(introduction));
  load(common_, *log);
}

void Introductions::handle(LogResident& log, Introduction introduction, const Moment& at) {
  if (log.phase == LogResident::Phase::loading) {
    log.waiting.emplace_back(std::move(introduction));
    return;
  }
  const Limits& limits = common_.settings.limits;
  const std::uint64_t size = introduction.body.size();
  const bool is_room = log.record && log.record->introductions.messages < limits.introduction_box.messages &&
                       log.record->introductions.bytes + size <= limits.introduction_box.bytes;
  if (!is_room) {
    ++common_.counters.introductions_dropped;
    return;
  }
  const std::chrono::seconds asked(introduction.ttl_s);
  const auto ttl =
      asked.count() == 0 ? limits.introduction_ttl_max : std::min(asked, limits.introduction_ttl_max);
  const LogNumber number = log.record->next_introduction++;
  log.record->introductions += {1, size};
  common_.issue(
      PutIntroduction{
          log.id, number, introduction.submission, {}, at.wall, at.wall + ttl, std::move(introduction.body)},
      IntroductionPending{LogPin(log), number, at.wall, at.wall + ttl, size});
}

void Introductions::on_result(IntroductionPending& pending, Result<EntryPlaced> result, const Moment& at) {
  LogResident& log = *pending.log;
  if (!result || result->known) {
    if (log.record) log.record->introductions -= {1, pending.size};
    return;
  }
  ++common_.counters.introductions_kept;
  readings_.push_introduction(log, {pending.number, pending.received, pending.expires, result->body}, at);
}

void Introductions::on_release(Connection& from, frame::ReleaseIntroductions& release, const Moment& at) {
  const auto proven = open_proven(from, release.log, release.key, at.wall);
  if (!proven || proven->key.phase != LogKey::Phase::used) {
    const frame::Answer refused{release.request, frame::AnswerStatus::refused, {}};
    return common_.links.answer(from.id, refused);
  }
  common_.issue(RemoveIntroductions{proven->log.id, std::move(release.numbers)},
                BoxPending{from.id, release.request, LogPin(proven->log)});
}

void Introductions::on_result(BoxPending& pending, Result<BoxFreed> result, const Moment& at) {
  frame::AnswerStatus status = frame::AnswerStatus::unavailable;
  if (result) {
    status = frame::AnswerStatus::done;
    if (pending.log->record) pending.log->record->introductions -= result->usage;
    if (result->usage.messages > 0) common_.removed(at.now);
  }
  common_.links.answer(pending.connection, frame::Answer{pending.request, status, {}});
}

}  // namespace taut::dispatcher
