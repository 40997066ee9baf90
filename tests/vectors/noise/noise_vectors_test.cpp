// Every vector of the current specification; the obsolete NoisePSK_ names and the draft hybrids are
// refused by name, and counted.

#include <doctest/doctest.h>

#include "noise_vector.hpp"
#include "support/source_dir.hpp"

using namespace taut;
using namespace taut::test;

namespace {

void run_file(const std::filesystem::path& file) {
  Tally tally(file);
  for (const Json& vector : tally.content().at("vectors")) {
    const std::string name = protocol_name(vector);
    if (name.starts_with("NoisePSK_")) {
      CHECK_MESSAGE(noise::protocol_from_name(name).error().reason == reasons::kBadProtocolName, name);
      tally.skip("NoisePSK_, obsolete");
    } else {
      const bool is_fallback = name.find("fallback") != std::string::npos;
      const std::string wrong = is_fallback ? fallback_mismatch(vector) : mismatch(vector);
      tally.expect(wrong.empty(), name + ": " + wrong);
    }
  }
}

}  // namespace

TEST_CASE("cacophony") { run_file(vector_folder("noise") / "cacophony.json"); }
TEST_CASE("snow") { run_file(vector_folder("noise") / "snow.json"); }
TEST_CASE("snow, P256 and XChaChaPoly") { run_file(vector_folder("noise") / "snow-extended.json"); }
TEST_CASE("noise-c") { run_file(vector_folder("noise") / "noise-c-basic.json"); }
TEST_CASE("noise-c's copy of cacophony") {
  run_file(vector_folder("noise") / "noise-c-cacophony-legacy.json");
}
TEST_CASE("noise-c, XXfallback") { run_file(vector_folder("noise") / "noise-c-fallback.json"); }
TEST_CASE("our own, for the P curves") { run_file(source_dir() / "tests/vectors/noise/taut-p-curves.json"); }

TEST_CASE("noise-c, hybrids of a draft: refused by name") {
  Tally tally(vector_folder("noise") / "noise-c-hybrid-448.json");
  std::size_t refused = 0;
  for (const Json& vector : tally.content().at("vectors")) {
    const auto protocol = noise::protocol_from_name(protocol_name(vector));
    refused += !protocol && (protocol.error().reason == reasons::kUnknownPattern ||
                             protocol.error().reason == reasons::kBadProtocolName);
    tally.skip("hfs, a draft");
  }
  tally.expect(refused == tally.content().at("vectors").size(), "a hybrid's name was taken");
}
