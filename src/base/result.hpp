#pragma once
// Result<T>: a value or an Error; and the one early-return macro.

#include <expected>
#include <utility>

#include "base/error.hpp"

namespace taut {

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// `return fail(Errc::malformed, reasons::kBadFrame);`
inline std::unexpected<Error> fail(Errc code, Reason reason) { return std::unexpected(Error{code, reason}); }
inline std::unexpected<Error> malformed() { return fail(Errc::malformed, reasons::kBadFrame); }

}  // namespace taut

#define TAUT_CONCAT_INNER(a, b) a##b
#define TAUT_CONCAT(a, b) TAUT_CONCAT_INNER(a, b)

/// TAUT_TRY(const auto card, parse(bytes)); declares `card`, or returns the error to the caller.
#define TAUT_TRY(declaration, ...) \
  TAUT_TRY_INNER(TAUT_CONCAT(taut_try_, __COUNTER__), declaration, __VA_ARGS__)
#define TAUT_TRY_INNER(temporary, declaration, ...)                     \
  auto temporary = (__VA_ARGS__);                                       \
  if (!temporary) return std::unexpected(std::move(temporary).error()); \
  declaration = *std::move(temporary)

/// TAUT_CHECK(reader.finish()); returns the error to the caller, drops a value.
#define TAUT_CHECK(...) TAUT_CHECK_INNER(TAUT_CONCAT(taut_check_, __COUNTER__), __VA_ARGS__)
#define TAUT_CHECK_INNER(temporary, ...)                                                                  \
  do {                                                                                                    \
    if (auto temporary = (__VA_ARGS__); !temporary) return std::unexpected(std::move(temporary).error()); \
  } while (false)
