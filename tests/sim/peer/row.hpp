#pragma once
// What a misbehaving peer does, the sentence that it breaks by that, and what must come of it.

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "support/source_dir.hpp"

namespace taut::test {

struct Row {
  std::string page;      ///< of docs/protocol/
  std::string sentence;  ///< as it stands there
  std::string does;
  std::string expected;
  std::function<std::string()> act;
};
using Rows = std::vector<Row>;

/// With every white space as one blank.
inline std::string flat(const std::string& text) {
  std::istringstream words(text);
  std::string all;
  for (std::string word; words >> word;) all += (all.empty() ? "" : " ") + word;
  return all;
}

inline std::string flat_page(const std::string& name) {
  std::ifstream file(source_dir() / "docs" / name);
  std::stringstream text;
  text << file.rdbuf();
  return flat(text.str());
}

/// Each sentence stands in its page, each row in the table of docs/protocol/misbehaving-peers.md, and each
/// comes to what it must come to.
inline void check_rows(const Rows& rows) {
  const std::string table = flat_page("protocol/misbehaving-peers.md");
  for (const Row& row : rows) {
    CAPTURE(row.does);
    CHECK(row.act() == row.expected);
    CAPTURE(row.sentence);
    CHECK(flat_page("protocol/" + row.page).find(flat(row.sentence)) != std::string::npos);
    // What is done over both carriers stands there once.
    const std::string does = row.does.substr(0, row.does.find(" ("));
    const std::string line = "| " + does + " | " + row.sentence + " | " + row.expected + " |";
    if (table.find(flat(line)) == std::string::npos) FAIL_CHECK("not in the table: " << line);
  }
}

}  // namespace taut::test
