#pragma once
// Why a command did not do what it was asked: one sentence what happened to what, one what to do next.

#include <expected>
#include <string>

#include "base/result.hpp"
#include "cli/exit_code.hpp"

namespace taut::cli {

struct Failure {
  ExitCode exit = ExitCode::unexpected;
  std::string reason;  ///< stable name ("identity_mismatch")
  std::string what;    ///< without a full stop
  std::string next;    ///< likewise; may be empty
};

template <class T>
using Outcome = std::expected<T, Failure>;
using Done = Outcome<void>;

/// `return failure(ExitCode::not_found, "no_contact", "There is no contact 'bob'", "Add it: …");`
inline std::unexpected<Failure> failure(ExitCode exit, std::string reason, std::string what,
                                        std::string next) {
  return std::unexpected(Failure{exit, std::move(reason), std::move(what), std::move(next)});
}

/// With an exit code of the command's choice.
std::unexpected<Failure> failure_of(ExitCode exit, const Error& error, std::string what, std::string next);
/// For errors that the command has no better words for.
std::unexpected<Failure> failure_of(const Error& error, std::string what, std::string next);

/// `taut: WHAT. NEXT.` and a line end.
std::string to_text(const Failure& failure);
/// {"v":1,"error":NAME OF EXIT CODE,"reason":…,"exit":N,"what":…,"next":…} and a line end.
std::string to_json(const Failure& failure);

}  // namespace taut::cli
