#include "cli/exit_code.hpp"

#include <algorithm>
#include <array>

namespace taut::cli {
namespace {

constexpr std::array kRows{
    ExitCodeRow{ExitCode::ok, "ok", "done"},
    ExitCodeRow{ExitCode::unexpected, "unexpected", "something that should not happen"},
    ExitCodeRow{ExitCode::usage, "usage", "wrong usage, configuration or data"},
    ExitCodeRow{ExitCode::unreachable, "unreachable", "the peer cannot be reached"},
    ExitCodeRow{ExitCode::identity, "identity", "the peer's identity is unknown or has changed"},
    ExitCodeRow{ExitCode::authentication, "authentication", "authentication or decryption failed"},
    ExitCodeRow{ExitCode::not_found, "not_found", "no such thing"},
    ExitCodeRow{ExitCode::timeout, "timeout", "the time is over"},
    ExitCodeRow{ExitCode::storage, "storage", "storage or permission"},
    ExitCodeRow{ExitCode::not_running, "not_running", "nothing is running"},
    ExitCodeRow{ExitCode::interrupted, "interrupted", "interrupted"},
};

/// Where a category alone says too little: `unavailable` may be a dispatcher or a disk.
struct ReasonRow {
  std::string_view reason;
  ExitCode code;
};
constexpr std::array kReasons{
    ReasonRow{"too_large", ExitCode::usage},
    ReasonRow{"bad_name", ExitCode::usage},
    ReasonRow{"contact_exists", ExitCode::usage},
    ReasonRow{"identity_exists", ExitCode::usage},
    ReasonRow{"own_card", ExitCode::usage},
    ReasonRow{"old_card", ExitCode::usage},
    ReasonRow{"no_dispatcher", ExitCode::usage},
    ReasonRow{"not_a_database", ExitCode::usage},
    ReasonRow{"foreign_file", ExitCode::usage},
    ReasonRow{"newer_schema", ExitCode::usage},
    ReasonRow{"future_state", ExitCode::usage},
    ReasonRow{"own_revoked", ExitCode::identity},
    ReasonRow{"identity_mismatch", ExitCode::identity},
    ReasonRow{"revoked", ExitCode::identity},
    ReasonRow{"expired", ExitCode::identity},
    ReasonRow{"refused", ExitCode::authentication},
    ReasonRow{"declined", ExitCode::authentication},
    ReasonRow{"no_such_contact", ExitCode::not_found},
    ReasonRow{"no_identity", ExitCode::not_found},
    ReasonRow{"outcome_unknown", ExitCode::timeout},
    ReasonRow{"not_released", ExitCode::timeout},
    ReasonRow{"storage", ExitCode::storage},
    ReasonRow{"disk_full", ExitCode::storage},
    ReasonRow{"busy", ExitCode::storage},
    ReasonRow{"locked", ExitCode::storage},
    ReasonRow{"read_only", ExitCode::storage},
    ReasonRow{"damaged", ExitCode::storage},
    ReasonRow{"damaged_state", ExitCode::storage},
    ReasonRow{"loose_modes", ExitCode::storage},
    ReasonRow{"other_owner", ExitCode::storage},
    ReasonRow{"store_stopped", ExitCode::storage},
};

/// nullptr: the category says enough.
const ReasonRow* row_of(const Error& error) {
  const auto* const row = std::ranges::find(kReasons, error.reason.name, &ReasonRow::reason);
  return row != kReasons.end() ? row : nullptr;
}

ExitCode exit_code_of(Errc code) {
  switch (code) {
    case Errc::malformed:
    case Errc::incompatible:
      return ExitCode::usage;
    case Errc::unauthentic:
    case Errc::replayed:
      return ExitCode::authentication;
    case Errc::exhausted:
      return ExitCode::storage;
    case Errc::unavailable:
      return ExitCode::unreachable;
    case Errc::violation:
    case Errc::misuse:
      return ExitCode::unexpected;
  }
  return ExitCode::unexpected;
}

}  // namespace

std::span<const ExitCodeRow> exit_codes() { return kRows; }

std::string_view name_of(ExitCode code) { return std::ranges::find(kRows, code, &ExitCodeRow::code)->name; }

ExitCode exit_code_of(const Error& error) {
  const ReasonRow* const row = row_of(error);
  return row != nullptr ? row->code : exit_code_of(error.code);
}

ExitCode exit_code_of_link(const Error& error) {
  if (const ReasonRow* const row = row_of(error); row != nullptr && row->code == ExitCode::identity)
    return ExitCode::identity;
  const bool is_forged = error.code == Errc::unauthentic || error.code == Errc::replayed;
  return is_forged || error.reason == Reason{"refused"} ? ExitCode::authentication : ExitCode::unreachable;
}

}  // namespace taut::cli
