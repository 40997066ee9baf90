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

}  // namespace

std::span<const ExitCodeRow> exit_codes() { return kRows; }

std::string_view name_of(ExitCode code) { return std::ranges::find(kRows, code, &ExitCodeRow::code)->name; }

ExitCode exit_code_of(const Error& error) {
  if (error.reason == reasons::kIdentityMismatch) return ExitCode::identity;
  if (error.reason == reasons::kTooLarge) return ExitCode::usage;
  switch (error.code) {
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

}  // namespace taut::cli
