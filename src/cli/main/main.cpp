#include "cli/command.hpp"

#include <vector>

int main(int count, char** words) {
  const std::vector<std::string> arguments(words + 1, words + count);
  return taut::cli::run_command(arguments);
}
