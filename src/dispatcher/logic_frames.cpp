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
  return std::visit(Overloaded{
                        [&](const frame::Put& one) { return submissions_.on_put(from, one, at_); },
                        [&](const frame::PutChunk& one) { return submissions_.on_put_chunk(from, one, at_); },
                        [&](const frame::Credit& one) { return deliveries_.on_credit(from, one, at_.now); },
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
          [&](const auto&) { return refuse(reasons::kNotFromNodes); },
      },
      frame);
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
