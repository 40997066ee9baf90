#include "topic/arrival.hpp"

namespace taut::topic {

Result<PreparedIntroduction> prepare_introduction(const Surroundings& surroundings,
                                                  const IntroductionPlan& plan, WallTime now) {
  const WallTime not_after = now + introduction::kIntroductionLife;
  const mls::Lifetime lifetime = mls::lifetime_from(now, introduction::kIntroductionLife);
  TAUT_TRY(mls::OwnKeyPackage own,
           introduction::make_key_package(surroundings.identity, {plan.suite, plan.sequence, {}}, lifetime,
                                          surroundings.random));
  TAUT_TRY(Bytes introduction,
           introduction::introduce(surroundings.identity, own,
                                   {plan.log_id, surroundings.card, not_after, plan.invitation, plan.maker},
                                   surroundings.random));
  return PreparedIntroduction{std::move(own), std::move(introduction), not_after};
}

void retire_soon(WallTime& not_after, std::optional<WallTime> now) {
  if (now)
    not_after = std::min(not_after, *now + std::chrono::duration_cast<std::chrono::milliseconds>(kResendMax));
}

Result<Settings> check_arrival(const mls::Group& joined, const WelcomeLetter& letter) {
  if (joined.context().epoch != letter.epoch) return fail(Errc::unauthentic, reasons::kBadWelcome);
  const auto is_welcomer = [&](mls::LeafIndex leaf) {
    const auto certificate = introduction::read_certificate(joined.member(leaf)->credential);
    return certificate && certificate->signature_key == letter.signature_key;
  };
  if (!std::ranges::any_of(joined.members(), is_welcomer))
    return fail(Errc::unauthentic, reasons::kBadWelcome);
  return settings_of(joined.context().extensions);
}

}  // namespace taut::topic
