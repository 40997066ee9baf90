#include "dispatcher/honest.hpp"

#include <fstream>

#include "dispatcher/process.hpp"

namespace taut::bench {
namespace {

/// A node's folder, and commands on it.
struct Node {
  std::string command;
  Words environment;

  double run(Words words) const {
    words.insert(words.begin(), command);
    return Process(words, environment).wait();
  }
  /// With a file as standard input.
  double run_on(const std::string& file, const std::string& words) const {
    return Process({"sh", "-c", "exec \"$0\" " + words + " < \"$1\"", command, file}, environment).wait();
  }
  std::string link() const {
    Process process({command, "id", "--json"}, environment);
    std::string link = member(process.line(), "link");
    process.wait();
    return link;
  }
};

}  // namespace

HonestFigures run_honest(const std::string& command, const Load& load) {
  const Scratch scratch;
  const auto node = [&](const std::string& name) {
    Node made{command, {"TAUT_HOME=" + scratch.path() + "/" + name}};
    made.run({"init", "--json", "--name", name});
    return made;
  };
  const Node post = node("post"), alice = node("alice"), bob = node("bob");
  Process dispatcher({command, "dispatcher", "run", "--json", "--listen", "127.0.0.1:0"}, post.environment);
  bob.run({"dispatcher", "use", member(dispatcher.line(), "link")});
  alice.run({"contact", "add", "bob", bob.link()});

  const std::string file = scratch.path() + "/lines";
  std::ofstream lines(file);
  for (std::size_t i = 0; i < load.messages; ++i) lines << std::string(load.content_bytes, 'x') << '\n';
  lines.close();
  HonestFigures figures;
  const auto count = static_cast<double>(load.messages);
  figures.sender_cpu_us = alice.run_on(file, "send bob --lines -") / count * 1e6;
  figures.reader_cpu_us = bob.run({"recv"}) / count * 1e6;
  return figures;
}

}  // namespace taut::bench
