#pragma once
// What every vector runner shares: where the files are, hex, and a count that cannot pass by accident.
//
//   TEST_CASE("RFC 9180's own vectors") {
//     Tally tally(vector_folder("hpke") / "rfc9180-trimmed.json");
//     for (const Json& one : tally.content()) {
//       if (one.at("mode") == 9) { tally.skip("mode 9 is not ours"); continue; }
//       tally.expect(holds(one), "what it was, for whoever reads the failure");
//     }
//   }  // prints a line; fails when a case missed, or when the file held none

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.hpp"
#include "support/source_dir.hpp"

namespace taut::test {

using Json = nlohmann::json;

inline constexpr int kExitSkipped = 77;  // ctest: SKIP_RETURN_CODE

/// $TAUT_VECTORS/name, or the default beside the source tree. Absent: says so and leaves with 77.
inline std::filesystem::path vector_folder(std::string_view name) {
  const char* given = std::getenv("TAUT_VECTORS");
  const std::filesystem::path root = given != nullptr ? given : source_dir() / "../shared/vectors";
  const std::filesystem::path folder = root / name;
  if (!std::filesystem::is_directory(folder)) {
    std::cout << "skipped: no vectors at " << folder << " (set TAUT_VECTORS)" << std::endl;
    std::exit(kExitSkipped);
  }
  return folder;
}

/// A vector's hex string. A file that is not hex where it says so stops the test.
inline Bytes from_hex(std::string_view text) {
  const auto nibble = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    throw std::invalid_argument("not hex");
  };
  if (text.size() % 2 != 0) throw std::invalid_argument("odd hex");
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2)
    bytes.push_back(static_cast<Byte>(nibble(text[i]) << 4 | nibble(text[i + 1])));
  return bytes;
}

/// The bytes of a member, e.g. `hex(vector, "enc")`.
inline Bytes hex(const Json& object, std::string_view member) {
  return from_hex(object.at(std::string(member)).get_ref<const std::string&>());
}

/// One vector file: its content, and how its cases went.
class Tally {
 public:
  explicit Tally(const std::filesystem::path& file)
      : name_((file.parent_path().filename() / file.filename()).string()) {
    std::ifstream in(file);
    content_ = Json::parse(in, nullptr, /*allow_exceptions=*/false);
    CHECK_MESSAGE(!content_.is_discarded(), name_ << " is missing, or is not JSON");
  }
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  ~Tally() { report(); }

  const Json& content() const { return content_; }

  /// @param which  names the case when it misses
  void expect(bool holds, const std::string& which) {  // NOLINT: a test's own boolean
    holds ? ++passed_ : ++missed_;
    CHECK_MESSAGE(holds, name_ << ": " << which);
  }
  void skip(const std::string& why) { ++skipped_[why]; }
  /// How a case was decided where the file leaves it open; printed, and counted beside `expect`.
  void note(const std::string& what) { ++notes_[what]; }

 private:
  void report() const {
    std::cout << name_ << ": " << passed_ << " passed";
    if (missed_ != 0) std::cout << ", " << missed_ << " MISSED";
    for (const auto& [why, count] : skipped_) std::cout << ", " << count << " skipped (" << why << ")";
    for (const auto& [what, count] : notes_) std::cout << "; " << count << " " << what;
    std::cout << std::endl;
    CHECK_MESSAGE(passed_ + missed_ > 0, name_ << " yields no case");
  }

  std::string name_;
  Json content_;
  std::size_t passed_ = 0;
  std::size_t missed_ = 0;
  std::map<std::string, std::size_t> skipped_;
  std::map<std::string, std::size_t> notes_;
};

}  // namespace taut::test
