// Which part takes which frame.

#include "base/overloaded.hpp"
#include "dispatcher/logic.hpp"

namespace taut::dispatcher {

namespace {

Status refuse(Reason reason) { return fail(Errc::violation, reason); }

/// For what breaks no rule, however it ends.
template <class Call>
Status allowed(Call call) {
  call();
  return {};
}

}  // namespace

Status Logic::on_frame(Connection& from, ByteView bytes) {
  TAUT_TRY(frame::Frame frame, frame::parse(bytes));
  const bool is_goodbye = std::holds_alternative<frame::Goodbye>(frame);
  if (from.phase == Connection::Phase::awaiting_record && !is_goodbye) return refuse(reasons::kBeforeHello);
  return std::visit(
      Overloaded{
          [&](const frame::Put& one) { return submissions_.on_put(from, one, at_); },
          [&](const frame::PutChunk& one) { return submissions_.on_put_chunk(from, one, at_); },
          [&](const frame::Append& one) { return log_appends_.on_append(from, one, at_); },
          [&](const frame::AppendChunk& one) { return log_appends_.on_append_chunk(from, one, at_); },
          [&](const frame::Credit& one) { return on_credit(from, one); },
          [&](const frame::Ping& one) {
            return allowed([&] { common_.links.send(from, frame::Pong{one.token}); });
          },
          [&](const frame::Pong&) -> Status { return {}; },
          [&](const frame::Goodbye&) { return allowed([&] { on_goodbye(from); }); },
          [&](const frame::Ignored&) -> Status { return {}; },
          [&](const frame::Hello&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Answer&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Outcome&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Delivery&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::DeliveryChunk&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Drained&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::CardAnswer&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::StateAnswer&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Devices&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Appended&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::LogEntries&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::LogEntryChunk&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::LogDrained&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::ReadingEnded&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::Introduced&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::KeyPackageAnswer&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::KeyPackageCounts&) { return refuse(reasons::kNotFromNodes); },
          [&](const frame::KeyPackageNotice&) { return refuse(reasons::kNotFromNodes); },
          [&](const auto&) { return on_question(from, frame); },
      },
      frame);
}

// Every question counts against kOpenQuestionsMax until it is answered.
Status Logic::on_question(Connection& from, frame::Frame& frame) {
  if (from.open_questions >= frame::kOpenQuestionsMax) return refuse(reasons::kTooManyQuestions);
  ++from.open_questions;
  return std::visit(
      Overloaded{
          [&](const frame::OutcomeQuery& one) {
            return allowed([&] { submissions_.on_outcome_query(from, one); });
          },
          [&](const frame::Subscribe& one) { return deliveries_.on_subscribe(from, one, at_.now); },
          [&](frame::Release& one) { return on_release(from, one); },
          [&](const frame::PublishCard& one) { return allowed([&] { cards_.on_publish(from, one, at_); }); },
          [&](const frame::Register& one) { return allowed([&] { cards_.on_register(from, one, at_); }); },
          [&](const frame::LookUpCard& one) { return allowed([&] { cards_.on_look_up(from, one); }); },
          [&](frame::SetAccess& one) { return allowed([&] { notes_.on_set_access(from, one); }); },
          [&](const frame::PublishState& one) {
            return allowed([&] { notes_.on_publish_state(from, one); });
          },
          [&](const frame::LookUpState& one) { return allowed([&] { notes_.on_look_up_state(from, one); }); },
          [&](const frame::Report& one) { return allowed([&] { notes_.on_report(from, one, at_); }); },
          [&](frame::ListDevices& one) { return allowed([&] { notes_.on_list_devices(from, one); }); },
          [&](const auto&) { return on_log_question(from, frame); },
      },
      frame);
}

Status Logic::on_log_question(Connection& from, frame::Frame& frame) {
  return std::visit(
      Overloaded{
          [&](const frame::OpenLog& one) { return allowed([&] { log_access_.on_open(from, one, at_); }); },
          [&](const frame::ProveAccess& one) {
            return allowed([&] { log_access_.on_prove(from, one, at_); });
          },
          [&](const frame::NameSuccessor& one) {
            return allowed([&] { log_access_.on_name_successor(from, one, at_); });
          },
          [&](const frame::SetRetention& one) {
            return allowed([&] { log_access_.on_set_retention(from, one, at_); });
          },
          [&](const frame::ReadLog& one) { return log_readings_.on_read(from, one, at_); },
          [&](const frame::EndReading& one) { return allowed([&] { log_readings_.on_end(from, one); }); },
          [&](const frame::Introduce& one) {
            return allowed([&] { introductions_.on_introduce(from, one, at_); });
          },
          [&](frame::ReleaseIntroductions& one) {
            return allowed([&] { introductions_.on_release(from, one, at_); });
          },
          [&](const frame::PublishKeyPackages& one) {
            return allowed([&] { key_packages_.on_publish(from, one); });
          },
          [&](const frame::ClaimKeyPackage& one) {
            return allowed([&] { key_packages_.on_claim(from, one, at_); });
          },
          [&](const frame::CountKeyPackages& one) {
            return allowed([&] { key_packages_.on_count(from, one); });
          },
          [&](const auto&) { return refuse(reasons::kNotFromNodes); },
      },
      frame);
}

// One credit for everything that is delivered on a link.
Status Logic::on_credit(Connection& from, const frame::Credit& credit) {
  TAUT_CHECK(deliveries_.on_credit(from, credit, at_.now));
  log_readings_.advance(from, at_);
  return {};
}

Status Logic::on_release(Connection& owner, frame::Release& release) {
  if (owner.is_anonymous()) {
    common_.links.answer(owner.id, frame::Answer{release.request, frame::AnswerStatus::refused, {}});
    return {};
  }
  TAUT_CHECK(relays_.on_release(owner, release));
  return deliveries_.on_release(owner, release);
}

void Logic::on_goodbye(Connection& from) {
  common_.effects.push_back(Close{from.id, frame::GoodbyeReason::done});
  note_gone(from);
  common_.links.forget(from);
}

}  // namespace taut::dispatcher
