#pragma once
// Where the checkout lies: for tests that read its files.

#include <filesystem>

namespace taut::test {

std::filesystem::path source_dir();

}  // namespace taut::test
