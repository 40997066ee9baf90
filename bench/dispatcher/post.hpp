#pragma once
// `taut dispatcher run`, as a process of its own on loopback.

#include <memory>

#include "dispatcher/process.hpp"
#include "identity/card.hpp"

namespace taut::bench {

/// The command that is built beside a benchmark.
std::string command_beside(const char* program);

class Post {
 public:
  explicit Post(const std::string& command);
  const identity::Card& card() const { return card_; }
  double cpu_s() const { return process_->cpu_s(); }
  /// What its state takes on the disk.
  std::uintmax_t file_bytes() const;

 private:
  Scratch scratch_;
  std::unique_ptr<Process> process_;
  identity::Card card_;
};

}  // namespace taut::bench
