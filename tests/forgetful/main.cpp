#include <vector>

#include "cli/command.hpp"
#include "support/forgetful_vfs.hpp"

int main(int count, char** words) {
  taut::test::register_forgetful_vfs();
  const std::vector<std::string> arguments(words + 1, words + count);
  return taut::cli::run_command(arguments);
}
