// The manual page and the command say the same.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "cli/arguments.hpp"
#include "cli/exit_code.hpp"
#include "support/source_dir.hpp"

namespace taut::cli {
namespace {

std::string manual() {
  std::ifstream in(test::source_dir() / "doc/taut.1.scd");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The words that a help text lists under a heading.
std::vector<std::string> listed(const std::string& help, const std::string& pattern) {
  std::vector<std::string> found;
  const std::regex line(pattern);
  for (std::sregex_iterator it(help.begin(), help.end(), line), end; it != end; ++it)
    found.push_back((*it)[1]);
  return found;
}

std::string help(std::vector<std::string> words) {
  words.insert(words.begin(), "help");
  return std::get<HelpRequest>(parse_arguments(words)->request).text;
}

void check_documented(const std::string& page, const std::vector<std::string>& words) {
  const std::string text = help(words);
  std::string command = "taut";
  for (const auto& word : words) command += " " + word;
  CAPTURE(command);
  for (const auto& flag : listed(text, "\n  (?:-., ?)?(--[a-z]+)")) {
    CAPTURE(flag);
    CHECK(page.find(flag) != std::string::npos);
  }
  const std::size_t commands = text.find("Subcommands:");
  if (commands == std::string::npos) {
    CHECK(page.find("*" + command) != std::string::npos);
    return;
  }
  for (const auto& name : listed(text.substr(commands), "\n  ([a-z]+)")) {
    auto longer = words;
    longer.push_back(name);
    check_documented(page, longer);
  }
}

TEST_CASE("every command and every flag has its place in the manual page") {
  const std::string page = manual();
  REQUIRE_FALSE(page.empty());
  check_documented(page, {});
}

TEST_CASE("every exit code has its row in the manual page") {
  const std::string page = manual();
  for (const ExitCodeRow& row : exit_codes()) {
    CAPTURE(row.name);
    const std::string number = std::to_string(static_cast<int>(row.code));
    const std::string expected =
        "|  " + number + "\n:  " + std::string(row.name) + "\n:  " + std::string(row.meaning) + "\n";
    CHECK(page.find(expected) != std::string::npos);
  }
}

}  // namespace
}  // namespace taut::cli
