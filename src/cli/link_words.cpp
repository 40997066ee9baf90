#include "cli/link_words.hpp"

#include <algorithm>
#include <array>

#include "carrier/reasons.hpp"
#include "cli/describe.hpp"
#include "identity/reasons.hpp"
#include "link/reasons.hpp"
#include "node/reasons.hpp"

namespace taut::cli {
namespace {

struct Words {
  Reason reason;
  std::string_view words;
};

constexpr std::array kWords{
    Words{reasons::kNobodyListens, "nobody listens there"},
    Words{reasons::kNoRoute, "the network does not lead there"},
    Words{reasons::kNameNotFound, "its host name has no address"},
    Words{reasons::kDeadline, "it did not answer in time"},
    Words{reasons::kReset, "the connection broke off"},
    Words{reasons::kCut, "the connection broke off"},
    Words{reasons::kEnded, "it ended the connection"},
    Words{reasons::kNotTaut, "what answers there is not taut"},
    Words{reasons::kIdentityMismatch, "somebody with another key answers there"},
    Words{reasons::kVersionRefused, "it speaks another version of taut"},
    Words{reasons::kSuiteRefused, "it and we have no cipher suite in common"},
    Words{reasons::kRevoked, "its identity has been revoked"},
    Words{reasons::kOwnRevoked, "this node's own identity has been revoked"},
    Words{reasons::kExpired, "its key has expired, or a clock is wrong"},
    Words{reasons::kNotYetValid, "its key is not valid yet, or a clock is wrong"},
    Words{reasons::kRefused, "it does not serve this node"},
    Words{reasons::kSilent, "it does not answer"},
    Words{reasons::kDispatcherGone, "it is stopping"},
    Words{reasons::kFull, "it is full"},
};

std::string next_step(const Error& why, const identity::Dispatcher& dispatcher) {
  if (exit_code_of_link(why) == ExitCode::identity)
    return "Nothing was sent. Ask its operator for its link, and take that: taut dispatcher use LINK";
  if (why.reason == reasons::kRefused) return "Ask its operator to let you in";
  return "Check that it runs at " + addresses_text(dispatcher) + " and try again";
}

}  // namespace

std::string link_words(const Error& why) {
  const auto* const row = std::ranges::find(kWords, why.reason, &Words::reason);
  if (row != kWords.end()) return std::string(row->words);
  const bool is_nonsense = why.code == Errc::malformed || why.code == Errc::violation;
  return is_nonsense ? "what it says makes no sense" : std::string(why.reason.name);
}

std::unexpected<Failure> link_failure(const Error& why, const std::string& name,
                                      const identity::Dispatcher& dispatcher) {
  return failure_of(exit_code_of_link(why), why, "Cannot reach " + name + ": " + link_words(why),
                    next_step(why, dispatcher));
}

std::string title_of(const identity::Dispatcher& dispatcher) {
  return "the dispatcher at " + addresses_text(dispatcher);
}

}  // namespace taut::cli
