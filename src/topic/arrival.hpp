#pragma once
// Introducing oneself, and what a Welcome must be. Internal: for those who join and those who come back.

#include "topic/state.hpp"

namespace taut::topic {

struct IntroductionPlan {
  crypto::SuiteId suite{};
  LogId log_id;
  std::uint64_t sequence = 0;
  const introduction::Invitation* invitation = nullptr;
  std::optional<NodeId> maker{};
};
struct PreparedIntroduction {
  mls::OwnKeyPackage own;
  Bytes introduction;
  WallTime not_after;
};
Result<PreparedIntroduction> prepare_introduction(const Surroundings& surroundings,
                                                  const IntroductionPlan& plan, WallTime now);

/// Somebody we do not know let us in: the KeyPackage is used, and with another somebody we know may answer.
/// Not at once, as its answer may be under way.
void retire_soon(WallTime& not_after, std::optional<WallTime> now);

/// The letter's signer is a member of the group that it lets us into, and the letter tells its epoch.
/// @errors unauthentic (bad_welcome); malformed (bad_settings)
Result<Settings> check_arrival(const mls::Group& joined, const WelcomeLetter& letter);

}  // namespace taut::topic
