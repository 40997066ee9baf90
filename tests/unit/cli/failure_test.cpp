#include "cli/failure.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "cli/nearest.hpp"

namespace taut::cli {
namespace {

TEST_CASE("every exit code has one row") {
  std::set<int> numbers;
  for (const auto& row : exit_codes()) {
    CHECK(numbers.insert(static_cast<int>(row.code)).second);
    CHECK(name_of(row.code) == row.name);
  }
  CHECK(numbers == std::set<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130});
}

TEST_CASE("errors map to exit codes") {
  CHECK(exit_code_of({Errc::malformed, reasons::kBadFrame}) == ExitCode::usage);
  CHECK(exit_code_of({Errc::incompatible, reasons::kSuiteRefused}) == ExitCode::usage);
  CHECK(exit_code_of({Errc::exhausted, reasons::kTooLarge}) == ExitCode::usage);
  CHECK(exit_code_of({Errc::exhausted, reasons::kQuota}) == ExitCode::storage);
  CHECK(exit_code_of({Errc::unavailable, reasons::kDeadline}) == ExitCode::unreachable);
  CHECK(exit_code_of({Errc::unauthentic, reasons::kIdentityMismatch}) == ExitCode::identity);
  CHECK(exit_code_of({Errc::unauthentic, reasons::kBadTag}) == ExitCode::authentication);
  CHECK(exit_code_of({Errc::replayed, reasons::kReplayed}) == ExitCode::authentication);
  CHECK(exit_code_of({Errc::violation, reasons::kNotNow}) == ExitCode::unexpected);
  CHECK(exit_code_of({Errc::misuse, reasons::kMisuse}) == ExitCode::unexpected);
}

TEST_CASE("a failure reads as a sentence, and as an object") {
  const Failure failure{ExitCode::not_found, "no_contact", "There is no contact 'b\xff'", "List them"};
  CHECK(to_text(failure) == "taut: There is no contact 'b\ufffd'. List them.\n");
  const auto object = nlohmann::json::parse(to_json(failure));
  CHECK(object["v"] == 1);
  CHECK(object["error"] == "not_found");
  CHECK(object["exit"] == 6);
  CHECK(object["reason"] == "no_contact");
  CHECK(object["next"] == "List them");
  CHECK(to_json(failure).starts_with("{\"v\":1,"));
}

TEST_CASE("nearest finds slips and swaps, and nothing far off") {
  const std::vector<std::string> names{"send", "recv", "status", "dispatcher", "id"};
  CHECK(nearest("sned", names) == "send");
  CHECK(nearest("statsu", names) == "status");
  CHECK(nearest("dispather", names) == "dispatcher");
  CHECK(nearest("ids", names) == "id");
  CHECK(nearest("xyz", names) == std::nullopt);
  CHECK(nearest("", names) == std::nullopt);
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
}

}  // namespace
}  // namespace taut::cli
