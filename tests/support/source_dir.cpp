#include "support/source_dir.hpp"

namespace taut::test {

std::filesystem::path source_dir() { return TAUT_SOURCE_DIR; }

}  // namespace taut::test
