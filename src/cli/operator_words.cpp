#include "cli/operator_words.hpp"

#include "carrier/reasons.hpp"
#include "cli/enrolment_token.hpp"
#include "run/clocks.hpp"
#include "run/operator_client.hpp"

namespace taut::cli {
namespace {

std::unexpected<Failure> operator_failure(const Context& context, const Error& error) {
  const std::string folder = "'" + context.home.folder.string() + "'";
  if (error.reason == reasons::kNobodyListens)
    return failure_of(ExitCode::not_running, error, "No dispatcher is running in " + folder,
                      "Start it: taut dispatcher run");
  if (error.reason == reasons::kForbidden)
    return failure_of(ExitCode::storage, error, "This user may not speak to the dispatcher in " + folder,
                      "Ask as the user who runs it");
  if (error.reason == reasons::kDeadline)
    return failure_of(ExitCode::timeout, error, "The dispatcher does not answer", "Look at its log");
  if (error.code == Errc::exhausted)
    return failure_of(ExitCode::storage, error, "The dispatcher's disk is full", "Make room and ask again");
  return failure_of(ExitCode::unexpected, error, "The dispatcher could not do it", "Look at its log");
}

}  // namespace

Outcome<dispatcher::OperatorValue> ask_dispatcher(const Context& context,
                                                  const dispatcher::OperatorRequest& request) {
  auto answer = run::ask_operator(context.home.operator_socket(), request);
  if (!answer) return operator_failure(context, answer.error());
  return *std::move(answer);
}

Outcome<Enrolled> enrol(Context& context, const EnrolmentWish& wish) {
  const auto now = run::wall_time();
  if (!now)
    return failure(ExitCode::usage, "no_clock", "The clock was never set, so nothing can expire",
                   "Set it and ask again");
  const auto token = context.random.make<EnrolmentToken>();
  const WallTime expires = *now + wish.lifetime;
  const dispatcher::Enrol asked{dispatcher::hash_of_token(token.expose()), wish.uses, expires};
  TAUT_TRY(const auto done, ask_dispatcher_for<dispatcher::Done>(context, asked));
  (void)done;
  return Enrolled{to_text(token), expires};
}

}  // namespace taut::cli
