#include "dispatcher/post.hpp"

#include <filesystem>

#include "identity/card_text.hpp"

namespace taut::bench {

std::string command_beside(const char* program) {
  return (std::filesystem::path(program).parent_path() / "taut").string();
}

Post::Post(const std::string& command) {
  const Words environment{"TAUT_HOME=" + scratch_.path() + "/post"};
  Process({command, "init", "--json", "--name", "post"}, environment).wait();
  process_ = std::make_unique<Process>(
      Words{command, "dispatcher", "run", "--json", "--listen", "127.0.0.1:0"}, environment);
  const auto card = identity::card_from_text(member(process_->line(), "link"));
  if (!card) give_up("the dispatcher did not say where it is");
  card_ = card->card();
}

std::uintmax_t Post::file_bytes() const {
  std::uintmax_t sum = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_.path()))
    if (entry.is_regular_file()) sum += entry.file_size();
  return sum;
}

}  // namespace taut::bench
