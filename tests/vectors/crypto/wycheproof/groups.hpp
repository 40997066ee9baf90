#pragma once
// How every Wycheproof file is walked.

#include "support/vectors.hpp"

namespace taut::test {

/// "tcId 7 (flags): comment", for whoever reads a failure.
inline std::string named(const Json& test) {
  return "tcId " + test.at("tcId").dump() + " " + test.at("flags").dump() + ": " +
         test.value("comment", std::string());
}

inline bool is_valid(const Json& test) { return test.at("result") == "valid"; }
inline bool is_acceptable(const Json& test) { return test.at("result") == "acceptable"; }
inline bool has_flag(const Json& test, std::string_view flag) {
  return std::ranges::find(test.at("flags"), Json(flag)) != test.at("flags").end();
}

/// `run(tally, group, test)` for each test of a file; checks that the file holds as many as it says.
template <class Run>
void for_each_test(const std::string& file, Run run) {
  Tally tally(vector_folder("wycheproof") / file);
  std::size_t count = 0;
  for (const Json& group : tally.content().at("testGroups")) {
    for (const Json& test : group.at("tests")) {
      ++count;
      run(tally, group, test);
    }
  }
  CHECK(tally.content().at("numberOfTests") == count);
}

}  // namespace taut::test
